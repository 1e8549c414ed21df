"""Who registers for the demo: the same at each load, answered as it was asked, and gone with the week."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.demo.actions import load_demo, remove_demo
from eventweek.demo.actions_visitors import make_demo_visitors
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.registration.models import Attendee, Consent, Registration
from eventweek.registration.verify import list_findings
from tests.registration.world import offering_of, week

Row = tuple[str, str, str, int]


def rows() -> list[Row]:
    """Return who stands where, without codes."""
    query = select(Attendee.name, Attendee.email, Registration.state, Registration.seats)
    query = query.join(Registration, Registration.attendee_id == Attendee.id).order_by(Registration.id)
    return [(name, email or "", state, seats) for name, email, state, seats in db.session.execute(query)]


@pytest.mark.database
@pytest.mark.parametrize("today", [date(2026, 10, 15), date(2026, 10, 21), date(2027, 3, 3)])
def test_people_register_before_the_week_and_most_applications_wait(app: Flask, today: date) -> None:
    load_demo(today)
    make_demo_visitors()
    day = week().first_day
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for key, count, states in (
        ("fo-06", 24, {"confirmed": 24}),
        ("sa-04", 12, {"applied": 7, "confirmed": 3, "returned": 1, "rejected": 1}),
        ("camp-b-1", 7, {"applied": 7}),
    ):
        own = list(db.session.scalars(select(Registration).where(Registration.offering_id == offering_of(key).id)))
        assert Counter(row.state for row in own) == states and len(own) == count
        assert all(timedelta(0) < first - row.created_at < timedelta(days=7) for row in own)
    steps = Counter(row.review_step for row in db.session.scalars(select(Registration)) if row.state == "applied")
    assert steps == {0: 11, 1: 3}
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0
    assert {finding.name for finding in list_findings() if finding.rows} == set()


def test_answers_follow_their_conditions_and_each_box_is_its_own(app: Flask) -> None:
    load_demo(date(2026, 10, 15))
    make_demo_visitors()
    forum = db.session.scalars(select(Registration).where(Registration.offering_id == offering_of("fo-06").id)).all()
    assert all(("plate" in row.answers) == (row.answers["car"] == "yes") for row in forum)
    assert all(row.answers["meal"] != "none" or "allergy" not in row.answers for row in forum)
    assert {row.form_version for row in forum} == {1}
    salon = db.session.scalars(select(Registration).where(Registration.offering_id == offering_of("sa-04").id)).all()
    assert all(("project" in row.answers) == (row.answers["stage"] != "idea") and row.answers["wish"] for row in salon)
    agreed = db.session.scalar(select(func.count()).select_from(Consent))
    assert agreed == 43 + 12 + 6


def test_it_is_done_once_the_same_each_time_and_goes_with_the_week(app: Flask) -> None:
    make_demo_visitors()
    assert rows() == []
    load_demo(date(2026, 10, 15))
    make_demo_visitors()
    first = rows()
    make_demo_visitors()
    assert rows() == first and len({name for name, *_rest in first}) == 43
    remove_demo()
    assert rows() == [] and db.session.scalar(select(func.count()).select_from(Consent)) == 0
    load_demo(date(2026, 10, 15))
    make_demo_visitors()
    assert rows() == first
