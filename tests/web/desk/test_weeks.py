"""Editions on the desk: the first one from nothing, its states, the end of a draft."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.actions.weeks import create_week, edit_week
from eventweek.programme.models import City, Kind, TagSet, Week, WeekCity
from tests.conftest import SignIn
from tests.factories.programme import SPRING, make_week
from tests.web.desk.sheet import filled, press, submit

NEW = "/desk/new/week"
FIRST = {"title_zh": "2027年双创周", "code": "jl2027", "first_day": "2027-10-14", "last_day": "2027年10月20日"}
CITIES = {"cities-0-code": "220100", "cities-0-name_zh": "长春市", "cities-0-role": "main"}


@pytest.mark.database
def test_a_first_week_is_made_from_nothing(app: Flask, sign_in: SignIn) -> None:
    """Three steps keep what was typed; nothing is written before the last; the page that opens says what comes next."""
    client = sign_in(app)
    assert NEW in client.get("/desk/").text
    two = submit(client, NEW, **FIRST)
    assert 'aria-current="step">城市' in two.text and filled(two.text)["code"] == ["jl2027"]
    three = client.post(NEW, data=filled(two.text) | CITIES | {"do": "save"})
    assert 'aria-current="step">类型和标签' in three.text and len(filled(three.text)["kinds"]) == 22
    assert db.session.scalar(select(func.count()).select_from(City)) == 0
    back = client.post(NEW, data=filled(three.text) | {"do": "back"})
    assert 'aria-current="step">城市' in back.text and filled(back.text)["cities-0-name_zh"] == ["长春市"]
    chosen = {"kinds": ["forum", "camp"], "tag_sets": ["industry"], "do": "save"}
    done = client.post(NEW, data=filled(three.text) | chosen)
    assert done.location == "/desk/weeks/jl2027"
    page = client.get(done.location).text
    assert "建好了" in page and "建场馆和厅室" in page and "筹备" in page
    week = db.session.scalars(select(Week)).one()
    assert week.state == "draft" and len(week.days) == 7 and [c.city.name.zh for c in week.cities] == ["长春市"]
    assert set(db.session.scalars(select(Kind.code))) == {"forum", "camp"}
    assert [tag_set.code for tag_set in db.session.scalars(select(TagSet))] == ["industry"]


@pytest.mark.parametrize(
    ("field", "value", "sentence", "step"),
    [
        ("title_zh", "\x00", "至少填写一种", 0),
        ("title_zh", "长" * 100_000, "最多 200 个字", 0),
        ("code", "Bad Code/..", "格式不对", 0),
        ("code", "", "填写这一项", 0),
        ("last_day", "2027-10-01", "不能早于开始日期", 0),
        ("last_day", "2029-10-01", "最多 62 天", 0),
        ("first_day", "1e30", "日期写成", 0),
        ("timezone", "Mars/Base", "没有这个时区", 0),
        ("cities-0-role", "", "填写这一项", 1),
        ("cities-0-code", "Ä", "格式不对", 1),
        ("kinds", ["opera"], "不在可选的范围里", 2),
    ],
)
def test_what_is_wrong_leads_back_to_its_step(
    app: Flask, sign_in: SignIn, field: str, value: object, sentence: str, step: int
) -> None:
    """All at once, as if somebody sent the last step by hand: the first wrong step opens, nothing half-done stays."""
    client = sign_in(app)
    own = filled(client.get(NEW).text) | FIRST | CITIES | {"step": "2", "do": "save", field: value}
    page = client.post(NEW, data=own)
    assert page.status_code == 422 and page.text.count(sentence) >= 2
    assert re.search(rf'name="step" value="{step}"', page.text)
    assert db.session.scalar(select(func.count()).select_from(City)) == 0


def test_a_used_code_is_refused_at_once(app: Flask, sign_in: SignIn) -> None:
    make_week()
    page = submit(sign_in(app), NEW, **FIRST | {"code": "spring"})
    assert page.status_code == 422 and "“spring”已被使用" in page.text


def test_states_follow_each_other(app: Flask, sign_in: SignIn) -> None:
    """Each step says what it means; a leap is refused in words; an archived week is read-only."""
    make_week("draft")
    client, path = sign_in(app), "/desk/weeks/spring"

    def move(state: str) -> str:
        token = filled(client.get(path).text)["csrf_token"]
        answer = client.post(f"{path}/state", data={"csrf_token": token, "state": state})
        return client.get(answer.location).text

    assert "可以报名" in client.get(path).text and "不能这样改变状态" in move("archived")
    assert "不能这样改变状态" in move("\x00" * 50)
    for state, word in (("open", "开放"), ("closed", "结束"), ("archived", "已归档")):
        page = move(state)
        assert "状态改好了" in page and word in page
    assert "disabled" in client.get(path).text and "确认改为" not in client.get(path).text
    assert "已归档，只能查看" in submit(client, path, title_zh="改名").text
    assert db.session.scalars(select(Week)).one().title.zh == "长春春季双创周"


def test_only_drafts_are_deleted(app: Flask, sign_in: SignIn) -> None:
    make_week("open")
    create_week(SPRING | {"code": "autumn", "cities": []}, actor=SYSTEM)
    client = sign_in(app)
    refused = press(client, "/desk/weeks/spring", "/desk/weeks/spring/deletion", forged=True)
    assert "只有筹备中的活动周可以删除" in client.get(refused.location).text
    assert "确认删除" in client.get("/desk/weeks/autumn").text and "确认删除" not in client.get(refused.location).text
    press(client, "/desk/weeks/autumn", "/desk/weeks/autumn/deletion")
    assert [week.code for week in db.session.scalars(select(Week))] == ["spring"]


def test_an_edition_is_saved_as_it_stands(demo_app: Flask, sign_in: SignIn) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert submit(sign_in(demo_app), "/desk/weeks/jl2026").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_an_edition_is_changed_and_defended(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client, path = sign_in(app), "/desk/weeks/spring"
    changed = submit(client, path, last_day="2027-04-18", warmups__0__day="2027-04-10", cities__1__drop="y")
    assert changed.status_code == 303
    week = db.session.scalars(select(Week)).one()
    assert [day.phase for day in week.days] == ["warmup"] + ["main"] * 7
    assert db.session.scalar(select(func.count()).select_from(WeekCity)) == 1
    for field, value, sentence in (
        ("warmups__0__day", "2027-04-14", "预热日要在起止日期之外"),
        ("day_end", "07:00", "结束时间要晚于开始时间"),
        ("slot_min", "0", "5 到 60"),
        ("lunch_end", "99:99", "从 00:00 到 23:59"),
    ):
        page = submit(client, path, **{field: value})
        assert page.status_code == 422 and page.text.count(sentence) == 2, field


def test_somebody_else_changed_the_edition(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client, path = sign_in(app), "/desk/weeks/spring"
    mine = filled(client.get(path).text) | {"do": ["save"], "theme_zh": ["我的主题"]}
    edit_week("spring", {"theme_zh": "他的主题"}, version=None, actor=SYSTEM)
    page = client.post(path, data=mine)
    assert page.status_code == 422 and "我的主题" in page.text and "他的主题" in page.text
    assert client.post(path, data=filled(page.text) | {"do": ["save"]}).status_code == 303
    db.session.expire_all()
    assert db.session.scalars(select(Week)).one().theme.zh == "我的主题"


def test_who_may_not_make_a_week(app: Flask, sign_in: SignIn) -> None:
    """The committee edits its own week and makes none; readers only look; other weeks are not found."""
    make_week("draft")
    create_week(SPRING | {"code": "early", "first_day": "2026-04-13", "last_day": "2026-04-17"}, actor=SYSTEM)
    committee, reader = sign_in(app, "committee"), sign_in(app, "reader")
    assert committee.get(NEW).status_code == 403 and NEW not in committee.get("/desk/weeks").text
    assert (
        "早" not in committee.get("/desk/weeks").text and "/desk/weeks/early" not in committee.get("/desk/weeks").text
    )
    assert committee.get("/desk/weeks/early").status_code == 404 == committee.get("/desk/weeks/none").status_code
    assert submit(committee, "/desk/weeks/spring", theme_zh="主题").status_code == 303
    assert submit(reader, "/desk/weeks/spring", theme_zh="别的").status_code == 403
