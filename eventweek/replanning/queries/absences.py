"""What somebody misses who cannot come: their sessions in that time, in the plan and as the public knows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from eventweek.kernel.clock import now
from eventweek.programme.models import Person, Week
from eventweek.programme.queries.speakers import Part, list_parts
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.absences import hours_left
from eventweek.programme.rules.incidents import Loss
from eventweek.programme.rules.subjects import PERSON
from eventweek.replanning.queries.demand import demand_of
from eventweek.scheduling.planning import Demand
from eventweek.scheduling.queries import list_published
from eventweek.scheduling.queries.lines import Line, list_lines
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.published import PublishedSession


@dataclass(frozen=True)
class Missed:
    """A session that somebody misses. `alone`: nobody else takes part; `waits`: the plan still has them there then.

    `public`: what the public knows, None where nothing is published; `changed`: the next release would change it.
    """

    line: Line
    public: PublishedSession | None
    demand: Demand
    alone: bool
    waits: bool
    changed: bool


def list_awaited(week: Week) -> list[Person]:
    """Return who takes part in a session that is on or ahead, by name."""
    ahead = {own.code for own in list_lines(week.id) if own.state == "planned" and own.end and own.end > now()}
    known = {part.person.id: part.person for part in list_parts(week.id) if part.session.code in ahead}
    return sorted(known.values(), key=lambda person: (person.name.best("zh")[0], person.id))


def list_missed(week: Week, person: Person, away: Loss) -> list[Missed]:
    """Return what somebody misses from now on, by start: what the plan has, and what the public still reads."""
    lines = {own.code: own for own in list_lines(week.id)}
    parts = list_parts(week.id)
    drafts = {part.session.code for part in parts if part.person.id == person.id}
    public = {own.code: own for own in list_published(week.id) if not own.cancelled and own.code in lines}
    read = {code for code, own in public.items() if _names(own, person) and _misses(own.start, own.end, away)}
    waits = {code for code in drafts if _is_awaited(lines[code], away)}
    demand, marks = demand_of(week.id), list_marks(week.id, [*read, *waits])
    found = [
        Missed(
            lines[code],
            public.get(code),
            demand.get(lines[code].own.id, Demand()),
            _is_alone(parts, code, person),
            code in waits,
            code in marks and marks[code].publication == "changed",
        )
        for code in read | waits
    ]
    return sorted(found, key=lambda own: (_start(own) or now(), own.line.code))


def is_noted(week: Week, person: Person, away: Loss) -> bool:
    """Say whether it stands in their record that they cannot come then."""
    spans = values_of(PERSON, person)["availability"]
    days = {row.day for row in week.days}
    left = hours_left(spans, days, away, week.timezone)
    hours = [sorted((s["day"], s["opens"], s["closes"]) for s in some) for some in (spans, left)]
    return hours[0] == hours[1]


def _start(own: Missed) -> datetime | None:
    return own.public.start if own.public else own.line.start


def _is_awaited(line: Line, away: Loss) -> bool:
    return line.state == "planned" and _misses(line.start, line.end, away)


def _misses(start: datetime | None, end: datetime | None, away: Loss) -> bool:
    return bool(start and end and end > now() and away.meets(start, end))


def _names(own: PublishedSession, person: Person) -> bool:
    return any(part["code"] == person.code for part in own.facts["people"])


def _is_alone(parts: list[Part], code: str, person: Person) -> bool:
    others: Iterator[Part] = (part for part in parts if part.session.code == code and part.person.id != person.id)
    return next(others, None) is None
