"""Single entries of the state's calendar and of the table of travel times, and all of them."""

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from eventweek.kernel.db import db
from eventweek.kernel.tokens import is_code
from eventweek.programme.models import CalendarDay, City, TravelTime
from eventweek.programme.rules.values import Day, Wrong

Pair = tuple[str, str, TravelTime]
"""Codes of two cities, and the minutes between them."""
_ONE, _TWO = aliased(City), aliased(City)


def list_all_holidays() -> list[CalendarDay]:
    """Return the holidays and adjusted workdays by day."""
    return list(db.session.scalars(select(CalendarDay).order_by(CalendarDay.day)))


def find_holiday(day: str) -> CalendarDay | None:
    """Return the entry of a day written YYYY-MM-DD."""
    try:
        return db.session.get(CalendarDay, Day().clean(day))
    except Wrong:
        return None


def list_all_travel_times() -> list[Pair]:
    """Return every known pair of cities with the minutes by road."""
    return [(one, two, row) for one, two, row in db.session.execute(_pairs().order_by(_ONE.code, _TWO.code))]


def find_travel_time(city: str, other: str) -> Pair | None:
    """Return the minutes by road between two cities, by their codes in any order."""
    if not (is_code(city) and is_code(other)):
        return None
    both = _ONE.code.in_([city, other]), _TWO.code.in_([city, other])
    row = db.session.execute(_pairs().where(*both)).first()
    return (row[0], row[1], row[2]) if row else None


def _pairs() -> Select[str, str, TravelTime]:
    query = select(_ONE.code, _TWO.code, TravelTime).join(_ONE, _ONE.id == TravelTime.from_id)
    return query.join(_TWO, _TWO.id == TravelTime.to_id)
