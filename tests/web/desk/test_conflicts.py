"""Two people save one record: the slower one sees both values in words, keeps what was typed, and chooses by field."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions.staff import GrantWish, set_grants
from eventweek.programme.models import Grant, Organisation, Person, Room, Session, Venue
from eventweek.programme.queries import find_week
from eventweek.registration.models import Offering
from eventweek.scheduling.worklist import find_planned
from tests.conftest import SignIn
from tests.factories.accounts import make_user
from tests.web.desk.sending import post
from tests.web.desk.sheet import filled, submit

pytestmark = pytest.mark.database
WEEK = "/desk/w/jl2026"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def code_of(model: Any) -> str:
    return str(db.session.scalars(select(model.code).order_by(model.id)).first())


def notice(page: str) -> list[tuple[str, str, str]]:
    """Return (field, mine, theirs) of each row that the page sets side by side."""
    cell = "<td[^>]*>"
    row = rf'<tr><th scope="row">([^<]*)</th>{cell}(.*?)</td>{cell}(.*?)</td>{cell}<input'
    rows = re.findall(row, page, re.S)
    return [(word, mine, theirs) for word, mine, theirs in rows]


RECORDS = {
    "venue": (lambda: f"/desk/venues/{code_of(Venue)}", {"name_zh": "甲馆"}, {"address_zh": "乙路 1 号"}),
    "room": (lambda: f"/desk/rooms/{code_of(Room)}", {"layout": "classroom"}, {"name_zh": "丙厅"}),
    "person": (lambda: f"/desk/people/{code_of(Person)}", {"roles": ["judge", "mentor"]}, {"bio_zh": "丁"}),
    "organisation": (lambda: f"/desk/organisations/{code_of(Organisation)}", {"level": "county"}, {"remark": "戊"}),
    "city": (lambda: "/desk/cities/220100", {"name_zh": "己市"}, {"name_en": "Geng"}),
    "kind": (lambda: f"{WEEK}/kinds/forum", {"registration": "approval"}, {"default_minutes": "95"}),
    "tag_set": (lambda: f"{WEEK}/tag-sets/industry", {"name_zh": "辛组"}, {"name_en": "Ren"}),
    "tag": (lambda: f"{WEEK}/tags/industry:ei", {"name_zh": "癸签"}, {"name_en": "Zi"}),
    "week": (lambda: "/desk/weeks/jl2026", {"theme_zh": "丑主题"}, {"slot_min": "30"}),
    "session": (
        lambda: f"{WEEK}/sessions/{code_of(Session)}/edit",
        {"visibility": "invited", "people__0__role": "chair"},
        {"title_zh": "寅场"},
    ),
    "offering": (lambda: f"{WEEK}/offerings/{code_of(Offering)}", {"opens_at": "2026-10-01 09:00"}, {"max_party": "7"}),
}


def shown(desk: FlaskClient, path: str) -> dict[str, list[str]]:
    return {
        name: value
        for name, value in filled(desk.get(path).text).items()
        if "version" not in name and name != "csrf_token"
    }


@pytest.mark.parametrize("noun", RECORDS)
def test_both_values_in_words_and_nothing_typed_is_lost(desk: FlaskClient, noun: str) -> None:
    """Theirs first; mine with the old version is refused, shown, and saved when it is sent again."""
    path, theirs, mine = RECORDS[noun][0](), RECORDS[noun][1], RECORDS[noun][2]
    old = filled(desk.get(path).text)
    assert submit(desk, path, **theirs).status_code == 303
    mine = {name.replace("__", "-"): value for name, value in mine.items()}
    page = desk.post(path, data=old | mine | {"do": "save"})
    assert page.status_code == 422 and "别人刚改过这一项" in page.text
    told = notice(page.text)
    assert len(told) == len(theirs) + len(mine), told
    words = " ".join(" ".join(row) for row in told)
    codes = {v for value in theirs.values() for v in ([value] if isinstance(value, str) else value) if v.islower()}
    assert not [code for code in codes if re.search(rf"\b{code}\b", words)]
    assert not re.search(r"version|\[|\{|None|True|:00:00", words, re.I)
    kept = filled(page.text)
    assert all(kept[name][0].strip() == value for name, value in mine.items())
    again = desk.post(path, data=kept | {"do": "save"})
    assert again.status_code == 303
    after = shown(desk, path)
    assert all(after[name][0].strip() == value for name, value in mine.items())


@pytest.mark.parametrize("noun", RECORDS)
def test_theirs_is_taken_field_by_field(desk: FlaskClient, noun: str) -> None:
    """What is ticked comes from the record, the rest stays mine: both changes are in it."""
    path, theirs, mine = RECORDS[noun][0](), RECORDS[noun][1], RECORDS[noun][2]
    old = filled(desk.get(path).text)
    assert submit(desk, path, **theirs).status_code == 303
    before = shown(desk, path)
    page = desk.post(path, data=old | mine | {"do": "save"})
    taken = [name.partition("__")[0] for name in theirs]
    assert set(re.findall(r'name="take" value="([^"]+)"', page.text)) == {*taken, *mine}
    saved = desk.post(path, data=filled(page.text) | {"do": "save", "take": [*taken, "version", "nonsense", "csrf"]})
    assert saved.status_code == 303
    after = shown(desk, path)
    assert {name: value[0].strip() for name, value in after.items() if before[name] != value} == mine


def test_a_moved_session_is_saved_again_with_its_new_place(desk: FlaskClient) -> None:
    """The place has a version of its own, which is never shown."""
    week = find_week("jl2026")
    assert week
    code = code_of(Session)
    path = f"{WEEK}/sessions/{code}/edit"
    old = filled(desk.get(path).text)
    assert submit(desk, path, place_at="10:00").status_code == 303
    page = desk.post(path, data=old | {"place_at": "11:00", "do": "save"})
    assert page.status_code == 422
    assert [(mine, theirs) for _word, mine, theirs in notice(page.text)] == [("11:00", "10:00")]
    assert desk.post(path, data=filled(page.text) | {"do": "save"}).status_code == 303
    planned = find_planned(week.id, code)
    assert planned and planned.start and planned.start.hour == 3


def test_a_version_that_rose_without_a_difference_is_said(desk: FlaskClient) -> None:
    path = f"/desk/people/{code_of(Person)}"
    old = filled(desk.get(path).text)
    assert submit(desk, path, bio_zh="先改").status_code == 303
    page = desk.post(path, data=old | {"bio_zh": "先改", "do": "save"})
    assert page.status_code == 422 and notice(page.text) == []
    assert desk.post(path, data=filled(page.text) | {"do": "save"}).status_code == 303


def test_roles_that_somebody_else_changed_are_shown_before_mine_are_saved(desk: FlaskClient) -> None:
    """What I take off stays off, what others gave is told and stays, what they took is told."""
    week = find_week("jl2026")
    assert week
    user = make_user("three@example.org")
    give = [GrantWish("jl2026", role) for role in ("reader", "auditor")]
    set_grants(user.code, give, actor=SYSTEM)
    path = f"/desk/users/{user.code}"
    page = desk.get(path).text
    seen = re.findall(r'name="seen" value="([^"]*)"', page)
    assert len(seen) == 3
    set_grants(user.code, [GrantWish("jl2026", "reader"), GrantWish("jl2026", "door")], actor=SYSTEM)
    sent = {"seen": seen, "keep": ["jl2026:auditor:committee:"]}
    late = post(desk, f"{path}/grants", sent)
    assert late.status_code == 422 and "别人刚改过角色" in late.text
    assert "刚被去掉：审计" in late.text and "刚被加上" in late.text
    ticked = re.findall(r'name="keep" value="([^"]+)" checked', late.text)
    assert ticked == ["jl2026:door:committee:"]
    again = {"seen": re.findall(r'name="seen" value="([^"]*)"', late.text), "keep": ticked}
    assert post(desk, f"{path}/grants", again).status_code == 303
    db.session.expire_all()
    assert list(db.session.scalars(select(Grant.role).where(Grant.user_id == user.id))) == ["door"]
    forged = {"seen": ["x:y:z:w", "::::", "jl2026:king:committee:"], "keep": []}
    assert post(desk, f"{path}/grants", forged).status_code == 422
