"""What a basket is asked, kept with the form that asked; forms that are written, inherited, copied, corrected."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor, GrantValue
from eventweek.audit.models import AuditEntry, Revision
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Part
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.registration.actions import (
    close_offering,
    correct_answers,
    edit_offering,
    move_registration,
    purge_attendees,
    register,
)
from eventweek.registration.actions.forms import write_questions
from eventweek.registration.baskets import Basket, Item
from eventweek.registration.files import open_receipt, receipt_of, take_file
from eventweek.registration.models import AnswerFile, AskedForm, DestructionCertificate, Offering, Pass, Registration
from eventweek.registration.queries import load_offerings
from eventweek.registration.queries.forms import find_asking, list_asked, map_questions
from tests.registration.test_forms import MEAL, row
from tests.registration.world import book, offering_of, phone, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
SIZE = row("size", "choice", about="person", required=True, choices=list(MEAL))
BUS, STOP = row("bus", "yes_no", required=True), row("stop", when_key="bus", when_is=["yes"], required=True)


def ask(level: str, code: str, *rows: dict[str, Any], **more: Any) -> None:
    """Set what a place asks."""
    write_questions(week().id, level, code, {"questions": list(rows), **more}, version=None, actor=SYSTEM)


def kind_of(key: str) -> str:
    """Return the kind of a demo session."""
    return load_offerings([offering_of(key).id])[0].kinds[0]


def take(codes: dict[str, dict[str, object]], n: int = 1, **answers: object) -> list[Registration]:
    """Register for offerings with answers to each; `answers` are those that are asked once."""
    items = tuple(Item(code, 1, own) for code, own in codes.items())
    basket = Basket(week().id, items, name="欧阳娜娜", phone=phone(n), consent=True, answers=answers)
    found = [outcome.registration for outcome in register(basket, actor=VISITOR)]
    return [db.session.scalars(select(Registration).where(Registration.code == code)).one() for code in found]


def errors_of(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in caught.value.errors]


def test_a_basket_answers_once_and_for_each_session_and_says_every_fault(demo_app: Flask) -> None:
    one, two = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    ask("week", "jl2026", SIZE)
    ask("kind", kind_of("rs-ei-1"), BUS, STOP)
    with pytest.raises(Invalid) as caught:
        take({one: {}, two: {"bus": "yes"}}, size="fish")
    wanted = [("answers.size", "answer.choice"), (f"{one}.answers.bus", "answer.required")]
    assert sorted(errors_of(caught)) == sorted([*wanted, (f"{two}.answers.stop", "answer.required")])
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0
    rows = take({one: {"bus": "no", "stop": "never asked"}, two: {"bus": "yes", "stop": "红旗街"}}, size="meat")
    answers = [own.answers for own in rows]
    assert answers == [{"size": "meat", "bus": "no"}, {"size": "meat", "bus": "yes", "stop": "红旗街"}]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.create"))
    assert not any("红旗街" in str(entry.changes) for entry in entries)


def test_an_old_answer_keeps_the_form_that_asked(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    ask("offering", code, BUS)
    [first], [same] = take({code: {"bus": "no"}}), take({code: {"bus": "yes"}}, n=2)
    ask("offering", code, row("bus", "choice", choices=list(MEAL), label_zh="班车上吃什么"))
    [later] = take({code: {"bus": "none"}}, n=3)
    ask("offering", code)
    [silent] = take({code: {}}, n=4)
    assert [own.form_version for own in (first, same, later, silent)] == [1, 1, 2, 0]
    assert [q.type for own in (first, later) for q in list_asked(own)] == ["yes_no", "choice"]
    assert list_asked(silent) == () and db.session.scalar(select(func.count()).select_from(AskedForm)) == 2
    kept = db.session.scalars(select(Revision).where(Revision.verb == "questions").order_by(Revision.id))
    steps = [revision.changes["questions"] for revision in kept]
    assert [len(old) for old, _new in steps] == [0, 1, 1] and steps[0][1][0]["key"] == "bus"


def test_an_offering_adds_to_its_kind_and_drops(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    kind = kind_of("rs-ei-1")
    ask("week", "jl2026", SIZE)
    ask("kind", kind, BUS, STOP)
    write_questions(
        week().id,
        "offering",
        own.code,
        {"questions": [row("more", when_key="size", when_is=["meat"])], "dropped": ["stop", "unknown"]},
        kinds=(kind,),
        version=0,
        actor=SYSTEM,
    )
    whole = map_questions(week().id, {own.code: (kind,), "other": (kind,)})
    assert [[q.key for q in some] for some in whole.values()] == [["size", "bus", "more"], ["size", "bus", "stop"]]
    asking = find_asking(week().id, "offering", own.code, (kind,))
    assert (asking.dropped, asking.version, [q.key for q in asking.whole]) == (("stop",), 1, ["size", "bus", "more"])
    with pytest.raises(Refusal, match="version.stale"):
        write_questions(week().id, "offering", own.code, {"questions": []}, version=0, actor=SYSTEM)
    with pytest.raises(Invalid) as caught:
        ask("kind", kind, row("", label_zh=""), row("q", "choice"))
    assert errors_of(caught) == [
        ("questions.0.label_zh", "field.one_language"),
        ("questions.1.choices", "question.choices_few"),
    ]
    narrow = Actor("user:5", 5, grants=(GrantValue("committee", week().id, "city", "220100"),))
    with pytest.raises(Refusal, match="permission.denied"):
        write_questions(week().id, "kind", kind, {"questions": []}, version=None, actor=narrow)


def test_nothing_asked_costs_nothing(
    demo_app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    code = offering_of("rs-ei-1").code
    book(code, phone=phone(8))
    with statements() as plain:
        book(code, phone=phone(9))
    assert not any("JOIN kind " in one or "asked_form" in one for one in plain)
    ask("offering", code, BUS)
    take({code: {"bus": "no"}}, n=7)
    with statements() as asked:
        take({code: {"bus": "no"}}, n=6)
    assert len(asked) - len(plain) <= 6


def test_a_file_is_known_by_its_receipt_until_it_is_bound(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    ask("offering", code, row("plan", "file", required=True))
    sent = take_file(b"%PDF-1.7\n...\n%%EOF\n", "../计划.exe.pdf")
    receipt = receipt_of(sent)
    assert open_receipt(receipt) == sent and sent.name == "计划.exe.pdf"
    for forged in ("", "x", receipt[:-1] + ("0" if receipt[-1] != "0" else "1"), receipt[1:], "é.\ud800"):
        with pytest.raises(Invalid) as caught:
            take({code: {"plan": forged}})
        assert caught.value.errors[0].code in ("answer.required", "answer.file_unknown")
    [own] = take({code: {"plan": receipt}})
    bound = db.session.scalars(select(AnswerFile)).one()
    assert (bound.registration_id, bound.sha256, own.answers) == (own.id, sent.sha256, {"plan": "计划.exe.pdf"})
    files.drop(sent.sha256)
    with pytest.raises(Invalid) as caught:
        take({code: {"plan": receipt}}, n=2)
    assert errors_of(caught) == [(f"{code}.answers.plan", "answer.file_unknown")]
    with travel(now() + timedelta(days=400)):
        purge_attendees()
    assert db.session.scalars(select(AnswerFile)).all() == []
    [certificate] = db.session.scalars(select(DestructionCertificate))
    assert (certificate.what, certificate.counts["files"], certificate.counts["people"]) == ("people", 1, 1)
    assert db.session.scalars(select(Registration.answers)).all() == [{}]


def test_answers_are_corrected_until_registration_closes(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    ask("offering", own.code, BUS, STOP, row("plan", "file"))
    receipts = [receipt_of(take_file(text.encode(), f"{text}.txt")) for text in ("one", "two")]
    [mine] = take({own.code: {"bus": "yes", "stop": "站前", "plan": receipts[0]}})
    [other] = book(offering_of("rs-nm-1").code, phone=phone(5))
    held = _pass_of(mine)
    with pytest.raises(Refusal, match="registration.not_found"):
        correct_answers(mine.code, {"bus": "no"}, actor=VISITOR, owner=other.pass_id)
    with pytest.raises(Invalid) as caught:
        correct_answers(mine.code, {"bus": "yes"}, actor=VISITOR, owner=held)
    assert errors_of(caught) == [("answers.stop", "answer.required")]
    correct_answers(mine.code, {"bus": "no", "plan": receipts[1]}, actor=VISITOR, owner=held)
    assert [f.name for f in db.session.scalars(select(AnswerFile))] == ["two.txt"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.answers")).one()
    assert entry.changes == {"changed": ["bus", "plan", "stop"]}
    close_offering(own.code, actor=SYSTEM)
    with pytest.raises(Refusal, match="answers.over"):
        correct_answers(mine.code, {"bus": "yes", "stop": "x"}, actor=VISITOR, owner=held)


def test_whoever_moves_keeps_their_answers_and_enters_no_real_name_session_unasked(demo_app: Flask) -> None:
    one, two = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    ask("offering", one, BUS)
    ask("offering", two, row("other"))
    [mine] = take({one: {"bus": "no"}})
    edit_offering(two, {"real_name": True}, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="move.asks"):
        move_registration(mine.code, two, actor=VISITOR, owner=_pass_of(mine))
    move_registration(mine.code, two, actor=SYSTEM)
    db.session.refresh(mine)
    assert (mine.offering.code, mine.answers, [q.key for q in list_asked(mine)]) == (two, {"bus": "no"}, ["bus"])


def test_questions_come_with_a_copied_week_and_answers_stay(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    kind = kind_of("rs-ei-1")
    edit_offering(own.code, {"real_name": False, "consents": ["publishing"]}, version=1, actor=SYSTEM)
    ask("week", "jl2026", SIZE)
    ask("kind", kind, BUS)
    ask("offering", own.code, row("only"))
    take({own.code: {"bus": "no"}}, size="meat")
    new = {"code": "jl2027", "title_zh": "2027年双创周", "first_day": "2027-10-14"}
    copied = copy_week("jl2026", new, parts=list(Part), actor=SYSTEM)
    assert [q.key for q in find_asking(copied.id, "kind", kind).whole] == ["size", "bus"]
    later = map_questions(copied.id, {code: (kind,) for code in _codes(copied.id)})
    assert sorted(len(some) for some in later.values())[-2:] == [2, 3]
    settings = copy_week("jl2026", new | {"code": "jl2028"}, parts=[Part.SETTINGS], actor=SYSTEM)
    assert [q.key for q in find_asking(settings.id, "kind", kind).whole] == ["size", "bus"]
    assert db.session.scalar(select(func.count()).select_from(AskedForm)) == 1


def _codes(week_id: int) -> list[str]:
    return list(db.session.scalars(select(Offering.code).where(Offering.week_id == week_id)))


def _pass_of(own: Registration) -> int:
    return db.session.scalars(select(Pass.id).where(Pass.attendee_id == own.attendee_id)).one()
