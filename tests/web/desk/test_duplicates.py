"""Duplicates on the desk and over the API: pairs, side by side, one word too few, then one person."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.merging import merge_attendees
from eventweek.kernel.db import db
from eventweek.registration.models import Attendee
from eventweek.registration.passes import manage_token_of
from eventweek.registration.queries.passes import find_pass, find_pass_by_code
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of, phone, week

pytestmark = pytest.mark.usefixtures("before_the_week")
WEEK = "/api/v1/desk/weeks/jl2026"


def two() -> list[str]:
    """Register one person twice; return the codes of both passes."""
    outcomes = book(offering_of("rs-ei-1").code), book(offering_of("rs-ei-2").code, phone=phone(1))
    found = [find_pass(own.pass_id) for [own] in outcomes]
    return [own.code for own in found if own]


def test_two_are_compared_and_made_one(demo_app: Flask, sign_in: SignIn) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    keep, lose = two()
    desk = sign_in(demo_app)
    listed = desk.get("/desk/w/jl2026/duplicates")
    assert "欧阳娜娜" in listed.text and "同名，单位没填全" in listed.text
    assert "没有符合条件的" in desk.get("/desk/w/jl2026/duplicates?kind=family").text
    here = f"/desk/w/jl2026/duplicates/{keep}/{lose}"
    page = desk.get(here)
    assert "138****8000" in page.text and "13800138000" not in page.text
    refused = desk.post(here, data={"keep": keep})
    assert refused.status_code == 422 and "写一句原因" in refused.text
    assert desk.get(f"/desk/w/jl2026/duplicates/{keep}/{keep}").status_code == 404
    done = desk.post(here, data={"keep": keep, "reason": "本人来电"})
    assert done.status_code == 303 and "已合并" in desk.get(done.location).text
    assert desk.post(here, data={"keep": keep, "reason": "本人来电"}).status_code == 404


def test_the_device_of_the_pass_that_went_shows_nobody_and_the_other_everything(demo_app: Flask) -> None:
    keep, lose = two()
    phones = {}
    for code in (keep, lose):
        own, phones[code] = find_pass_by_code(code), demo_app.test_client()
        assert own and phones[code].get(f"/m/{manage_token_of(own)}").status_code == 303
        assert "1 场已报名" in phones[code].get("/my").text
    merge_attendees(week().id, keep, lose, reason="本人来电", actor=SYSTEM)
    gone = phones[lose].get("/my").text
    assert "还没有入场码" in gone and "欧阳娜娜" not in gone
    for path in (f"/my/pass?of={lose}", f"/my?of={keep}"):
        assert "还没有入场码" in phones[lose].get(path).text
    assert phones[lose].get("/my/pass.png").status_code == phones[lose].get("/my/data").status_code == 404
    assert "2 场已报名" in phones[keep].get("/my").text


def test_the_api_merges_once_under_one_key(demo_app: Flask) -> None:
    keep, lose = two()
    client, key = demo_app.test_client(), make_key("jl2026")[1]
    [pair] = client.get(f"{WEEK}/duplicates", headers=key).json["items"]  # type: ignore[index]
    assert pair["likeness"] == "name" and {one["pass"] for one in pair["people"]} == {keep, lose}
    body, once = {"keep": keep, "lose": lose, "reason": "重复"}, key | {"Idempotency-Key": "merge"}
    assert client.post(f"{WEEK}/merges", json=body, headers=key).status_code == 400
    wrong = client.post(f"{WEEK}/merges", json=body | {"same_person": 1}, headers=key | {"Idempotency-Key": "x"})
    assert wrong.status_code == 422
    for _again in range(2):
        done = client.post(f"{WEEK}/merges", json=body, headers=once)
        assert (done.status_code, done.json) == (200, {"code": keep, "moved": 1, "ended": 0})
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Attendee)) == 1
