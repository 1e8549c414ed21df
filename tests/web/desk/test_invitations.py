"""Invitations on the desk: pasted, shown once or saved, listed without their secrets, revoked."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.tables import read_workbook
from eventweek.outbox.models import Message
from eventweek.registration.models import OfferingInvitation
from eventweek.registration.queries.invitations import find_invited
from tests.conftest import SignIn
from tests.registration.world import offering_of, week

pytestmark = pytest.mark.usefixtures("before_the_week")


def page_of(key: str = "rs-ei-1") -> str:
    return f"/desk/w/jl2026/offerings/{offering_of(key).code}/invitations"


def rows_of(content: bytes) -> list[list[str]]:
    return [list(cells) for _number, cells in read_workbook(content)[0].rows]


SENT = {"uses": "1", "seats_of": "invited", "expires_at": "2026-10-12 18:00", "locale": "zh-CN", "count": "1"}


def test_pasted_guests_get_links_that_are_shown_once(desk: FlaskClient) -> None:
    lines = "王敏，wang@example.org\n=李示例，13900000001"
    made = desk.post(f"{page_of()}/new", data=SENT | {"guests": lines, "send": "1", "locked": "1", "do": "show"})
    codes = re.findall(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", made.text)
    assert (
        made.status_code == 200 and len(codes) == 2 and "做好了 2 个邀请" in made.text and "2 封信正在发" in made.text
    )
    found = find_invited(week().id, codes[0])
    assert (
        found and found.row.label == "王敏" and found.row.contact_lock and made.headers["Cache-Control"] == "no-store"
    )
    listed = desk.get(page_of()).text
    assert "王敏" in listed and codes[0] not in listed and codes[0][:4] in listed
    assert {m.recipient for m in db.session.scalars(select(Message))} == {"wang@example.org", "+8613900000001"}
    rows = rows_of(desk.get(f"{page_of()}.xlsx").data)
    assert len(rows) == 3 and codes[0] not in str(rows) and any(row[1].endswith("李示例") for row in rows[1:])


def test_codes_are_saved_as_a_workbook(desk: FlaskClient) -> None:
    saved = desk.post(f"{page_of()}/new", data=SENT | {"count": "3", "uses": "20", "label": "市工商联", "do": "xlsx"})
    assert saved.mimetype.endswith("spreadsheetml.sheet") and saved.headers["Cache-Control"] == "no-store"
    rows = rows_of(saved.data)
    assert [row[0] for row in rows[1:]] == ["市工商联"] * 3 and rows[1][3].startswith("http")
    assert all(find_invited(week().id, row[2]) for row in rows[1:])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"guests": "王敏，wang@"}, "第 1 行读不懂"),
        ({"guests": "王敏", "send": "1"}, "每行都要有手机号或邮箱"),
        ({"guests": "a@example.org\na@example.org"}, "同一个联系方式"),
        ({"count": "0"}, "1"),
        ({"uses": "99999999999999"}, "整数"),
        ({"expires_at": "2026-01-01 09:00"}, "有效期已经过去"),
        ({"expires_at": "x"}, "expires_at"),
        ({"seats_of": "room"}, "seats_of"),
        ({"guests": "x" * 60_001}, "60000"),
    ],
)
def test_bad_input_says_what_is_wrong_and_makes_nothing(desk: FlaskClient, wrong: dict[str, str], said: str) -> None:
    answer = desk.post(f"{page_of()}/new", data=SENT | wrong)
    assert answer.status_code == 422 and said in answer.text
    assert db.session.scalar(select(OfferingInvitation.id)) is None


def test_an_invitation_is_withdrawn(desk: FlaskClient) -> None:
    desk.post(f"{page_of()}/new", data=SENT | {"label": "市工商联"})
    row = db.session.scalars(select(OfferingInvitation)).one()
    for _again in range(2):
        answer = desk.post(f"{page_of()}/{row.code}/revocation", follow_redirects=True)
        assert "邀请已收回" in answer.text and "已收回" in answer.text
    assert "没有这个邀请" in desk.post(f"{page_of()}/none/revocation", follow_redirects=True).text
    assert "没有这个邀请" in desk.post(f"{page_of('rs-nm-1')}/{row.code}/revocation", follow_redirects=True).text


def test_readers_see_the_list_and_make_none(demo_app: Flask, sign_in: SignIn) -> None:
    reader = sign_in(demo_app, "reader")
    assert "做邀请" not in reader.get(page_of()).text
    assert reader.post(f"{page_of()}/new", data=SENT).status_code in (400, 403)
