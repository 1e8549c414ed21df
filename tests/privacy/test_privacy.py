"""A person sees everything that is held about them, and takes it away: names go, counts stay, seats move on."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String, func, select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.checkin.models import Attendance
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Base, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.outbox.models import Message
from eventweek.privacy.actions import Erased, erase_person
from eventweek.privacy.queries import find_erased, tell_person
from eventweek.registration.actions import cancel_registration, renew_feed
from eventweek.registration.models import (
    Attendee,
    AttendeeIdentity,
    CapacityPool,
    DestructionCertificate,
    Pass,
    PassToken,
    Registration,
)
from eventweek.registration.passes import feed_token_of, manage_token_of, reminder_token_of, token_of
from eventweek.registration.queries import list_offerings
from eventweek.registration.queries.passes import find_pass
from eventweek.registration.verify import list_findings
from eventweek.replanning.actions import keep_place
from tests.registration.world import book, counters, led_by, offering_of, phone, resize, set_week_state, state_of, week
from tests.replanning.world import move, put_out

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
PERSONAL = ("欧阳娜娜", "ouyang@example.org", "13800138000", "示例集团", "欧阳本人来电", "饮食禁忌", "身份证密文")


def comes() -> Pass:
    """Let somebody register for two sessions, cancel one by telephone, answer, show a number and come once."""
    code, other = offering_of("rs-ei-1").code, offering_of("ex-main-2", 1).code
    outcomes = book(code, other, email="OuYang@Example.org", organisation="示例集团", key="once")
    cancel_registration(outcomes[1].registration, actor=SYSTEM, note="欧阳本人来电")
    with transaction():
        who = db.session.scalars(select(Attendee).where(Attendee.email.is_not(None))).one()
        sealed = {"sealed": "身份证密文".encode(), "last4": "4321", "id_key": "k", "key_id": "1", "type": "passport"}
        db.session.add(AttendeeIdentity(attendee_id=who.id, week_id=week().id, purge_after=now(), **sealed))
        db.session.add(led_by(who, "某单位"))
        row = db.session.scalars(select(Registration).where(Registration.code == outcomes[0].registration)).one()
        row.answers = {"diet": "饮食禁忌"}
        own = find_pass(outcomes[0].pass_id)
        assert own
        facts: dict[str, Any] = {"holder": own.code, "registration_code": row.code, "first_in": now(), "entries": 1}
        session = offering_of("rs-ei-1").sessions[0].session_id
        db.session.add(Attendance(week_id=week().id, session_id=session, **facts))
    return own


def texts() -> list[str]:
    """Return every text of every table."""
    db.session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, String | JSON | LargeBinary):
                values = db.session.scalars(select(column).where(column.is_not(None)))
                found += [v.decode(errors="ignore") if isinstance(v, bytes) else str(v) for v in values]
    return found


def counts() -> dict[str, Any]:
    """Return what is counted: registrations by state, seats, who came."""
    db.session.rollback()
    states = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
    came = db.session.scalar(select(func.count()).select_from(Attendance))
    return dict(states.all()) | {"came": came, "taken": db.session.scalar(select(func.sum(CapacityPool.taken)))}  # type: ignore[arg-type]


def test_everything_about_a_person_is_told(demo_app: Flask) -> None:
    own = comes()
    told = tell_person(own)
    assert (told["person"]["name"], told["person"]["phone"]) == ("欧阳娜娜", "+8613800138000")
    assert [(one["type"], one["last4"]) for one in told["identities"]] == [("passport", "4321")]
    assert sorted(one["state"] for one in told["registrations"]) == ["cancelled", "confirmed"]
    [kept] = [one for one in told["registrations"] if one["state"] == "confirmed"]
    assert kept["answers"][0]["answer"]["zh"] == "饮食禁忌" and kept["sessions"][0]["title"]["zh"]
    assert [one["purpose"] for one in told["consents"]] == ["registration"] and told["passes"][0]["code"] == own.code
    assert told["attendance"][0]["entries"] == 1 and told["groups"] == [{"week": "jl2026", "unit": "某单位"}]
    assert {one["kind"] for one in told["messages"]} >= {"confirmed"} and told["messages"][0]["recipient"]
    assert "sealed" not in str(told) and "身份证密文" not in str(told)


def test_what_a_release_asked_and_what_was_answered_is_told(demo_app: Flask) -> None:
    [one], [_other] = book(offering_of("rs-ei-1").code), book(offering_of("rs-ei-1").code, phone=phone(1))
    put_out(move("rs-ei-1", minutes=30))
    own = find_pass(one.pass_id)
    assert own
    [asked] = tell_person(own)["questions"]
    assert (asked["week"], asked["registration"], asked["release"]) == ("jl2026", one.registration, 2)
    assert " → " in asked["changes"]["zh"] and "Time: " in asked["changes"]["en"]
    assert (asked["answer"], asked["answered_at"]) == ("open", None)
    keep_place(one.registration, actor=VISITOR, owner=own.id)
    [asked] = tell_person(own)["questions"]
    assert asked["answer"] == "kept" and asked["answered_at"] >= asked["asked_at"]


def test_nothing_that_names_them_is_left_and_what_has_begun_stays_counted(demo_app: Flask) -> None:
    own = comes()
    found = texts()
    assert [word for word in PERSONAL if not any(word in text for text in found)] == []
    keys = {own.attendee.contact_key, own.attendee.email_key}
    starts = list_offerings([offering_of("rs-ei-1").sessions[0].session.code])
    [facts] = next(iter(starts.values()))
    before = counts()
    with travel(facts.starts):
        assert erase_person(own.id, actor=VISITOR) == Erased(ended=0, kept=1)
        left = texts()
        assert [word for word in (*PERSONAL, *keys) if any(str(word) in text for text in left)] == []
        assert counts() == before
        assert erase_person(own.id, actor=VISITOR) == Erased(ended=0, kept=1)
    statuses = set(db.session.scalars(select(Pass.status))) | set(db.session.scalars(select(PassToken.status)))
    assert statuses == {"void"} and set(db.session.scalars(select(Message.state))) == {"dead"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "person.erase")).one()
    assert (entry.actor, entry.code, entry.changes) == ("visitor", own.code, {"ended": 0, "kept": 1})
    paper = db.session.scalars(select(DestructionCertificate)).one()
    assert paper.counts == {"people": 1, "identities": 1, "files": 0, "passes": 1}
    assert [finding.name for finding in list_findings() if finding.rows] == []


def test_what_is_ahead_is_cancelled_and_its_seats_go_to_who_waits(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    [first], [second] = book(code), book(code, phone=phone(1))
    assert second.state == "waitlisted"
    assert erase_person(first.pass_id, actor=VISITOR) == Erased(ended=1, kept=0)
    assert (state_of(first.registration), state_of(second.registration)) == ("cancelled", "confirmed")
    assert counters(code) == (1, 0)
    [again] = book(code)
    assert again.state == "waitlisted" and again.pass_id != first.pass_id
    assert [finding.name for finding in list_findings() if finding.rows] == []


def test_no_address_that_they_were_given_opens_anything_afterwards(demo_app: Flask) -> None:
    [one] = book(offering_of("rs-ei-1").code)
    renew_feed(one.pass_id, actor=VISITOR)
    own = find_pass(one.pass_id)
    assert own
    reminder = f"/r/{own.code}/2026-10-19/{reminder_token_of(own, '2026-10-19')}"
    feed, code = f"/k/{feed_token_of(own)}.ics", f"/T/{token_of(own)}"
    client = demo_app.test_client()
    assert [client.get(path).status_code for path in (reminder, feed, code)] == [200] * 3
    erase_person(one.pass_id, actor=VISITOR)
    assert [client.get(path).status_code for path in (reminder, feed)] == [404] * 2
    assert "已作废" in client.get(code).text


def test_a_family_on_one_phone_loses_one_person_only(demo_app: Flask) -> None:
    [mother] = book(offering_of("rs-ei-1").code, email="mother@example.org")
    [child] = book(offering_of("rs-ei-2").code, name="欧阳小宝", email="mother@example.org")
    erase_person(mother.pass_id, actor=VISITOR)
    kept = find_pass(child.pass_id)
    assert kept and kept.attendee.name == "欧阳小宝" and kept.status == "active"
    own = db.session.scalars(select(Message).where(Message.person == kept.code)).all()
    assert own and all(message.recipient for message in own)
    gone = find_pass(mother.pass_id)
    assert gone and not any(db.session.scalars(select(Message.recipient).where(Message.person == gone.code)))


def test_the_link_says_that_they_were_erased_also_in_an_archived_week(demo_app: Flask) -> None:
    [one] = book(offering_of("rs-ei-1").code)
    own = find_pass(one.pass_id)
    assert own
    token = manage_token_of(own)
    assert find_erased(token) is None and find_erased("0" * 26) is None
    set_week_state("archived")
    erase_person(one.pass_id, actor=VISITOR)
    answer = demo_app.test_client().get(f"/m/{token}")
    assert answer.status_code == 410 and "已全部删除" in answer.text and answer.headers["Cache-Control"] == "no-store"
    with pytest.raises(Refusal, match=r"pass\.not_found"):
        erase_person(999_999, actor=VISITOR)
