"""Verbs of cities, travel times, features, venues and rooms; archive what was used, delete what was not."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.calendar import drop_holiday, write_holiday, write_travel_time
from eventweek.programme.actions.verbs import Masters
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.models import CalendarDay, City, Feature, Room, TravelTime, Venue
from eventweek.programme.rules.checks import cleaned, defaults, incomplete
from eventweek.programme.rules.subjects import CITY, FEATURE, HOLIDAY, ROOM, VENUE
from eventweek.programme.rules.values import Day, Whole, Wrong

_CITIES = Masters(CITY, City)
_FEATURES = Masters(FEATURE, Feature)
_VENUES = Masters(VENUE, Venue)
_ROOMS = Masters(ROOM, Room)

create_city, edit_city, delete_city = _CITIES.create, _CITIES.edit, _CITIES.delete
archive_city, restore_city = _CITIES.archive, _CITIES.restore
create_feature, edit_feature, delete_feature = _FEATURES.create, _FEATURES.edit, _FEATURES.delete
archive_feature, restore_feature = _FEATURES.archive, _FEATURES.restore
create_venue, edit_venue, delete_venue = _VENUES.create, _VENUES.edit, _VENUES.delete
archive_venue, restore_venue = _VENUES.archive, _VENUES.restore
create_room, edit_room, delete_room = _ROOMS.create, _ROOMS.edit, _ROOMS.delete
archive_room, restore_room = _ROOMS.archive, _ROOMS.restore


def set_travel_time(city: str, other: str, minutes: object, *, actor: Actor, version: int | None = None) -> TravelTime:
    """Set the minutes by road between two cities, by their codes in any order; `version` 0: where none are set yet.

    Raises: Refusal permission.denied, subject.not_found, version.stale; Invalid.
    """
    with transaction():
        require(actor, Verb.MASTERS_EDIT)
        try:
            value = Whole(0, 24 * 60).clean(minutes)
        except Wrong as wrong:
            raise Invalid([FieldError("minutes", wrong.error.code, wrong.error.facts)]) from None
        if value is None:
            raise Invalid([FieldError("minutes", "field.required")])
        ends = sorted(db.session.scalars(select(City).where(City.code.in_([city, other]))), key=lambda c: c.id)
        if len(ends) != 2:
            raise Refusal("subject.not_found")
        stands = db.session.get(TravelTime, (ends[0].id, ends[1].id))
        _refuse_other(stands, version, {"minutes": (stands.minutes if stands else None, value)})
        written = write_travel_time(ends[0], ends[1], value, actor=actor)
        if written.changes:
            record(actor, "travel_time.set", "travel_time", f"{ends[0].code}-{ends[1].code}", **written.changes)
    return written.row


def set_holiday(values: Mapping[str, object], *, actor: Actor, version: int | None = None) -> CalendarDay:
    """Add or change the entry of a day in the state's calendar; `version` 0: where there is none yet.

    Raises: Refusal permission.denied, version.stale; Invalid.
    """
    with transaction():
        require(actor, Verb.MASTERS_EDIT)
        clean, errors = cleaned(HOLIDAY, values)
        whole = defaults(HOLIDAY) | clean
        if errors := errors or incomplete(HOLIDAY, whole):
            raise Invalid(errors)
        stands = db.session.get(CalendarDay, whole["day"])
        _refuse_other(stands, version, {n: (getattr(stands, n) if stands else None, new) for n, new in whole.items()})
        written = write_holiday(whole, actor=actor)
        if written.changes:
            record(actor, "holiday.set", "holiday", whole["day"].isoformat(), **written.changes)
    return written.row


def delete_holiday(day: object, *, actor: Actor, version: int | None = None) -> None:
    """Remove the entry of a day, so that it is again what its weekday says.

    Raises: Refusal permission.denied, subject.not_found.
    """
    with transaction():
        require(actor, Verb.MASTERS_EDIT)
        try:
            row = db.session.get(CalendarDay, Day().clean(day))
        except Wrong:
            row = None
        if row is None:
            raise Refusal("subject.not_found")
        refuse_stale(row, version)
        record(actor, "holiday.delete", "holiday", row.day.isoformat())
        drop_holiday(row, actor=actor)


def _refuse_other(row: Any, version: int | None, wanted: Mapping[str, tuple[Any, Any]]) -> None:
    """Let the version go on that the actor has seen, 0 where there was none; `wanted` is (old, new) by field."""
    have = row.version if row else 0
    if version is not None and version != have:
        fields = [{"field": name, "mine": new, "theirs": old} for name, (old, new) in wanted.items() if old != new]
        raise Refusal("version.stale", fields=fields, version=have)
