"""Sessions on the desk: all of them, found by every filter, for those who may read."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.sessions import edit_session
from tests.conftest import SignIn
from tests.factories.media import beside, make_attachment, make_picture, make_world

LIST = "/desk/w/jl2026/sessions"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _codes(page: str) -> list[str]:
    return re.findall(rf'<th scope="row">.*?href="{LIST}/([a-z0-9]+)"', page)


@pytest.mark.database
def test_all_sessions_stand_on_the_desk(desk: FlaskClient) -> None:
    """170 of them, the 19 that are not public too, 50 a page, each once."""
    pages = [desk.get(f"{LIST}?page={n}").text for n in range(1, 5)]
    codes = [code for page in pages for code in _codes(page)]
    assert len(codes) == len(set(codes)) == 170 and [len(_codes(p)) for p in pages] == [50, 50, 50, 20]
    assert "第 151—170 项，共 170 项" in pages[3] and 'rel="next"' not in pages[3]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("visibility=closed", 9),
        ("visibility=media", 3),
        ("day=2026-10-15&city=220200", None),
        ("state=unplaced", 0),
        ("release=same", 170),
        ("missing=people", 13),
        ("registration=timed_entry", 7),
        ("q=路演", None),
        ("q=equity%20design", 1),
        ("q=%00%E2%80%AE", 170),
        ("day=NaN&city=1e30&state=%00&sort=;drop&page=9999999999999999999", 170),
    ],
)
def test_filters_are_addresses(desk: FlaskClient, query: str, count: int | None) -> None:
    """What is not offered is not asked for; nothing that is typed breaks the page."""
    page = desk.get(f"{LIST}?{query}")
    assert page.status_code == 200
    found = re.search(r'tools__end">(\d+) 场', page.text)
    assert found and (int(found[1]) == count if count is not None else 0 < int(found[1]) < 60)


def test_order_turns_round(desk: FlaskClient) -> None:
    up, down = _codes(desk.get(f"{LIST}?sort=expected").text), _codes(desk.get(f"{LIST}?sort=-expected").text)
    assert up != down and len(up) == 50 and "aria-sort" in desk.get(f"{LIST}?sort=-expected").text


@pytest.mark.parametrize("path", [LIST, f"{LIST}?q=x&sort=title", "/desk/w/jl2026/timetable?day=2026-10-16"])
def test_readers_read_and_visitors_do_not(demo_app: Flask, sign_in: SignIn, path: str) -> None:
    assert sign_in(demo_app, "reader").get(path).status_code == 200
    refused = demo_app.test_client().get(path)
    assert refused.status_code in (302, 303, 401, 403) and "长春" not in refused.text


GROWING = [LIST, f"{LIST}/new", *(f"/desk/w/jl2026/{p}" for p in ("", "timetable?day=2026-10-16", "releases/new"))]


def test_one_session_shows_what_it_needs(desk: FlaskClient) -> None:
    code = _codes(desk.get(f"{LIST}?q=启动仪式&city=220600").text)[0]
    page = desk.get(f"{LIST}/{code}").text
    for words in (
        "白山市分会场启动仪式",
        "Baishan Sub-venue Opening",
        "09:30—11:00",
        "与它同时开始",
        "邀请加名额",
        "全体活动",
    ):
        assert words in page


def test_one_session_shows_its_poster_and_files(app: Flask, sign_in: SignIn) -> None:
    """What is not public yet too; the short history names every field as the whole history does."""
    world = make_world()
    poster, slides, form = make_picture(1600, 900, alt_zh="会场"), make_attachment(), make_attachment("报名表.pdf")
    files = [*beside(slides), *beside(form, title_zh="表格", title_en="Form")]
    edit_session(world.session, {"poster": poster.code, "attachments": files}, version=None, actor=SYSTEM)
    client = sign_in(app)
    page = client.get(f"/desk/w/spring/sessions/{world.session}").text
    assert f'src="/desk/pictures/{poster.code}/320" width="320" height="180" alt="会场"' in page
    assert f'<a href="/desk/attachments/{slides.code}">主旨报告.pdf</a>' in page
    assert f'<a href="/desk/attachments/{form.code}">表格</a> <span class="mute num">PDF · 1 KB</span>' in page
    touched = re.search(r"修改了<small class=\"mute\">(.*?)</small>", page)
    assert touched and touched[1] == "海报、文件"
    english = client.get(f"/en/desk/w/spring/sessions/{world.session}").text
    assert ">Form</a>" in english and "Poster, " in english


def test_unknown_session_is_not_there(desk: FlaskClient) -> None:
    assert desk.get(f"{LIST}/nothere00").status_code == 404


def test_english_desk_has_no_chinese_chrome(desk: FlaskClient) -> None:
    """Sentences of the frame are English; names without one keep theirs."""
    page = desk.get(f"/en{LIST}?state=unplaced").text
    assert "No session fits these filters" in page and not re.search(r">[^<]*(场次|未排|条件)[^<]*<", page)
