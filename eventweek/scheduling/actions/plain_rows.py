"""The rows of an imported document that have no code of their own: travel times, holidays, placements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError
from eventweek.programme.actions.calendar import Written, written
from eventweek.programme.models import CalendarDay, TravelTime, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.checks import is_locked, localised
from eventweek.scheduling.actions.placements import off_grid, told_place, working_plan
from eventweek.scheduling.actions.waiting import Waiting
from eventweek.scheduling.models import Placement

Values = dict[str, Any]
Put = Callable[[Values, Directory, Waiting, Week | None], str | FieldError]


def _travel(whole: Values, directory: Directory, waiting: Waiting, _week: Week | None) -> str | FieldError:
    ends = frozenset(directory.find("city", whole[name]) for name in ("from", "to"))
    if len(ends) == 1:
        return FieldError("to", "list.twice", {"value": whole["to"]})
    ids = sorted(city.id or 0 for city in ends)
    row = waiting.travel.get(ends) or (db.session.get(TravelTime, ids) if all(ids) else None)
    new = row is None
    row = waiting.travel[ends] = row or TravelTime()
    return _status(waiting.driven(ends, written(row, {"minutes": whole["minutes"]}, new=new)))


def _holiday(whole: Values, _directory: Directory, waiting: Waiting, _week: Week | None) -> str | FieldError:
    row = db.session.get(CalendarDay, whole["day"])
    own = written(row or CalendarDay(day=whole["day"]), whole, new=row is None)
    if own.new:
        db.session.add(own.row)
    return _status(waiting.dated(own))


def _placement(whole: Values, directory: Directory, waiting: Waiting, week: Week | None) -> str | FieldError:
    assert week is not None
    session, room = directory.find("session", whole["session"]), directory.find("room", whole["room"])
    start = localised(whole["start"], week.timezone)
    if start is None or (faults := off_grid(week, start)):
        return faults[0] if start else FieldError("start", "field.required")
    places, key = _places(week, waiting), session.id or -id(session)
    row = places.get(key)
    if row and (row.start, row.room) != (start, room) and is_locked(session.permit_status):
        return FieldError("start", "permit.locked")
    old = told_place(row)
    places[key] = placement = row or Placement(week_id=week.id, plan=waiting.plan, session=session)
    status = _put(placement, {"start": start, "room": room} | {pin: whole[pin] for pin in ("pin_time", "pin_room")})
    if row is None:
        db.session.add(placement)
    if status != "unchanged":
        waiting.placed(session, old, placement)
    return status if row else "new"


def _status(own: Written[Any]) -> str:
    return "new" if own.new else "changed" if own.changes else "unchanged"


def _places(week: Week, waiting: Waiting) -> dict[int, Placement]:
    """Return the places of the working plan by session, read once."""
    if waiting.plan is None:
        waiting.plan = working_plan(week.id)
        own = select(Placement).where(Placement.plan_id == waiting.plan.id, Placement.week_id == week.id)
        query = own.options(joinedload(Placement.room))
        waiting.places = {row.session_id: row for row in db.session.scalars(query)} if waiting.plan.id else {}
    return waiting.places


def _put(row: Any, values: Values) -> str:
    """Set what differs; say whether something did."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return "changed" if differing else "unchanged"


PLAIN: dict[str, Put] = {"travel_minutes": _travel, "holidays": _holiday, "placements": _placement}
"""By section, what takes in a row that is clean and names only what is known; says `new`, `changed`, `unchanged`."""
