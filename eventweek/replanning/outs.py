"""The ways out of a lost hall (pure): each is a small problem of the planner with a freedom of its own.

What stays is no session of it: it closes its room and takes the time of its people, so that nothing else can move,
whatever rules it breaks where it stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from eventweek.planner.problem import (
    MINUTES_A_DAY,
    Limits,
    Person,
    Problem,
    Published,
    Relation,
    Room,
    Session,
    Setting,
    Window,
)
from eventweek.replanning.enums import Way
from eventweek.scheduling.planning import apart

SECONDS, STEPS = 3, 300_000
"""How long the planner looks for one way at most, and after how many steps it has looked enough."""
ENOUGH = 70
"""Per cent of the people of a session that a hall must hold to be looked at when seats may be short."""
SHORT, LACKING = 2_000, 1_000
"""What a hall that is too small costs in NEAR, and one that lacks something: less than to have none (30,000)."""
WAIVED = {name: Setting(level="medium", weight=50) for name in ("lunch", "daily_limit", "series")}
"""Rules that give way on the day."""
WEIGHTS: Mapping[Way, Mapping[str, Setting]] = {
    Way.NEAR: {
        **{name: Setting(level="medium", weight=SHORT) for name in ("capacity", "registered")},
        "feature_missing": Setting(level="medium", weight=LACKING),
    },
    Way.ROOMS: {},
    Way.LATER: {"published_room": Setting(weight=30)},
}


@dataclass(frozen=True)
class Standing:
    """Where a session stands, in minutes of the event."""

    session: str
    room: str
    begin: int
    end: int

    def meets(self, other: "Standing") -> bool:
        """Say whether both are on at once."""
        return self.begin < other.end and other.begin < self.end


@dataclass(frozen=True)
class Case:
    """What is to be housed again. `begun`: of that what is under way; `movable`: others that may change their hall."""

    lost: Sequence[Standing]
    others: Sequence[Standing]
    begun: frozenset[str] = frozenset()
    movable: frozenset[str] = frozenset()


def way_out(week: Problem, way: Way, case: Case) -> Problem:
    """Return the problem by which the planner looks for a way out; `week`: the whole week as it stands.

    NEAR: in the venue, on the day, also where seats are short. ROOMS: at the same time, in any hall of the city, and
    others may change their hall to make room. LATER: in the hall as soon as it is back, else at another time or day.
    """
    return _Out(week, way, case).whole()


@dataclass(frozen=True)
class _Out:
    week: Problem
    way: Way
    case: Case

    def whole(self) -> Problem:
        sessions = [self._freed(own, self._lost[own.id]) for own in self.week.sessions if own.id in self._lost]
        sessions += [self._shifting(own) for own in self.week.sessions if own.id in self._neighbours]
        kept = {own.id for own in sessions}
        return replace(
            self.week,
            rooms=[self._room(room) for room in self.week.rooms],
            people=[self._person(own) for own in self.week.people],
            sessions=sessions,
            relations=[own for own in self.week.relations if kept.issuperset(own.sessions)],
            common=[],
            weights={**self.week.weights, **WAIVED, **WEIGHTS[self.way]},
            preset="repair",
            mode="repair",
            limits=Limits(seconds=SECONDS, iterations=STEPS),
        )

    @cached_property
    def _lost(self) -> dict[str, Standing]:
        return {own.session: own for own in self.case.lost}

    @cached_property
    def _rooms(self) -> dict[str, Room]:
        return {room.id: room for room in self.week.rooms}

    @cached_property
    def _sessions(self) -> dict[str, Session]:
        return {own.id: own for own in self.week.sessions}

    @cached_property
    def _cities(self) -> dict[str, str | None]:
        venues = {venue.id: venue.city for venue in self.week.venues}
        return {room.id: venues[room.venue] for room in self.week.rooms}

    @cached_property
    def _changeovers(self) -> dict[str, int]:
        kinds = {kind.id: kind.changeover for kind in self.week.kinds}
        return {own.id: kinds[own.kind] for own in self.week.sessions}

    @cached_property
    def _neighbours(self) -> dict[str, Standing]:
        """Who could make way: at the same time, in a hall that would help, and content with it."""
        if self.way != Way.ROOMS:
            return {}
        found = {}
        for own in self.case.others:
            if own.session in self.case.movable and own.session not in self._lost and self._is_content(own):
                rivals = [one for one in self.case.lost if one.meets(own) and self._would_help(own.room, one)]
                if rivals:
                    found[own.session] = own
        return found

    def _is_content(self, own: Standing) -> bool:
        """Say whether a session breaks no rule of its hall: else the planner would move it for its own sake."""
        session, room = self._sessions.get(own.session), self._rooms.get(own.room)
        if session is None or room is None:
            return False
        opened = room.open is None or any(a <= own.begin and own.end <= b for a, b in room.open)
        fits = max(session.registered, session.expected) <= room.capacity
        crowded = any(self._gap(own, other) for other in self._in_room.get(own.room, ()) if other != own)
        return opened and fits and not crowded and set(session.features) <= set(room.features)

    @cached_property
    def _in_room(self) -> dict[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        for own in self.case.others:
            found.setdefault(own.room, []).append(own)
        return found

    def _gap(self, one: Standing, two: Standing) -> bool:
        """Say whether two sessions of a room leave less time between them than it takes to change over."""
        minutes = (self._changeovers.get(own.session, 0) for own in (one, two))
        need = max(*minutes, self._rooms[one.room].buffer)
        return one.begin < two.end + need and two.begin < one.end + need

    def _would_help(self, room: str, lost: Standing) -> bool:
        needs, own = self._needs(lost), self._rooms[room]
        return self._cities[room] == self._cities.get(lost.room) and own.capacity >= needs

    def _needs(self, lost: Standing) -> int:
        """Return how many seats a lost session needs: who has registered, else who is expected; never more than it
        had."""
        session, room = self._sessions[lost.session], self._rooms.get(lost.room)
        return min(session.registered or session.expected, room.capacity if room else session.expected)

    @cached_property
    def _held(self) -> list[Standing]:
        return [o for o in self.case.others if o.session not in self._neighbours and o.session not in self._lost]

    def _room(self, room: Room) -> Room:
        """Return a room with the time of what stays in it taken away, and the time to change over."""
        usual = max((self._changeovers[code] for code in self._lost if code in self._changeovers), default=0)
        shut = []
        for own in self._in_room.get(room.id, ()):
            if own.session in self._neighbours or own.session in self._lost:
                continue
            gap = max(usual, room.buffer, self._changeovers.get(own.session, 0))
            shut.append((own.begin - gap, own.end + gap))
        windows = room.open or [(0, self.week.event.days * MINUTES_A_DAY)]
        return replace(room, open=apart(windows, shut)) if shut else room

    def _person(self, person: Person) -> Person:
        """Return a person without the time of what they do elsewhere and of the way there; their own time counts."""
        own = {code for code in self._lost if self._takes_part(person.id, code)}
        if not own:
            return replace(person, windows=None, daily_limit=None)
        always = [(0, self.week.event.days * MINUTES_A_DAY)]
        windows = [*(person.windows or always), *((self._lost[c].begin, self._lost[c].end) for c in own)]
        shut = []
        for other in self._busy.get(person.id, ()):
            way = max(self._journey(other.room, self._lost[code].room) for code in own)
            shut.append((other.begin - way, other.end + way))
        return replace(person, windows=apart(_joined(windows), shut), daily_limit=None)

    @cached_property
    def _busy(self) -> dict[str, list[Standing]]:
        """What each person does who is in a lost session, besides those."""
        found: dict[str, list[Standing]] = {}
        for other in self.case.others:
            session = self._sessions.get(other.session)
            if session and other.session not in self._lost:
                for part in session.people:
                    found.setdefault(part.id, []).append(other)
        return found

    def _takes_part(self, person: str, code: str) -> bool:
        session = self._sessions.get(code)
        return session is not None and any(part.id == person for part in session.people)

    def _journey(self, one: str, two: str) -> int:
        travel, cities = self.week.travel, (self._cities.get(one), self._cities.get(two))
        rooms = (self._rooms.get(one), self._rooms.get(two))
        if not (rooms[0] and rooms[1]) or rooms[0].venue == rooms[1].venue or None in cities:
            return travel.same_venue
        if cities[0] == cities[1]:
            return travel.same_city
        return max((j.minutes for j in travel.journeys if set(j.between) == set(cities)), default=travel.elsewhere)

    def _freed(self, own: Session, lost: Standing) -> Session:
        """Return a session that has lost its hall, as this way lets it stand."""
        room, begun = self._rooms.get(lost.room), own.id in self.case.begun
        stays = self.way == Way.ROOMS or (
            self.way == Way.NEAR and (begun or self._is_tied(own.id) or bool(own.pin and own.pin.start is not None))
        )
        windows = [(lost.begin, lost.end)] if stays else self._times(own, lost)
        return replace(
            own,
            windows=windows,
            starts=[lost.begin] if stays else None,
            rooms=self._choices(own, lost),
            published=Published(start=lost.begin, room=lost.room) if room else None,
            expected=0 if own.registered else self._needs(lost),
            registered=self._needs(lost) if own.registered else 0,
            features=[one for one in own.features if room is None or one in room.features],
            **NOTHING,
        )

    def _choices(self, own: Session, lost: Standing) -> list[str]:
        """Return the halls at which this way looks, the lost one among them: it may come back."""
        old, city = self._rooms.get(lost.room), self._cities.get(lost.room)
        enough = self._needs(lost) * (ENOUGH if self.way == Way.NEAR else 100)
        near = [room for room in self.week.rooms if self._cities[room.id] == city and room.capacity * 100 >= enough]
        if self.way == Way.NEAR and old:
            near = [room for room in near if room.venue == old.venue]
        return sorted({room.id for room in near} | ({lost.room} if old else set())) or list(own.rooms or ())

    def _times(self, own: Session, lost: Standing) -> list[Window]:
        """Return when it may stand: on its day, or at any later time; around what it must not meet."""
        windows, day = own.windows or [], lost.begin // MINUTES_A_DAY * MINUTES_A_DAY
        if self.way == Way.NEAR:
            found = [(max(a, day), min(b, day + MINUTES_A_DAY)) for a, b in windows]
            return _joined([*apart([one for one in found if one[0] < one[1]], self._shut(own)), (lost.begin, lost.end)])
        first = lost.begin + self.week.event.grid_min
        found = [(max(a, first), b) for a, b in windows if b > first]
        return apart(found, self._shut(own)) or [(0, 1)]

    def _shut(self, own: Session) -> list[Window]:
        """Return the times that what stays takes from a session: plenaries of its city, and what is tied to it."""
        shut: list[Window] = []
        end = self.week.event.days * MINUTES_A_DAY
        for other in self._held:
            session = self._sessions.get(other.session)
            if session and session.plenary and self._cities.get(other.room) == self._cities[self._lost[own.id].room]:
                shut.append((other.begin, other.end))
            for tie in self._ties.get((own.id, other.session), ()):
                if tie.type == "not_parallel":
                    shut.append((other.begin, other.end))
                elif tie.type == "before":
                    first = tie.sessions[0] == own.id
                    shut.append((other.begin - tie.min_lag, end) if first else (0, other.end + tie.min_lag))
        return shut

    def _is_tied(self, code: str) -> bool:
        """Say whether it must begin with one that stays."""
        return any(
            tie.type == "same_start" and code in tie.sessions and not self._lost.keys() >= set(tie.sessions)
            for tie in self.week.relations
        )

    @cached_property
    def _ties(self) -> dict[tuple[str, str], list[Relation]]:
        found: dict[tuple[str, str], list[Relation]] = {}
        for tie in self.week.relations:
            for one in tie.sessions:
                for two in tie.sessions:
                    found.setdefault((one, two), []).append(tie)
        return found

    def _shifting(self, own: Session) -> Session:
        """Return a session that may make way: at its time, in any hall of its city that suits it.

        It counts as told, so that nobody makes way for less than a session that would have no place.
        """
        here = self._neighbours[own.id]
        city = self._cities[here.room]
        rooms = sorted(room.id for room in self.week.rooms if self._cities[room.id] == city)
        known = Published(start=here.begin, room=here.room, told=True)
        place = {"windows": [(here.begin, here.end)], "starts": [here.begin], "rooms": rooms}
        return replace(own, **place, published=known, people=[], **NOTHING)


NOTHING = {"pin": None, "locked": False, "series": None, "team": None, "follows": None, "plenary": None}
"""What binds no session on the day."""


def _joined(windows: Collection[Window]) -> list[Window]:
    """Return windows in order, those that touch as one."""
    found: list[Window] = []
    for begin, until in sorted(windows):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((begin, until))
    return found
