"""Somebody cannot come: which of their hours are left, that it is kept once, and that they go out of a session."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.absences import leave_out, note_absence
from eventweek.programme.models import Person
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.absences import hours_left
from eventweek.programme.rules.incidents import Loss
from eventweek.programme.rules.subjects import PERSON, SESSION
from eventweek.scheduling.queries.board import list_problems
from tests.replanning.halls import Halls, make_halls, on_the_day

ZONE = "Asia/Shanghai"
DAYS = [date(2027, 4, 12), date(2027, 4, 13), date(2027, 4, 14)]


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2027-04-{day}T{clock}").replace(tzinfo=ZoneInfo(ZONE))


def left(since: datetime, until: datetime | None, *spans: tuple[int, str, str]) -> list[tuple[int, str, str]]:
    rows = [{"day": date(2027, 4, day), "opens": opens, "closes": closes} for day, opens, closes in spans]
    found = hours_left(rows, DAYS, Loss(since, until), ZONE)
    return [(row["day"].day, row["opens"], row["closes"]) for row in found]


def test_the_time_goes_out_of_the_hours_of_whoever_could_always_come() -> None:
    always = [(12, "00:00", "23:59"), (13, "00:00", "23:59"), (14, "00:00", "23:59")]
    parts = [(13, "00:00", "09:30"), (13, "11:00", "23:59")]
    assert left(at(13, "09:30"), at(13, "11:00")) == [always[0], *parts, always[2]]
    assert left(at(13, "09:30"), None) == [always[0], parts[0]]
    assert left(at(12, "00:00"), at(13, "11:00")) == [parts[1], always[2]]


def test_hours_that_are_known_are_cut_and_other_weeks_stay() -> None:
    known = (13, "09:00", "12:00"), (13, "14:00", "18:00"), (25, "09:00", "12:00")
    assert left(at(13, "11:00"), at(13, "15:00"), *known) == [known[2], (13, "09:00", "11:00"), (13, "15:00", "18:00")]
    assert left(at(13, "18:00"), None, *known) == [known[2], known[0], known[1]]
    assert left(at(12, "00:00"), None, *known) == [known[2], (12, "00:00", "00:01")], "never is not always"


@pytest.fixture
def halls(app: Flask) -> Iterator[Halls]:
    """Give the small week on its second day."""
    with on_the_day():
        yield make_halls()


def _speaker() -> str:
    db.session.rollback()
    return db.session.scalars(select(Person)).one().code


def _hours() -> list[dict[str, Any]]:
    db.session.rollback()
    found: list[dict[str, Any]] = values_of(PERSON, db.session.scalars(select(Person)).one())["availability"]
    return found


def test_the_plan_names_what_they_miss_and_it_is_kept_once(halls: Halls) -> None:
    code, values = _speaker(), {"since": "2027-04-13T08:30", "until": "2027-04-13T10:00"}
    for _ in range(2):
        note_absence(halls.id, code, values, actor=SYSTEM)
    assert [(row["opens"], row["closes"]) for row in _hours() if row["day"] == date(2027, 4, 13)] == [
        ("00:00", "08:30"),
        ("10:00", "23:59"),
    ]
    found = [one for one in list_problems(halls.week) if one.rule == "person_away"]
    assert [one.sessions for one in found] == [(halls.sessions["甲"],)]
    verbs = list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.code == code)))
    assert verbs.count("person.edit") == verbs.count("person.away") == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"since": "soon"}, "moment.unknown"),
        ({"since": "2027-04-13T09:00", "until": "2027-04-13T09:00"}, "absence.until"),
        ({"since": "2027-06-01T09:00"}, "absence.outside"),
        ({"since": "2027-03-01T09:00", "until": "2027-03-02T09:00"}, "absence.outside"),
    ],
)
def test_what_cannot_be_meant_is_said_and_changes_nothing(halls: Halls, values: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        note_absence(halls.id, _speaker(), values, actor=SYSTEM)
    assert [error.code for error in refused.value.errors] == [code] and _hours() == []


def test_they_go_out_of_a_session_and_only_who_may_does_so(halls: Halls) -> None:
    code, city = _speaker(), Actor("city", grants=(GrantValue("city", None, "city", "220200"),))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        note_absence(halls.id, code, {}, actor=city)
    with pytest.raises(Refusal):
        leave_out(halls.sessions["甲"], code, actor=city)
    assert _hours() == [] and values_of(SESSION, halls.session("甲"))["people"]
    for _ in range(2):
        leave_out(halls.sessions["甲"], code, actor=SYSTEM)
    assert values_of(SESSION, halls.session("甲"))["people"] == []
