"""The ways out of an incident side by side: what each moves, whom it concerns, what it breaks, who stays outside."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Incident, Room, Venue, Week
from eventweek.replanning.enums import SEARCHED, RunState, Way
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.queries.demand import demand_of
from eventweek.replanning.queries.effects import Foreseen, foreseen, read_effects
from eventweek.replanning.queries.incidents import NOBODY, Situation, hosts_of, parts_of
from eventweek.replanning.queries.runs import read_file
from eventweek.replanning.results import left_of
from eventweek.scheduling.moves import only_in
from eventweek.scheduling.planning import Calendar, Demand
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems_of
from eventweek.scheduling.queries.published import PublishedSession
from eventweek.scheduling.snapshot import cancelled, elsewhere
from eventweek.scheduling.solutions import Solved

OPEN = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True)
class Shift:
    """A session that a way moves: where it goes, who has a seat or waits, how many seats it lacks there.

    `yields`: it has not lost its hall, and makes way for one that has.
    """

    own: PublishedSession
    start: datetime
    room: Room
    demand: Demand
    yields: bool

    @property
    def short(self) -> int:
        """Return how many who have a seat would have none."""
        return max(0, self.demand.registered - self.room.capacity)

    @property
    def is_later(self) -> bool:
        """Say whether its time changes."""
        return self.start != self.own.start


@dataclass(frozen=True)
class Unhoused:
    """A session for which a way has no place, and why."""

    own: PublishedSession
    demand: Demand
    reasons: Sequence[Bilingual] = ()


@dataclass(frozen=True)
class WayOut:
    """A way out, how far it is looked for (`run`; CANCEL has none), and what it does.

    `clashes`: what would be wrong that is not wrong now; `fresh`: the plan is still the one from which it set out.
    """

    way: Way
    run: PlannerRun | None = None
    shifts: Sequence[Shift] = ()
    gone: Sequence[Unhoused] = ()
    people: Foreseen = field(default_factory=Foreseen)
    clashes: Sequence[Problem] = ()
    fresh: bool = True

    @property
    def is_ready(self) -> bool:
        """Say whether it can be looked at."""
        return self.run is None or self.run.state in (RunState.DONE, RunState.STOPPED) and self.run.solution is not None

    @property
    def is_open(self) -> bool:
        """Say whether the planner is still looking."""
        return self.run is not None and self.run.state in OPEN

    @property
    def can_be(self) -> bool:
        """Say whether it can be decided: nothing in it stops a release, and the plan is the same."""
        return self.is_ready and self.fresh and not self.stops

    @property
    def stops(self) -> list[Problem]:
        """Return what would stop its release."""
        return [one for one in self.clashes if one.level.stops]

    @property
    def short(self) -> int:
        """Return how many seats are short in all."""
        return sum(one.short for one in self.shifts)

    @property
    def told(self) -> list[PublishedSession]:
        """Return the sessions whose people are told."""
        return [*(one.own for one in self.shifts), *(one.own for one in self.gone)]

    @property
    def registered(self) -> int:
        """Return how many seats are taken in what moves or goes."""
        return sum(one.registered for one in self._demands)

    @property
    def waiting(self) -> int:
        """Return how many wait for what moves or goes."""
        return sum(one.waiting for one in self._demands)

    @property
    def _demands(self) -> list[Demand]:
        return [*(one.demand for one in self.shifts), *(one.demand for one in self.gone)]

    @property
    def speakers(self) -> int:
        """Return how many people take part in what moves or goes."""
        return len(parts_of(self.told))

    @property
    def hosts(self) -> int:
        """Return how many organisations stand behind what moves or goes."""
        return len(hosts_of(self.told))


def list_ways(week: Week, incident: Incident, now: Situation) -> list[WayOut]:
    """Return every way that was looked for last, in order, and what is left where there is none: to call off."""
    runs = map_runs(week.id, incident.code)
    found = [way for way in (*SEARCHED, Way.CANCEL) if way in runs or way == Way.CANCEL]
    return _ways(week, incident, now, {way: runs.get(way) for way in found})


def get_way(week: Week, incident: Incident, now: Situation, way: Way) -> WayOut | None:
    """Return one way, None where nobody has looked for it."""
    run = map_runs(week.id, incident.code).get(way)
    return _ways(week, incident, now, {way: run})[0] if run or way == Way.CANCEL else None


def map_runs(week_id: int, incident: str) -> Mapping[Way, PlannerRun]:
    """Return the newest run for each way out of an incident (code)."""
    query = select(PlannerRun).where(PlannerRun.week_id == week_id, PlannerRun.incident == incident)
    return {Way(run.way): run for run in db.session.scalars(query.order_by(PlannerRun.id))}


def _ways(week: Week, incident: Incident, now: Situation, runs: Mapping[Way, PlannerRun | None]) -> list[WayOut]:
    """Return ways side by side; what is wrong with each plan is found for all of them at once."""
    demand = demand_of(week.id)
    drafts = [_draft(week, incident, now, way, run, demand) for way, run in runs.items()]
    before = {own.code: (own.start, str(own.facts["room"]["code"])) for own in now.public}
    moving = [own for own in drafts if own.shifts]
    known, *after = list_problems_of(week, [before, *(_after(before, own) for own in moving)]) if moving else [[]]
    clashes = {own.way: only_in(found, known) for own, found in zip(moving, after, strict=True)}
    return [replace(own, clashes=clashes.get(own.way, [])) for own in drafts]


def _after(before: Mapping[str, tuple[datetime, str]], own: WayOut) -> dict[str, tuple[datetime, str]]:
    away = {one.own.code for one in own.gone}
    stay = {code: place for code, place in before.items() if code not in away}
    return stay | {one.own.code: (one.start, one.room.code) for one in own.shifts}


def _draft(
    week: Week, incident: Incident, now: Situation, way: Way, run: PlannerRun | None, demand: Mapping[int, Demand]
) -> WayOut:
    """Return a way without what would be wrong with it."""
    if run is not None and not (run.solution and run.state in (RunState.DONE, RunState.STOPPED)):
        return WayOut(way, run, fresh=run.basis in ("", now.basis))
    shifts, gone = _shifts(week, now, run, demand) if run else ([], [_gone(o.own, demand) for o in now.lost])
    pairs = [(one.own.id, one.own.facts, elsewhere(one.own.facts, one.start, one.room)) for one in shifts]
    pairs += [(one.own.id, one.own.facts, cancelled(one.own.facts, incident.reason)) for one in gone]
    people = foreseen(read_effects(week, pairs))
    return WayOut(way, run, shifts, gone, people, fresh=run is None or run.basis == now.basis)


def _shifts(
    week: Week, now: Situation, run: PlannerRun, demand: Mapping[int, Demand]
) -> tuple[list[Shift], list[Unhoused]]:
    """Return what a run found: who goes where, and who of the lost has no place."""
    solution = json.loads(read_file(run, "solution"))
    solved, lost = Solved.of(solution), {one.code for one in now.lost}
    calendar = Calendar.over([date.fromisoformat(solved.start)], week.timezone)
    rooms, known = _rooms(room for _code, room, _at in solved.places), {own.code: own for own in now.public}
    shifts = [
        Shift(known[code], calendar.moment(at), rooms[room], demand.get(known[code].id, NOBODY), code not in lost)
        for code, room, at in solved.places
        if code in known and (calendar.moment(at), room) != (known[code].start, known[code].facts["room"]["code"])
    ]
    why = {one.session: one.reasons for one in left_of(solution)}
    housed = {code for code, _room, _at in solved.places}
    gone = [_gone(one.own, demand, why.get(one.code, ())) for one in now.lost if one.code not in housed]
    return sorted(shifts, key=lambda one: (one.yields, one.own.start, one.own.code)), gone


def _gone(own: PublishedSession, demand: Mapping[int, Demand], reasons: Sequence[Bilingual] = ()) -> Unhoused:
    return Unhoused(own, demand.get(own.id, NOBODY), reasons)


def _rooms(codes: Iterable[str]) -> dict[str, Room]:
    query = select(Room).where(Room.code.in_(set(codes)))
    told = joinedload(Room.venue).options(joinedload(Venue.city), joinedload(Venue.photo), joinedload(Venue.floor_plan))
    return {room.code: room for room in db.session.scalars(query.options(told))}
