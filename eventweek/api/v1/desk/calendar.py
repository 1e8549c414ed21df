"""Holidays and travel times of the installation: what may not be there yet is put with `If-None-Match: *`."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, done, is_for_absent, needs_key, record, seen_version, sent
from eventweek.api.v1.desk.schemas import ABSENT, IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.places import delete_holiday, set_holiday, set_travel_time
from eventweek.programme.models import CalendarDay, TravelTime
from eventweek.programme.queries.calendar import (
    find_holiday,
    find_travel_time,
    list_all_holidays,
    list_all_travel_times,
)
from eventweek.programme.rules.subjects import HOLIDAY

PAIR = "/travel-times/<code>/<other>"


@blueprint.get("/holidays")
@described_as("List the holidays and adjusted workdays", "DeskHolidays")
@needs_key(Verb.PROGRAMME_READ)
def holiday_list(_actor: Actor) -> Response:
    """Answer the whole calendar."""
    return private({"items": [_holiday(row) for row in list_all_holidays()]})


@blueprint.get("/holidays/<code>")
@described_as("Show the entry of a day", "DeskHoliday", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def holiday(_actor: Actor, code: str) -> Response:
    """Answer one day with its ETag."""
    return _day(find_holiday(code))


@blueprint.put("/holidays/<code>")
@described_as("Set the entry of a day", "DeskHoliday", IF_MATCH, ABSENT, body="DeskHolidayNew")
@needs_key(Verb.MASTERS_EDIT)
def holiday_set(actor: Actor, code: str) -> Response:
    """Add or change the entry of the day of the address."""
    body = sent(fields=[name for name in HOLIDAY.fields if name != "day"])
    return _day(set_holiday({**body, "day": code}, version=_seen(), actor=actor))


@blueprint.delete("/holidays/<code>")
@described_as("Remove the entry of a day", None, IF_MATCH, status=204)
@needs_key(Verb.MASTERS_EDIT)
def holiday_delete(actor: Actor, code: str) -> Response:
    """Let the day be again what its weekday says."""
    delete_holiday(code, version=seen_version(), actor=actor)
    return done()


@blueprint.get("/travel-times")
@described_as("List the minutes by road between cities", "DeskTravelTimes")
@needs_key(Verb.PROGRAMME_READ)
def travel_time_list(_actor: Actor) -> Response:
    """Answer every pair that is known."""
    return private({"items": [_facts(*found) for found in list_all_travel_times()]})


@blueprint.get(PAIR)
@described_as("Show the minutes by road between two cities", "DeskTravelTime", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def travel_time(_actor: Actor, code: str, other: str) -> Response:
    """Answer a pair, in either order, with its ETag."""
    return _pair(code, other)


@blueprint.put(PAIR)
@described_as("Set the minutes by road between two cities", "DeskTravelTime", IF_MATCH, ABSENT, body="DeskMinutes")
@needs_key(Verb.MASTERS_EDIT)
def travel_time_set(actor: Actor, code: str, other: str) -> Response:
    """Add or change a pair."""
    body = sent(fields=("minutes",))
    set_travel_time(code, other, body.get("minutes"), version=_seen(), actor=actor)
    return _pair(code, other)


def _seen() -> int | None:
    """Return the version that the request names, 0 where there shall be none yet."""
    return 0 if is_for_absent() else seen_version()


def _day(row: CalendarDay | None) -> Response:
    if row is None:
        raise Refusal("subject.not_found")
    return record(_holiday(row), row.version)


def _holiday(row: CalendarDay) -> Facts:
    return {**told({name: getattr(row, name) for name in HOLIDAY.fields}), "version": row.version}


def _pair(code: str, other: str) -> Response:
    found = find_travel_time(code, other)
    if found is None:
        raise Refusal("subject.not_found")
    return record(_facts(*found), found[2].version)


def _facts(one: str, two: str, row: TravelTime) -> Facts:
    return {"from": one, "to": two, "minutes": row.minutes, "version": row.version}
