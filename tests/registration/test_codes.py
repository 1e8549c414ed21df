"""One-time codes prove whose contact it is; nobody else learns who is registered."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.programme.actions.weeks import edit_week
from eventweek.registration.actions import open_passes, prove_contact, purge_codes
from eventweek.registration.actions.offerings import edit_offering
from eventweek.registration.models import Attendee, ContactCode, Offering, Registration
from eventweek.registration.queries import list_registrations
from eventweek.registration.queries.codes import find_proof
from eventweek.registration.verify import list_findings
from tests.factories.codes import asked, last_code, proven, solved
from tests.registration.world import book, counters, offering_of, phone, resize, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
OWN = "+8613800138000"


def said(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in caught.value.errors]


def wanting(code: str, **values: object) -> None:
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, values, version=own.version, actor=SYSTEM)


def sound() -> bool:
    db.session.rollback()
    return not [finding for finding in list_findings() if finding.rows]


def test_a_code_goes_out_by_its_channel_and_stands_nowhere_else(demo_app: Flask) -> None:
    for value, channel in ((OWN, "sms"), ("a@example.org", "email")):
        asked(week().id, value)
        last = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert last and (last.channel, last.recipient, last.template) == (channel, value, "registration/code")
    code, row = last_code(), db.session.scalars(select(ContactCode).order_by(ContactCode.id.desc())).first()
    assert row and len(code) == 6 and code.isdigit()
    assert not {code, OWN, "a@example.org"} & {str(value) for value in vars(row).values()}


def test_five_tries_and_ten_minutes(demo_app: Flask) -> None:
    ref = asked(week().id, OWN)
    code = last_code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1):
        with pytest.raises(Refusal, match="code.wrong") as caught:
            prove_contact(ref, wrong)
        assert caught.value.facts["left"] == left
    prove_contact(ref, f" {code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    prove_contact(ref, "typed twice")
    late = asked(week().id, "a@example.org")
    with travel(now() + timedelta(minutes=11)), pytest.raises(Refusal, match="code.expired"):
        prove_contact(late, last_code())
    for _ in range(5):
        with pytest.raises(Refusal, match="code.wrong"):
            prove_contact(late, "x")
    for unknown in (late, "nothing", "", "a\0b", "\ud800"):
        with pytest.raises(Refusal, match="code.expired"):
            prove_contact(unknown, last_code())


def test_codes_to_one_contact_have_a_pause_whatever_its_spelling(demo_app: Flask) -> None:
    asked(week().id, OWN)
    with pytest.raises(Refusal, match="limit.reached") as caught:
        asked(week().id, OWN)
    assert 0 < caught.value.facts["seconds"] <= 60


def test_a_known_and_an_unknown_contact_cost_the_same(
    demo_app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    book(offering_of("rs-ei-1").code)
    seen = []
    for value in (OWN, "+8613900000001"):
        with statements() as sent:
            asked(week().id, value)
        seen.append(len(sent))
    assert seen[0] == seen[1]


def test_an_offering_that_wants_a_proof_answers_everybody_alike_before_it(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    book(code)
    wanting(code, proven_contact=True)
    told = []
    for number in ("13800138000", phone(1)):
        with pytest.raises(Invalid) as caught:
            book(code, phone=number, name="陌生人")
        told.append(said(caught))
    assert told == [[("proof", "contact.unproven")]] * 2
    proof = proven(week().id, f"+86{phone(1)}")
    [done] = book(code, phone=phone(1), proof=proof, key="k")
    assert done.state == "confirmed" and book(code, phone=phone(1), proof=proof, key="k") == [done]
    who = db.session.scalars(select(Attendee).order_by(Attendee.id.desc())).first()
    assert who and who.phone_verified_at and not who.email_verified_at
    row = db.session.scalars(select(Registration).where(Registration.code == done.registration)).one()
    assert row.contact_key is None
    with pytest.raises(Invalid):
        book(code, phone=phone(2), proof=proof)  # another contact than the proven one


def test_the_owner_of_a_number_takes_over_what_a_stranger_registered_with_it(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [theirs] = book(code, name="陌生人", seats=2)
    with pytest.raises(Invalid) as caught:
        book(code, phone="0086 138-0013-8000")
    assert said(caught) == [("proof", "contact.unproven")]
    resize(code, 2, queue_open=False)
    [mine] = book(code, proof=proven(week().id, OWN))
    assert (mine.registration, mine.state, mine.seats) == (theirs.registration, "confirmed", 2)
    assert mine.pass_id != theirs.pass_id and counters(code) == (2, 0)
    assert list_registrations(theirs.pass_id) == [] and list_registrations(mine.pass_id)[0].entitled
    assert sound()


def test_whoever_proves_the_contact_is_recognised_by_name_and_a_family_is_not_one_person(demo_app: Flask) -> None:
    code, other = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    [first] = book(code)
    proof = proven(week().id, OWN)
    [more] = book(other, phone="１３８ ００１３ ８０００", proof=proof)
    assert more.pass_id == first.pass_id
    with pytest.raises(Invalid) as caught:
        book(code, proof=proof)
    assert said(caught) == [(code, "registration.already")]
    [child] = book(code, name="欧阳小小", proof=proof)
    assert child.pass_id != first.pass_id and counters(code) == (2, 0) and sound()


def test_a_proof_is_worth_an_hour_in_its_week_and_for_its_contact(demo_app: Flask) -> None:
    code, proof = offering_of("rs-ei-1").code, proven(week().id, OWN)
    assert find_proof(week().id, proof) and find_proof(week().id + 1, proof) is None
    wanting(code, proven_contact=True)
    with pytest.raises(Invalid) as caught:
        book(code, phone=phone(2), name="司马相如", proof=proof)
    assert said(caught) == [("proof", "contact.unproven")]
    with travel(now() + timedelta(minutes=61)):
        with pytest.raises(Invalid) as caught:
            book(code, proof=proof)
        assert said(caught) == [("proof", "contact.unproven")]
        with pytest.raises(Refusal, match="code.expired"):
            open_passes(week().id, proof)
    with travel(now() + timedelta(minutes=59)):
        assert book(code, proof=proof)[0].state == "confirmed"


def test_a_holder_who_proves_another_contact_takes_nothing_over(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    [theirs] = book(code, name="司马相如")
    [mine] = book(offering_of("rs-nm-1").code, phone=phone(1))
    [more] = book(code, phone="", pass_id=mine.pass_id, proof=proven(week().id, OWN))
    assert more.registration != theirs.registration and counters(code) == (2, 0) and sound()
    assert [own.code for own in list_registrations(theirs.pass_id)] == [theirs.registration]
    who = db.session.scalars(select(Attendee).where(Attendee.name == "欧阳娜娜")).one()
    assert not who.proven


def test_a_returning_visitor_opens_their_passes_and_a_stranger_none(demo_app: Flask) -> None:
    [mine] = book(offering_of("rs-ei-1").code, email="a@example.org")
    for value in (OWN, "a@example.org"):
        assert [own.id for own in open_passes(week().id, proven(week().id, value))] == [mine.pass_id]
    assert open_passes(week().id, proven(week().id, "+8613900000001")) == []
    with pytest.raises(Refusal, match="code.expired"):
        open_passes(week().id, asked(week().id, "+8613900000002"))
    db.session.rollback()
    who = db.session.scalars(select(Attendee)).one()
    assert who.phone_verified_at and who.email_verified_at and sound()
    with travel(now() + timedelta(hours=3)):
        purge_codes()
    assert db.session.scalar(select(func.count()).select_from(ContactCode)) == 0


def test_work_is_asked_for_in_the_first_minutes_and_a_proof_stands_for_it(demo_app: Flask) -> None:
    code, moment = offering_of("rs-ei-1").code, now()
    edit_week("jl2026", {"work_mode": "opening", "work_min": 30}, version=None, actor=SYSTEM)
    wanting(code, opens_at=moment)
    with pytest.raises(Invalid) as caught:
        book(code)
    assert said(caught) == [("work", "work.missing")]
    work = solved()
    assert book(code, work=work)[0].state == "confirmed"
    with pytest.raises(Invalid) as caught:
        book(code, phone=phone(1), work=work)
    assert said(caught) == [("work", "work.used")]
    assert book(code, phone=phone(1), proof=proven(week().id, f"+86{phone(1)}"))[0].state == "confirmed"
    with travel(moment + timedelta(minutes=30)):
        assert book(code, phone=phone(2))[0].state == "confirmed"
    wanting(code, work_mode="always")
    with travel(moment + timedelta(days=1)), pytest.raises(Invalid) as caught:
        book(code, phone=phone(3))
    assert said(caught) == [("work", "work.missing")]


def test_clashes_are_refused_where_the_organiser_says_so_with_both_reasons(demo_app: Flask) -> None:
    both, far = [offering_of(key).code for key in ("fo-03", "fo-10")], offering_of("rs-222400").code
    book(*both)
    edit_week("jl2026", {"clash_policy": "refuse"}, version=None, actor=SYSTEM)
    with pytest.raises(Invalid) as caught:
        book(*both, phone=phone(1))
    assert [error.code for error in caught.value.errors] == ["clash.overlap"]
    [mine] = book(offering_of("rs-stu").code, phone=phone(1))
    with pytest.raises(Invalid) as caught:
        book(far, phone="", pass_id=mine.pass_id)
    [error] = caught.value.errors
    assert (error.field, error.code) == (far, "clash.journey") and error.facts["needed"] > error.facts["left"]
    assert len(list_registrations(mine.pass_id)) == 1
