"""Two people become one: seats are counted once, nobody waits beside a freed one, no code turns unknown."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.accounts.enums import Role
from eventweek.audit.actors import SYSTEM, VISITOR, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.checkin.actions.merging import Merged, merge_attendees
from eventweek.checkin.models import Attendance
from eventweek.checkin.queries.duplicates import get_pair, list_duplicates
from eventweek.checkin.queries.holders import find_holder, find_holder_of_pass
from eventweek.delivery.mails import links_of
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.actions import About, claim_message, send
from eventweek.outbox.models import Message
from eventweek.registration.actions.identities import keep_identity, reveal_identity
from eventweek.registration.identities import Identity
from eventweek.registration.models import Attendee, Consent, Pass, Registration
from eventweek.registration.passes import manage_token_of, short_code_of, token_of
from eventweek.registration.queries import list_registrations
from eventweek.registration.queries.passes import find_pass, find_pass_by_manage_token, find_pass_by_token
from eventweek.registration.verify import list_findings
from tests.registration.world import book, counters, offering_of, phone, resize, set_week_state, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def held(pass_id: int) -> Pass:
    own = find_pass(pass_id)
    assert own
    return own


def merge(keep: Pass, lose: Pass, **more: Any) -> Merged:
    return merge_attendees(week().id, keep.code, lose.code, **({"reason": "本人来电", "actor": SYSTEM} | more))


def sound() -> bool:
    db.session.rollback()
    return [finding.name for finding in list_findings() if finding.rows] == []


def comes(own: Pass, key: str, registration: str, **more: Any) -> None:
    """Let the holder of a pass have come to a demo session."""
    with transaction():
        facts: dict[str, Any] = {"holder": own.code, "registration_code": registration, "first_in": now(), "entries": 1}
        session = offering_of(key).sessions[0].session_id
        db.session.add(Attendance(week_id=week().id, session_id=session, **facts | more))


def test_what_still_waits_goes_to_the_pass_and_the_contacts_that_stay(demo_app: Flask) -> None:
    [kept] = book(offering_of("rs-ei-1").code, email="a@example.org")
    [other] = book(offering_of("rs-ei-2").code, phone=phone(1), email="b@example.org")
    first, second = held(kept.pass_id), held(other.pass_id)
    old, new = second.code, first.code
    with transaction():
        context = {
            "pass": old,
            "name": "欧阳娜娜",
            "sessions": [],
            "changes": "",
            "answer": f"{old}:{other.registration}",
        }
        about = About("jl2026", old, others=[("sms", "+8613900000001")])
        references = [f"pass.png:{old}"]
        send("registration/changed", "b@example.org", "zh-CN", context, "changed:1", references, "email", about)
        send("registration/moved", "b@example.org", "zh-CN", context, "moved:1", (), "email", about)
        moved = db.session.scalars(select(Message).where(Message.dedupe_key == "moved:1")).one()
        moved.state = "sent"
    merge(first, second)
    db.session.rollback()
    rows = {row.dedupe_key: row for row in db.session.scalars(select(Message))}
    own, settled = rows["changed:1"], rows["moved:1"]
    ways = [(own.channel, own.recipient), *((channel, address) for channel, address in own.others)]
    assert (own.person, ways) == (new, [("email", "a@example.org"), ("sms", "+8613800138000")])
    assert own.context["pass"] == new and own.context["answer"] == f"{new}:{other.registration}"
    assert own.attachments == [f"pass.png:{new}"] and own.state == "waiting"
    assert (settled.person, settled.recipient, settled.context["pass"]) == (old, "b@example.org", old)
    letter = claim_message(own.id)
    assert letter
    with demo_app.test_request_context():
        links = links_of(letter)
    assert manage_token_of(held(kept.pass_id)) in links["link"] and links["answer_link"] and sound()


def test_everything_goes_to_one_and_a_double_frees_its_seats(demo_app: Flask) -> None:
    code, other = offering_of("rs-ei-1").code, offering_of("rs-ei-2").code
    resize(code, 3)
    [kept] = book(code, organisation="示例集团")
    double, moved = book(code, other, seats=2, phone=phone(1), email="b@example.org")
    [waits] = book(code, phone=phone(2))
    assert waits.state == "waitlisted"
    first, second = held(kept.pass_id), held(double.pass_id)
    token, link, short = token_of(second), manage_token_of(second), short_code_of(second)
    assert merge(first, second) == Merged(first.code, 2, 1)
    assert (state_of(kept.registration), state_of(double.registration)) == ("cancelled", "confirmed")
    assert (state_of(moved.registration), state_of(waits.registration)) == ("confirmed", "confirmed")
    assert counters(code) == (3, 0) and sound()
    person = held(kept.pass_id).attendee
    assert (person.name, person.organisation, person.email) == ("欧阳娜娜", "示例集团", "b@example.org")
    live = [facts.code for facts in list_registrations(kept.pass_id) if not facts.end_reason]
    assert sorted(live) == sorted([double.registration, moved.registration])
    assert db.session.scalar(select(func.count()).select_from(Attendee)) == 2
    assert set(db.session.scalars(select(Consent.attendee_id))) == set(db.session.scalars(select(Attendee.id)))
    for text in (token, short):
        assert find_holder(week().id, text).token == "replaced"
    assert find_holder_of_pass(week().id, second.code).token == "replaced"
    found = find_pass_by_token(token)
    assert found and found.status == "replaced" and find_pass_by_manage_token(link) is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "person.merge")).one()
    assert entry.changes == {"merged": second.code, "moved": 2, "ended": 1, "reason": "本人来电"}


def test_two_slots_of_one_day_become_one(demo_app: Flask) -> None:
    first, second = offering_of("ex-main-2").code, offering_of("ex-main-2", 1).code
    [one], [other] = book(first), book(second, phone=phone(1))
    merge(held(one.pass_id), held(other.pass_id))
    assert (state_of(one.registration), state_of(other.registration)) == ("confirmed", "cancelled") and sound()


def test_an_identity_number_comes_along_and_can_still_be_read(demo_app: Flask) -> None:
    [one], [other] = book(offering_of("rs-ei-1").code), book(offering_of("rs-ei-2").code, phone=phone(1))
    with transaction():
        keep_identity(week(), held(other.pass_id).attendee, Identity("passport", "E12345678", None))
    first, second = held(one.pass_id), held(other.pass_id)
    assert get_pair(week().id, first.code, second.code)[1].last4 == "5678"
    merge(first, second)
    assert reveal_identity(week().id, one.registration, note="核对", actor=SYSTEM) == ("passport", "E12345678")
    assert sound()


def test_two_who_came_to_one_session_stay_two(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [one], [other] = book(code), book(code, phone=phone(1))
    first, second = held(one.pass_id), held(other.pass_id)
    comes(second, "rs-ei-1", other.registration, inside=True)
    with pytest.raises(Refusal, match=r"merge\.inside"):
        merge(first, second)
    comes(first, "rs-ei-1", one.registration)
    with pytest.raises(Refusal, match=r"merge\.both_came"):
        merge(first, second)
    assert state_of(one.registration) == state_of(other.registration) == "confirmed" and sound()


def test_a_family_is_shown_as_one_and_merged_only_on_the_organisers_word(demo_app: Flask) -> None:
    [one] = book(offering_of("rs-ei-1").code)
    [other] = book(offering_of("rs-ei-2").code, name="欧阳小宝")
    assert [kind for kind, _a, _b in list_duplicates(week().id)] == ["family"]
    with pytest.raises(Refusal, match=r"merge\.names"):
        merge(held(one.pass_id), held(other.pass_id))
    merge(held(one.pass_id), held(other.pass_id), same_person=True)
    assert list_duplicates(week().id) == [] and sound()


def test_who_may_not_and_what_is_wrong(demo_app: Flask) -> None:
    [one], [other] = book(offering_of("rs-ei-1").code), book(offering_of("rs-ei-2").code, phone=phone(1))
    first, second = held(one.pass_id), held(other.pass_id)
    with pytest.raises(Invalid):
        merge(first, second, reason=" ")
    with pytest.raises(Refusal, match=r"merge\.same"):
        merge(first, first)
    with pytest.raises(Refusal, match=r"pass\.not_found"):
        merge_attendees(week().id, first.code, "nobody", reason="x", actor=SYSTEM)
    narrow = GrantValue(Role.COMMITTEE, week().id, "city", "220100")
    for actor in (VISITOR, Actor("user", 1, grants=(narrow,))):
        with pytest.raises(Refusal, match=r"permission\.denied"):
            merge(first, second, actor=actor)
    set_week_state("archived")
    with pytest.raises(Refusal, match=r"week\.archived"):
        merge(first, second)
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 2
