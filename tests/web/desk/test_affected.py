"""Answers that the desk records for people after a release, and a session that is split: as meant, and as not."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.registration.models import Offering, Registration
from tests.conftest import SignIn
from tests.registration.world import book, counters, offering_of, phone, state_of
from tests.replanning.world import asked, broken, move, put_out, told

pytestmark = pytest.mark.usefixtures("before_the_week")
DESK = "/desk/w/jl2026"


def moved(people: int) -> list[str]:
    """Register people for a session and publish that it moves; return their registrations."""
    code = offering_of("rs-ei-1").code
    found = [book(code, phone=phone(n), name=f"示例{'甲乙丙'[n]}")[0].registration for n in range(people)]
    put_out(move("rs-ei-1", minutes=30))
    return found


def choice(registration: str) -> str:
    return f"{DESK}/registrations/{registration}/choice"


def standing(registration: str) -> str:
    """Return the code of the offering that a registration stands for."""
    db.session.rollback()
    query = select(Offering.code).join(Registration, Registration.offering_id == Offering.id)
    return db.session.scalars(query.where(Registration.code == registration)).one()


def test_what_people_say_by_telephone_is_recorded(desk: FlaskClient) -> None:
    keeps, drops, swaps = moved(3)
    listed = desk.get(f"{DESK}/affected?release=2").text
    assert all(name in listed for name in ("示例甲", "示例乙", "示例丙")) and "还没有选" in listed
    page = desk.get(choice(keeps)).text
    assert "示例甲" in page and "本人说了什么" in page and "时间" in page
    done = desk.post(choice(keeps), data={"do": "kept"})
    assert done.status_code == 303 and "已保存。" in desk.get(done.location).text
    assert (asked(keeps).choice, state_of(keeps)) == ("kept", "confirmed")
    desk.post(choice(drops), data={"do": "cancelled"})
    assert (asked(drops).choice, state_of(drops)) == ("cancelled", "cancelled")
    to = re.findall(r'<option value="(\w+)">', desk.get(choice(swaps)).text)[0]
    desk.post(choice(swaps), data={"do": "changed", "to": to})
    assert (asked(swaps).choice, asked(swaps).target, standing(swaps)) == ("changed", to, to)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "affected.answer")).all()
    assert len(entries) == 3 and {entry.actor for entry in entries} == {asked(keeps).decided_by} - {"visitor"}
    answered = desk.get(f"{DESK}/affected?choice=kept").text
    assert "示例甲" in answered and "示例乙" not in answered
    assert counters(offering_of("rs-ei-1").code) == (1, 0) and broken() == []


def test_an_answer_that_cannot_be_is_refused_with_its_reason(
    desk: FlaskClient, demo_app: Flask, sign_in: SignIn
) -> None:
    [own] = moved(1)
    for wish in ({}, {"do": "keep"}, {"do": "open"}, {"do": "\x00"}):
        assert desk.post(choice(own), data=wish).status_code == 400
    for to in ("", "nothing", "\x00" * 3, "x" * 400):
        answer = desk.post(choice(own), data={"do": "changed", "to": to})
        assert answer.status_code == 303 and "没有这个报名项" in desk.get(answer.location).text
    assert asked(own).choice == "open" and standing(own) == offering_of("rs-ei-1").code
    desk.post(choice(own), data={"do": "cancelled"})
    again = desk.post(choice(own), data={"do": "kept"})
    assert "已经" in desk.get(again.location).text and state_of(own) == "cancelled"
    [unasked] = book(offering_of("rs-nm-1").code, phone=phone(7))
    for code in (unasked.registration, "nothing", "a%00b"):
        assert desk.get(choice(code)).status_code == 404
        assert desk.post(choice(code), data={"do": "kept"}).status_code == 404
    reader = sign_in(demo_app, "reader")
    assert "本人说了什么" not in reader.get(choice(own)).text
    assert reader.post(choice(own), data={"do": "kept"}).status_code == 403
    assert demo_app.test_client().post(choice(own), data={"do": "kept"}).status_code in (302, 303, 401)


def test_an_answer_needs_the_token_of_its_form(demo_app: Flask, sign_in: SignIn) -> None:
    [own] = moved(1)
    assert sign_in(demo_app).post(choice(own), data={"do": "cancelled"}).status_code == 400
    assert asked(own).choice == "open" and state_of(own) == "confirmed"


def test_a_split_is_looked_at_and_then_done(desk: FlaskClient) -> None:
    source, target = offering_of("rs-ei-1"), offering_of("rs-ei-2").code
    rows = [book(source.code, phone=phone(n), email=f"p{n}@example.org")[0].registration for n in range(4)]
    here, version = f"{DESK}/offerings/{source.code}/spread", str(source.version)
    assert "分到哪几场" in desk.get(here).text
    looked = desk.post(here, data={"targets": target, "version": version, "do": "look"})
    assert looked.status_code == 200 and "2 个报名换场" in looked.text and "2 个留在原来的场次" in looked.text
    assert [standing(row) for row in rows] == [source.code] * 4 and told("changed") == []
    done = desk.post(here, data={"targets": target, "version": version, "do": "spread"})
    assert done.status_code == 303 and "2 个报名已分过去" in desk.get(done.location).text
    assert [standing(row) for row in rows] == [source.code] * 2 + [target] * 2
    assert [message.recipient for message in told("changed")] == ["p2@example.org", "p3@example.org"]
    assert broken() == []


def test_a_split_that_cannot_be_says_why_and_moves_nobody(desk: FlaskClient, demo_app: Flask, sign_in: SignIn) -> None:
    source, target, other = offering_of("rs-ei-1"), offering_of("rs-ei-2").code, offering_of("ex-main-1").code
    rows = [book(source.code, phone=phone(n))[0].registration for n in range(2)]
    here, version = f"{DESK}/offerings/{source.code}/spread", str(source.version)
    for targets in ([], [source.code], [other], [target, "nothing"], ["\x00"]):
        for do in ("look", "spread"):
            refused = desk.post(here, data={"targets": targets, "version": version, "do": do})
            assert refused.status_code == 422 and 'role="alert"' in refused.text, (targets, do)
    for stale in ("", "0", "999", "x", "-1", "９", "9" * 40):
        refused = desk.post(here, data={"targets": target, "version": stale, "do": "spread"})
        assert refused.status_code == 422 and 'role="alert"' in refused.text, stale
    assert desk.post(f"{DESK}/offerings/nothing/spread", data={"targets": target}).status_code == 404
    assert sign_in(demo_app, "reader").get(here).status_code == 403
    assert sign_in(demo_app, "reader").post(here, data={"targets": target, "do": "spread"}).status_code == 403
    assert [standing(row) for row in rows] == [source.code] * 2 and told("changed") == [] and broken() == []
