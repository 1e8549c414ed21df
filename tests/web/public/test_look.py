"""What a week gives its pages: its colour, its foot, its name."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import Invalid
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.queries import find_week
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.web.desk.sheet import submit


def _edit(**values: object) -> None:
    edit_week("spring", values, version=None, actor=SYSTEM)


@pytest.mark.database
def test_the_colour_of_the_week_is_a_sheet_of_its_own(app: Flask, client: FlaskClient) -> None:
    make_week()
    assert "theme.css" not in client.get("/w/spring/").text and client.get("/w/spring/theme.css").text == ""
    _edit(accent="#17603A")
    page = client.get("/en/w/spring/")
    assert '<link rel="stylesheet" href="/en/w/spring/theme.css?v=17603a">' in page.text and "style=" not in page.text
    assert "style-src 'self';" in page.headers["Content-Security-Policy"]
    sheet = client.get("/w/spring/theme.css")
    assert sheet.mimetype == "text/css" and sheet.text.startswith(":root { --lake: #17603a; --lake-deep: #")
    etag = {"If-None-Match": sheet.headers["ETag"]}
    assert client.get("/w/spring/theme.css", headers=etag).status_code == 304
    _edit(accent="#9c1c1c")
    assert client.get("/w/spring/theme.css", headers=etag).status_code == 200
    assert client.get("/w/none/theme.css").status_code == 404


def test_the_foot_is_the_weeks_own(app: Flask, client: FlaskClient) -> None:
    make_week()
    assert "备案号" not in client.get("/w/spring/").text
    _edit(
        organiser_zh="<b>示例中心</b>",
        phone="0431-12345678",
        icp="吉ICP备12345678号-1",
        police="吉公网安备22010102000001号",
        identifier="2200000001",
        short_name_zh="春季周",
    )
    page = client.get("/w/spring/").text
    assert "&lt;b&gt;示例中心&lt;/b&gt;" in page and "0431-12345678" in page and "2200000001" in page
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener noreferrer">吉ICP备12345678号-1</a>' in page
    assert 'href="https://beian.mps.gov.cn/#/query/webSearch?code=22010102000001"' in page
    assert "<b>春季周</b>" in page


def test_the_desk_says_what_is_wrong_with_a_setting(app: Flask, sign_in: SignIn) -> None:
    make_week()
    desk = sign_in(app)
    for field, value, sentence in (
        ("accent", "#ffcc00", "最接近的可用颜色是 #"),
        ("accent", "red;}body{", "7"),
        ("accent", "red", "颜色写成"),
        ("confirmation_zh", "{week.__class__}", "没有名为“{week.__class__}”的代称"),
        ("consent_en", "字" * 1001, "1000"),
        ("registration_closes_min", "-5", "0 到 43200"),
    ):
        answer = submit(desk, "/desk/weeks/spring", **{field: value})
        assert answer.status_code == 422 and sentence in answer.text, (field, value)
    done = submit(desk, "/desk/weeks/spring", accent="#17603a", confirmation_zh="带证件，问 {contact}", phone="0431")
    assert done.status_code == 303


@pytest.mark.parametrize("text", ["{}", "{0}", "{week!r}", "{name}", "{contact.zh}"])
def test_only_fixed_names_stand_for_facts(app: Flask, text: str) -> None:
    make_week()
    with pytest.raises(Invalid) as found:
        _edit(consent_zh=text)
    assert [(e.field, e.code) for e in found.value.errors] == [("consent_zh", "placeholder.unknown")]


@pytest.mark.parametrize(
    ("last", "path", "span"),
    [
        (date(2027, 4, 14), "/en/w/spring/", "12–14 Apr 2027"),
        (date(2027, 5, 2), "/en/w/spring/", "12 Apr–2 May 2027"),
        (date(2027, 5, 2), "/w/spring/", "2027年4月12日—5月2日"),
    ],
)
def test_the_head_of_a_page_says_the_days_in_few_words(
    app: Flask, client: FlaskClient, last: date, path: str, span: str
) -> None:
    """So that name and days stand in two lines on a telephone."""
    make_week()
    with transaction():
        week = find_week("spring")
        assert week
        week.first_day, week.last_day = date(2027, 4, 12), last
    assert f"<small>{span}</small>" in client.get(path).text
