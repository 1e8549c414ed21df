"""Cities, travel times and the state's calendar on the desk."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.models import CalendarDay, City, TravelTime
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.web.desk.sheet import press, submit


def test_nine_cities_and_their_ways(demo_app: Flask, sign_in: SignIn) -> None:
    desk = sign_in(demo_app)
    assert len(re.findall(r'<th scope="row"><a href="/desk/cities/', desk.get("/desk/cities").text)) == 9
    page = desk.get("/desk/travel-times").text
    assert len(re.findall(r'<input id="t-\d{6}-\d{6}"', page)) == 36 and 'name="220500-220800" value="480"' in page


def test_a_city_is_made_and_its_way_too(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app)
    assert submit(client, "/desk/new/city", code="220300", name_zh="四平市").location == "/desk/cities/220300"
    assert "已被使用" in submit(client, "/desk/new/city", code="220100", name_zh="又一个").text
    assert submit(client, "/desk/new/city", code="22 03\x00/..", name_zh="坏").status_code == 422
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    page = client.get("/desk/travel-times")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
    sent = {"csrf_token": token, "220100-220200": "60", "220100-220300": "８５", "220200-220300": ""}
    assert client.post("/desk/travel-times", data=sent).status_code in (303, 422)
    sent["220100-220300"] = "85"
    assert client.post("/desk/travel-times", data=sent).status_code == 303
    assert sorted(db.session.scalars(select(TravelTime.minutes))) == [60, 85]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries + 1


@pytest.mark.parametrize("value", ["-1", "1e30", "NaN", "12345678901234567890", "1441", "一小时", "1.5"])
def test_one_wrong_way_saves_none(app: Flask, sign_in: SignIn, value: str) -> None:
    make_week()
    client = sign_in(app)
    submit(client, "/desk/new/city", code="220300", name_zh="四平市")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/desk/travel-times").text)[0]
    sent = {"csrf_token": token, "220100-220200": "75", "220100-220300": value}
    page = client.post("/desk/travel-times", data=sent)
    assert page.status_code == 422 and "有 1 处要改" in page.text and 'value="75"' in page.text
    assert list(db.session.scalars(select(TravelTime.minutes))) == [60]


def test_the_month_shows_holidays_and_adjusted_workdays(demo_app: Flask, sign_in: SignIn) -> None:
    """10 October 2026 is a Saturday and a workday; 1 October is off."""
    page = sign_in(demo_app).get("/desk/holidays?month=2026-10").text
    cells = dict(
        re.findall(r'<td class="([^"]*)"><a href="[^"]*day=(2026-10-\d\d)#day"', page)
        and [
            (day, look) for look, day in re.findall(r'<td class="([^"]*)"><a href="[^"]*day=(2026-10-\d\d)#day"', page)
        ]
    )
    assert "month__off" in cells["2026-10-01"] and "month__off" not in cells["2026-10-10"]
    assert "month__off" in cells["2026-10-17"] and "调休上班" in page and "39 天" in page


def test_a_day_is_set_and_removed(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app)
    own = {"day": "2027/10/1", "type": "holiday", "name_zh": "国庆节"}
    assert submit(client, "/desk/holidays", **own).location == "/desk/holidays?month=2027-10"
    submit(client, "/desk/holidays", **own | {"type": "adjusted_workday"})
    entry = db.session.scalars(select(CalendarDay)).one()
    assert (entry.day.isoformat(), entry.type, entry.name.zh) == ("2027-10-01", "adjusted_workday", "国庆节")
    press(client, "/desk/holidays?month=2027-10", "/desk/holidays/2027-10-01/deletion")
    assert db.session.scalars(select(CalendarDay)).all() == []
    assert press(client, "/desk/holidays", "/desk/holidays/2027-10-01/deletion", forged=True).status_code == 404
    assert press(client, "/desk/holidays", "/desk/holidays/NaN/deletion", forged=True).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("day", "2027-02-30", "要是日历上有的一天"),
        ("day", "", "填写这一项"),
        ("day", "0001-01-01", "没有这个日期"),
        ("type", "party", "不在可选的范围里"),
        ("name_zh", "\x00", "至少填写一种"),
        ("name_en", "x" * 100_000, "最多 60 个字"),
    ],
)
def test_wrong_days_stand_at_their_field(app: Flask, sign_in: SignIn, field: str, value: str, sentence: str) -> None:
    make_week()
    own = {"day": "2027-10-01", "type": "holiday", "name_zh": "国庆节", field: value}
    page = submit(sign_in(app), "/desk/holidays", **own)
    assert page.status_code == 422 and page.text.count(sentence) == 2
    assert db.session.scalars(select(CalendarDay)).all() == []


@pytest.mark.parametrize("month", ["2026-13", "0001-01", "9999-12", "NaN", "2026-1", "1e30"])
def test_months_that_do_not_exist(app: Flask, sign_in: SignIn, month: str) -> None:
    assert sign_in(app).get(f"/desk/holidays?month={month}").status_code == 404


def test_readers_do_not_change_the_calendar(app: Flask, sign_in: SignIn) -> None:
    make_week()
    reader, editor = sign_in(app, "reader"), sign_in(app)
    assert (
        "savebar" not in reader.get("/desk/holidays").text and "<input id=" not in reader.get("/desk/travel-times").text
    )
    page = editor.get("/desk/holidays")
    assert "savebar" in page.text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', reader.get("/account").text)[0]
    own = {"csrf_token": token, "day": "2027-10-01", "type": "holiday", "name_zh": "节"}
    assert reader.post("/desk/holidays", data=own).status_code == 403
    assert reader.post("/desk/travel-times", data=own | {"220100-220200": "1"}).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(City)) == 2
