"""A place is handed to another person: the seats stay, the old pass opens that door no more, both are told."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.audit.models import AuditEntry
from eventweek.checkin.queries.holders import find_entitlement
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.actions import Successor, hand_over
from eventweek.registration.actions.offerings import edit_offering
from eventweek.registration.models import Offering, Pass
from eventweek.registration.queries import list_registrations
from eventweek.registration.verify import list_findings
from tests.registration.world import book, counters, offering_of, phone, resize, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
NEXT = Successor("司马相如", "13900000009", "b@example.org", consent=True)


def test_the_place_changes_hands_at_once_and_both_are_told(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    code, session = own.code, own.sessions[0].session_id
    [mine] = book(code, email="a@example.org", seats=2)
    [kept] = book(offering_of("rs-nm-1").code, pass_id=mine.pass_id)
    after = hand_over(mine.registration, NEXT, actor=VISITOR, owner=mine.pass_id)
    assert counters(code) == (2, 0) and after.id != mine.pass_id
    assert [(own.code, own.entitled, own.seats) for own in list_registrations(after.id)] == [
        (mine.registration, True, 2)
    ]
    assert [own.code for own in list_registrations(mine.pass_id)] == [kept.registration]
    before = db.session.get(Pass, mine.pass_id)
    assert before
    doors = [find_entitlement(week().id, who, session).state for who in (before.attendee_id, after.attendee_id)]
    assert doors[1] == "confirmed" and doors[0] != "confirmed"
    told = {(m.recipient, m.template) for m in db.session.scalars(select(Message))}
    assert {("a@example.org", "registration/handed_over"), ("b@example.org", "registration/confirmed")} <= told
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.hand_over")).one()
    assert "司马" not in str(entry.changes) and [f for f in list_findings() if f.rows] == []
    with pytest.raises(Refusal, match="registration.not_found"):
        hand_over(mine.registration, NEXT, actor=VISITOR, owner=mine.pass_id)


def test_why_a_place_cannot_change_hands(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    [mine] = book(code)
    [waiting] = book(code, phone=phone(1))
    taken = Successor("司马相如", "139 0000 0001", consent=True)
    for row, successor, refusal in (
        (waiting, NEXT, "handover.not_confirmed"),
        (mine, taken, "input.invalid"),
        (mine, Successor("司", "1", consent=False), "input.invalid"),
    ):
        with pytest.raises(Refusal, match=refusal) as caught:
            hand_over(row.registration, successor, actor=VISITOR, owner=row.pass_id)
        if successor is taken and isinstance(caught.value, Invalid):
            assert [(e.field, e.code) for e in caught.value.errors] == [("phone", "handover.contact")]
    for actor, owner, refusal in (
        (VISITOR, waiting.pass_id, "registration.not_found"),
        (Actor("somebody"), None, "permission.denied"),
    ):
        with pytest.raises(Refusal, match=refusal):
            hand_over(mine.registration, NEXT, actor=actor, owner=owner)
    held = list_registrations(mine.pass_id)[0]
    with travel(held.starts), pytest.raises(Refusal, match="registration.started"):
        hand_over(mine.registration, NEXT, actor=VISITOR, owner=mine.pass_id)
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"handover": False}, version=own.version, actor=SYSTEM)
    with pytest.raises(Refusal, match="handover.not_allowed"):
        hand_over(mine.registration, NEXT, actor=VISITOR, owner=mine.pass_id)
    assert list_registrations(mine.pass_id)[0].why_no_handover
