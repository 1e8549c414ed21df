"""Write entries of the state's calendar and minutes by road, and keep their history; no transaction of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, revise
from eventweek.kernel.db import db
from eventweek.programme.models import CalendarDay, City, TravelTime
from eventweek.programme.rules.calendar import day_number, pair_number
from eventweek.programme.rules.values import plain

R = TypeVar("R", CalendarDay, TravelTime)


@dataclass(frozen=True)
class Written(Generic[R]):
    """An entry with its new values, what differs as [old, new], and whether it was not there before."""

    row: R
    changes: dict[str, Any]
    new: bool


def written(row: R, values: Mapping[str, Any], *, new: bool) -> Written[R]:
    """Set what differs in a row; nothing is flushed here."""
    before = {name: None if new else getattr(row, name) for name in values}
    changes = {name: [plain(before[name]), plain(value)] for name, value in values.items() if before[name] != value}
    for name in changes:
        setattr(row, name, values[name])
    return Written(row, changes, new)


def write_holiday(values: Mapping[str, Any], *, actor: Actor) -> Written[CalendarDay]:
    """Set the entry of the day that the values name."""
    row = db.session.get(CalendarDay, values["day"])
    own = written(row or CalendarDay(day=values["day"]), values, new=row is None)
    _flush(own)
    keep_holiday(own, actor)
    return own


def write_travel_time(one: City, other: City, minutes: int, *, actor: Actor) -> Written[TravelTime]:
    """Set the minutes by road between two cities, in any order."""
    first, last = sorted((one, other), key=lambda city: city.id)
    row = db.session.get(TravelTime, (first.id, last.id))
    own = written(row or TravelTime(from_id=first.id, to_id=last.id), {"minutes": minutes}, new=row is None)
    _flush(own)
    keep_travel_time(own, (first, last), actor)
    return own


def drop_holiday(row: CalendarDay, *, actor: Actor) -> None:
    """Remove the entry of a day."""
    gone = {name: [plain(getattr(row, name)), None] for name in ("type", "name_zh", "name_en")}
    revise(actor, "delete", Thread("holiday", day_number(row.day), row.day.isoformat(), None, row.version), gone)
    db.session.delete(row)


def keep_holiday(own: Written[CalendarDay], actor: Actor) -> None:
    """Keep what changed in a day's history, once the row is written."""
    day = own.row.day
    _keep(actor, own, Thread("holiday", day_number(day), day.isoformat(), None, own.row.version))


def keep_travel_time(own: Written[TravelTime], ends: Iterable[City], actor: Actor) -> None:
    """Keep what changed in the history of two cities, once the row is written."""
    row, codes = own.row, "-".join(city.code for city in sorted(ends, key=lambda city: city.id))
    _keep(actor, own, Thread("travel_time", pair_number(row.from_id, row.to_id), codes, None, row.version))


def _keep(actor: Actor, own: Written[Any], thread: Thread) -> None:
    if own.changes:
        revise(actor, "create" if own.new else "edit", thread, own.changes)


def _flush(own: Written[Any]) -> None:
    if own.new:
        db.session.add(own.row)
    db.session.flush()
