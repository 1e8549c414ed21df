"""A week as a problem of the planner: everything that the database knows of it (docs/planner-format.md)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.planner.problem import (
    City,
    Event,
    Journey,
    Part,
    Person,
    Pin,
    Problem,
    Published,
    Relation,
    Series,
    Session,
    Tags,
    Travel,
    Venue,
    Window,
)
from eventweek.planner.problem import Kind as PlannerKind
from eventweek.planner.problem import Room as PlannerRoom
from eventweek.programme.enums import Family, RelationKind, SeriesKind
from eventweek.programme.models import Kind, Room, Week
from eventweek.programme.rules.checks import is_locked, window
from eventweek.programme.rules.incidents import Loss
from eventweek.scheduling.planning import Asked, Calendar, Demand, ahead, apart, audience, clock
from eventweek.scheduling.queries.problem_rows import Rows, members, read_rows

OPEN_BESIDE_PLENARIES = (Family.SHOW, Family.CAMP)
NOBODY = Demand()
ALL_DAY = (None, "00:00", "24:00")


def problem(week: Week, plan_id: int | None, asked: Asked) -> Problem:
    """Return the problem of a week; pins are those of one of its plans (None: of none).

    Sessions, rooms, people, kinds and cities go by their codes. Sessions that are off are no part of it.
    """
    rows = read_rows(week, plan_id)
    return _Mapped(week, rows, asked, calendar_of(week, rows)).whole()


def calendar_of(week: Week, rows: Rows) -> Calendar:
    """Return the calendar from the first to the last day that the week or a fixed session names."""
    zone = Calendar.over([week.first_day], week.timezone).zone
    days = window((row.day for row in week.days), week.first_day, week.last_day)
    days |= {date.fromisoformat(day) for wants in rows.parts.wants.values() for day in wants.get("day", ())}
    for row in rows.sessions:
        starts = [row.fixed_start, row.start if row.pin_time or is_locked(row.permit_status) else None]
        days |= {start.astimezone(zone).date() for start in starts if start}
    return Calendar.over(days, week.timezone)


def _called(own: Bilingual) -> dict[str, Any]:
    """Return the name of a thing for the planner, and the English one where it is another."""
    name = own.best("zh")[0]
    return {"name": name, "name_en": own.en if own.en != name else ""}


@dataclass(frozen=True)
class _Mapped:
    week: Week
    rows: Rows
    asked: Asked
    calendar: Calendar

    def whole(self) -> Problem:
        week, rooms = self.week, [room for room in self.rows.rooms.values() if self._windows_of_room(room) != []]
        venues = {room.venue.code: room.venue for room in rooms}
        cities = {venue.city.code: venue.city for venue in venues.values() if venue.city}
        return Problem(
            event=self._event(),
            cities=[City(id=code, **_called(own.name)) for code, own in cities.items()],
            venues=[
                Venue(id=code, **_called(own.name), city=own.city.code if own.city else None)
                for code, own in venues.items()
            ],
            travel=Travel(
                same_room=week.travel_same_site_min,
                same_venue=week.travel_same_site_min,
                same_city=week.travel_same_city_min,
                journeys=[
                    Journey(between=(one, two), minutes=minutes)
                    for one, two, minutes in self.rows.parts.travel
                    if one in cities and two in cities
                ],
            ),
            rooms=[self._room(room) for room in rooms],
            people=list(self._people()),
            kinds=[_kind(kind) for kind in self.rows.kinds],
            sessions=[self._session(row) for row in self.rows.sessions],
            relations=list(self._relations()),
            preset=self.asked.preset,
            weights=dict(self.asked.weights),
            mode=self.asked.mode,
        )

    def _event(self) -> Event:
        week = self.week
        finer = week.start_multiple_min % week.slot_min != 0
        return Event(
            id=week.code,
            start=self.calendar.first.isoformat(),
            days=self.calendar.days,
            tz=week.timezone,
            grid_min=week.slot_min if finer else week.start_multiple_min,
            day_start=clock(week.day_start),
            day_end=clock(week.day_end),
            lunch=(clock(week.lunch_start), clock(week.lunch_end)) if week.lunch_start else None,
        )

    def _windows_of_room(self, room: Room) -> list[Window] | None:
        """Return when a room is open in these days; None: always."""
        shut = {closure.day for closure in room.closures}
        hours = [(span.day, span.opens, span.closes) for span in room.hours]
        lost = [self._minutes(loss) for loss in self.rows.lost.get(room.code, ())]
        if not (hours or shut or lost):
            return None
        return apart(self.calendar.spans(hours or [ALL_DAY], shut), lost)

    def _minutes(self, loss: Loss) -> Window:
        """Return from which minute to which a room is lost."""
        until = self.calendar.end if loss.until is None else self.calendar.minute(loss.until)
        return self.calendar.minute(loss.since), until

    def _room(self, room: Room) -> PlannerRoom:
        return PlannerRoom(
            id=room.code,
            **_called(room.name),
            venue=room.venue.code,
            type=room.layout,
            capacity=room.capacity,
            features=[feature.code for feature in room.features],
            open=self._windows_of_room(room),
            buffer=room.changeover_min,
        )

    def _people(self) -> Iterator[Person]:
        known = {own.code: own for parts in self.rows.people.values() for own in parts if not own.declined}
        for code in sorted(known):
            own = known[code]
            # whoever named times of other days only, for another week, is available
            spans = self.calendar.spans(own.spans)
            yield Person(id=code, **_called(own.name), windows=spans or None, daily_limit=own.max_per_day)

    @cached_property
    def _now(self) -> int | None:
        """The minute before which nothing can be planned; None before the first day and after the last."""
        now = self.calendar.minute(self.asked.at) if self.asked.at else -1
        return now if 0 < now < self.calendar.end else None

    def _session(self, row: Any) -> Session:
        known, wants = self.rows.published.get(row.id), self.rows.parts.wants.get(row.id, {})
        published = self._published(row)
        begun = bool(published and self._now is not None and published.start <= self._now)
        pin, demand = self._pin(row), self.asked.demand.get(row.id, NOBODY)
        stays = self._staying(pin, published if begun or self.asked.mode == "fill" else None)
        rooms = self._allowed(row, stays.room)
        raised = self.asked.mode == "full" or known is None
        largest = max((self._usable[code].capacity for code in rooms), default=0)
        asks = [] if rooms else [f"{row.city or '*'}:{'+'.join(wants.get('venue', ['*']))}"]
        return Session(
            id=row.code,
            **_called(Bilingual(row.title_zh, row.title_en)),
            kind=row.kind,
            duration=row.duration_min,
            people=[Part(id=own.code) for own in self.rows.people.get(row.id, ()) if not own.declined],
            tags=self._tags(row),
            language=row.language,
            expected=audience(row.expected, demand, largest) if raised else row.expected,
            registered=demand.registered,
            # no room has the city or venue that it asks for: it stays out of the plan, the others do not
            features=[*wants.get("feature", ()), *asks],
            rooms=rooms or None,
            windows=self._windows(row, stays.start, begun),
            series=self._series.get(row.id),
            pin=pin if pin != Pin() else None,
            published=published,
            tentative=row.tentative,
            locked=begun,
            plenary="city" if row.plenary else None,
            follows=self._follows(row),
            team=self._teams.get(row.id),
        )

    def _published(self, row: Any) -> Published | None:
        """Return where the public knows it, unless that lies outside of these days."""
        own = self.rows.published.get(row.id)
        start = self.calendar.minute(own.start) if own else -1
        room = own.facts["room"]["code"] if own else ""
        return Published(start=start, room=room) if 0 <= start < self.calendar.end and room in self._usable else None

    @cached_property
    def _usable(self) -> dict[str, Room]:
        """The rooms of the problem, by code."""
        return {room.code: room for room in self.rows.rooms.values() if self._windows_of_room(room) != []}

    def _pin(self, row: Any) -> Pin:
        """Return where it is fixed, by itself or in the plan; one with its permit stays where it stands."""
        locked = is_locked(row.permit_status) and row.start is not None
        start = row.fixed_start or (row.start if row.pin_time or locked else None)
        room = row.fixed_room_id or (row.room_id if row.pin_room or locked else None)
        code = self.rows.rooms[room].code if room else None
        return Pin(start=self.calendar.minute(start) if start else None, room=code if code in self._usable else None)

    def _staying(self, pin: Pin, kept: Published | None) -> Pin:
        """Return where it stays whatever its wishes say now: where it is fixed, else where it is published and kept."""
        if kept is None:
            return pin
        return Pin(start=kept.start if pin.start is None else pin.start, room=pin.room or kept.room)

    def _allowed(self, row: Any, stays: str | None) -> list[str]:
        """Return the rooms of its city and venues that are in use, and the one where it stays."""
        venues = self.rows.parts.wants.get(row.id, {}).get("venue")
        return [
            code
            for code, (in_use, city, venue) in self._whereabouts.items()
            if code == stays or (in_use and row.city_id in (None, city) and (not venues or venue in venues))
        ]

    @cached_property
    def _whereabouts(self) -> dict[str, tuple[bool, int | None, str]]:
        """Whether a room of the problem (code) is in use, its city (id) and its venue (code)."""
        return {
            code: (room.archived_at is None and room.venue.archived_at is None, room.venue.city_id, room.venue.code)
            for code, room in self._usable.items()
        }

    def _windows(self, row: Any, stays: int | None, begun: bool) -> list[Window]:
        """Return its days between its own hours, else its kind's, else the week's; where it stays counts always."""
        wanted = self.rows.parts.wants.get(row.id, {}).get("day")
        days = map(date.fromisoformat, wanted) if wanted else self._days
        begin = row.earliest or row.usual_earliest or self.week.day_start
        until = row.latest_end or row.usual_latest or self.week.day_end
        found = self.calendar.spans((day, begin, until) for day in days)
        found = found if begun else ahead(found, self._now)
        if stays is not None and not any(a <= stays and stays + row.duration_min <= b for a, b in found):
            found = sorted([*found, (stays, stays + row.duration_min)])
        return found

    @cached_property
    def _days(self) -> list[date]:
        return sorted(window((row.day for row in self.week.days), self.week.first_day, self.week.last_day))

    def _tags(self, row: Any) -> Tags:
        found: dict[str, list[str]] = defaultdict(list)
        for tag in self.rows.tags.get(row.id, ()):
            section = {"industry": "sector", "audience": "audience"}.get(tag.set, "content")
            found[section].append(tag.code if section != "content" else f"{tag.set}:{tag.code}")
        return Tags(theme=[row.track] if row.track else [], **found)

    def _follows(self, row: Any) -> str | None:
        """Return the plenary with which it begins."""
        ties = self.rows.parts.relations.get(row.id, ())
        together = (tie.code for tie in ties if tie.kind == RelationKind.SYNC_WITH)
        return next((code for code in together if code in self._plenaries), None)

    @cached_property
    def _plenaries(self) -> set[str]:
        return {row.code for row in self.rows.sessions if row.plenary}

    @cached_property
    def _series(self) -> dict[int, Series]:
        """The linked series of each session: its first, where the places in it are told."""
        found: dict[int, Series] = {}
        for code, own in members(self.rows, SeriesKind.LINKED).items():
            if len({position for _, position in own}) == len(own):
                for session, position in own:
                    found.setdefault(session, Series(id=code, index=position))
        return found

    @cached_property
    def _teams(self) -> dict[int, str]:
        """The touring team of each session, the first."""
        teams: dict[int, str] = {}
        for code, own in members(self.rows, SeriesKind.TOUR).items():
            for session, _ in own:
                teams.setdefault(session, code)
        return teams

    def _relations(self) -> Iterator[Relation]:
        codes = {row.id: row.code for row in self.rows.sessions}
        known = frozenset(codes.values())
        for row in self.rows.sessions:
            for tie in self.rows.parts.relations.get(row.id, ()):
                if tie.code in known:
                    yield _relation(row.code, tie)
        for own in members(self.rows, SeriesKind.EXCLUSIVE).values():
            if len(own) > 1:
                yield Relation(type="not_parallel", sessions=[codes[session] for session, _ in own])


def _relation(code: str, tie: Any) -> Relation:
    if tie.kind == RelationKind.AFTER:
        return Relation(type="before", sessions=[tie.code, code], min_lag=tie.min_gap_min)
    return Relation(type="same_start", sessions=[tie.code, code])


def _kind(kind: Kind) -> PlannerKind:
    """Return a kind without its hours: those of a session may be wider, and count alone."""
    return PlannerKind(
        id=kind.code,
        **_called(kind.name),
        duration=kind.default_minutes,
        changeover=kind.changeover_min,
        may_span_lunch=kind.may_span_lunch,
        open_during_plenary=kind.family in OPEN_BESIDE_PLENARIES,
    )
