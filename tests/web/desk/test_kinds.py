"""Kinds, tag sets, tags and tracks of a week on the desk."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.actions.tags import create_kind, create_track
from eventweek.programme.actions.weeks import create_week, set_week_state
from eventweek.programme.models import Kind
from tests.conftest import SignIn
from tests.factories.programme import SPRING, make_week
from tests.web.desk.sheet import filled, submit

WEEK = "/desk/w/spring"


def test_every_kind_tag_and_series_of_the_demo_is_saved_as_it_stands(demo_app: Flask, sign_in: SignIn) -> None:
    desk, base = sign_in(demo_app), "/desk/w/jl2026"
    paths = []
    for noun, lists in (("kinds", "kinds"), ("tags", "tag-sets"), ("tag-sets", "tag-sets"), ("series", "series")):
        found = re.findall(rf'href="({base}/{noun}/[^"/]+)"', desk.get(f"{base}/{lists}").text)
        assert found
        paths += found if noun == "kinds" else found[:3]
    assert len(set(paths)) >= 22 + 9
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for path in paths:
        assert submit(desk, path).status_code == 303, path
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_kind_is_made_and_used_codes_are_refused(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app)
    own = {"code": "hackathon", "name_zh": "黑客松", "default_minutes": "480", "family": "contest"}
    answer = submit(client, f"{WEEK}/new/kind", **own)
    assert answer.location == f"{WEEK}/kinds/hackathon"
    kind = db.session.scalars(select(Kind).where(Kind.code == "hackathon")).one()
    assert (kind.default_minutes, kind.family, kind.visibility) == (480, "contest", "public")
    again = submit(client, f"{WEEK}/new/kind", **own)
    assert again.status_code == 422 and "“hackathon”已被使用" in again.text
    assert filled(again.text)["default_minutes"] == ["480"]


@pytest.mark.parametrize(
    ("path", "field", "value", "sentence"),
    [
        ("kinds/forum", "default_minutes", "0", "5 到"),
        ("kinds/forum", "default_minutes", "12345678901234567890", "整数"),
        ("kinds/forum", "latest_end", "00:00", "晚于开始"),
        ("kinds/forum", "code", "With Space", "格式不对"),
        ("kinds/forum", "family", "opera", "不在可选的范围里"),
        ("kinds/forum", "rule_zh", "长" * 100_000, "最多 400 个字"),
        ("tag-sets/industry", "code", "economy", "已被使用"),
        ("tags/industry:ei", "set", "economy", "不能换到另一组"),
        ("tags/industry:ei", "position", "NaN", "整数"),
        ("tracks/sea", "manager", "nobody", "不在可选的范围里"),
    ],
)
def test_wrong_values_stand_at_their_field(
    app: Flask, sign_in: SignIn, path: str, field: str, value: str, sentence: str
) -> None:
    week = make_week()
    create_track(week.id, {"code": "sea", "name_zh": "海归创业"}, actor=SYSTEM)
    page = submit(sign_in(app), f"{WEEK}/{path}", **{"earliest": "09:00", field: value})
    assert page.status_code == 422 and page.text.count(sentence) == 2


def test_another_week_is_another_world(app: Flask, sign_in: SignIn) -> None:
    """A code of one week is not found in the other; an archived week refuses changes in words."""
    week = make_week()
    create_track(week.id, {"code": "sea", "name_zh": "海归创业"}, actor=SYSTEM)
    create_week(SPRING | {"code": "autumn", "first_day": "2027-10-11", "last_day": "2027-10-15"}, actor=SYSTEM)
    client = sign_in(app)
    for path in ("/desk/w/autumn/tracks/sea", "/desk/w/none/tracks/sea", f"{WEEK}/tracks/0", f"{WEEK}/tags/industry"):
        assert client.get(path).status_code == 404
    token = filled(client.get(f"{WEEK}/tracks/sea").text)["csrf_token"]
    assert client.post("/desk/w/autumn/tracks/sea/deletion", data={"csrf_token": token}).status_code == 404
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    assert "已归档，只能查看" in submit(client, f"{WEEK}/tracks/sea", name_zh="新名").text


def test_a_code_called_new_has_its_page(app: Flask, sign_in: SignIn) -> None:
    week = make_week()
    create_kind(week.id, {"code": "new", "name_zh": "新类", "family": "meet"}, actor=SYSTEM)
    assert "新类" in sign_in(app).get(f"{WEEK}/kinds/new").text


def test_rubbish_in_the_address_of_a_new_record_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app)
    rubbish = (
        "members=x&hours=x&capacity=NaN&features=x&availability=1e30&roles=x&name_zh=%00&venue=%ED%A0%80&set="
        + "x" * 5000
    )
    for path in ("/desk/new/room", "/desk/new/person", f"{WEEK}/new/series", f"{WEEK}/new/tag", f"{WEEK}/new/kind"):
        page = client.get(f"{path}?{rubbish}")
        assert page.status_code == 200 and "NaN" not in str(filled(page.text))
    chosen = client.get(f"{WEEK}/new/tag?set=audience").text
    assert filled(chosen)["set"] == ["audience"]
