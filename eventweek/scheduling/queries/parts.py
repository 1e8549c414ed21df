"""What small tables say of a week's sessions, of rooms and of the ways between cities: read in one statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from eventweek.kernel.together import Texts, read_together
from eventweek.programme.models import (
    City,
    Feature,
    Room,
    RoomClosure,
    RoomHours,
    Series,
    SeriesMember,
    Session,
    SessionDay,
    SessionRelation,
    TravelTime,
    Venue,
    Week,
    WeekDay,
)
from eventweek.programme.models.sessions import session_feature, session_venue
from eventweek.programme.rules.checks import window
from eventweek.scheduling.problems import Hours


class Tie(NamedTuple):
    """That a session comes after another (code), or at the same time; the gap in minutes."""

    code: str
    kind: str
    min_gap_min: int


class Membership(NamedTuple):
    """A session's place in a series (code)."""

    code: str
    kind: str
    position: int


@dataclass(frozen=True)
class Parts:
    """The days of a week, the minutes between cities (codes), and by id what belongs to its sessions and to rooms.

    `wants`: features and venues (codes) and days (ISO 8601) that a session asks for, by these names.
    """

    days: frozenset[date]
    travel: Sequence[tuple[str, str, int]]
    wants: Mapping[int, Mapping[str, list[str]]]
    relations: Mapping[int, list[Tie]]
    series: Mapping[int, list[Membership]]
    features: Mapping[int, list[str]]
    hours: Mapping[int, list[Hours]]
    closures: Mapping[int, list[date]]


def read_parts(week: Week) -> Parts:
    """Return the parts of a week."""
    other, one, two = aliased(Session), aliased(City), aliased(City)
    tie, member, way = SessionRelation, SeriesMember, TravelTime
    ties = select(tie.session_id, other.code, tie.kind, tie.min_gap_min).join(other, other.id == tie.other_id)
    travel = select(one.code, two.code, way.minutes).join_from(way, one, one.id == way.from_id)
    wants = _wants(week.id)
    told = read_together(
        days=select(WeekDay.day).where(WeekDay.week_id == week.id),
        travel=travel.join(two, two.id == way.to_id),
        relations=ties.where(tie.week_id == week.id),
        series=select(member.session_id, Series.code, Series.kind, member.position)
        .join(member.series)
        .where(member.week_id == week.id),
        features=select(Room.id, Feature.code).join(Room.features),
        hours=select(RoomHours.room_id, RoomHours.day, RoomHours.opens, RoomHours.closes),
        closures=select(RoomClosure.room_id, RoomClosure.day),
        **wants,
    )
    return Parts(
        days=frozenset(window((date.fromisoformat(day) for (day,) in told["days"]), week.first_day, week.last_day)),
        travel=[(start, end, int(minutes)) for start, end, minutes in told["travel"]],
        wants=_by_name(told, wants),
        relations=_by_id(told["relations"], lambda code, kind, gap: Tie(code, kind, int(gap))),
        series=_by_id(told["series"], lambda code, kind, at: Membership(code, kind, int(at))),
        features=_by_id(told["features"], str),
        hours=_by_id(told["hours"], lambda day, *span: (date.fromisoformat(day) if day else None, *span)),
        closures=_by_id(told["closures"], date.fromisoformat),
    )


def _wants(week_id: int) -> dict[str, Any]:
    """Return for each thing that a session may ask for the question which sessions ask for which."""
    feature, venue, own = session_feature.c, session_venue.c, SessionDay
    mine = select(Session.id).where(Session.week_id == week_id)
    return {
        "feature": select(feature.session_id, Feature.code).join(Feature).where(feature.session_id.in_(mine)),
        "venue": select(venue.session_id, Venue.code).join(Venue).where(venue.session_id.in_(mine)),
        "day": select(own.session_id, own.day).where(own.session_id.in_(mine)),
    }


def _by_name(told: Mapping[str, list[Texts]], names: Iterable[str]) -> Mapping[int, Mapping[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        for own, value in told[name]:
            found[int(own)][name].append(value)
    return found


def _by_id(rows: Sequence[Texts], make: Any = lambda *values: values) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for own, *values in rows:
        found[int(own)].append(make(*values))
    return found
