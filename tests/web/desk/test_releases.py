"""Releases on the desk: what changes, what stands against it, whole or in part, never twice."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions import place_session, unplace_session
from eventweek.scheduling.queries import find_last_release, list_published
from eventweek.scheduling.worklist import list_planned
from tests.conftest import SignIn
from tests.web.desk.sending import post

PATH = "/desk/w/jl2026/releases"


@dataclass(frozen=True)
class Changed:
    """Four sessions that were changed since the first release, by code."""

    cancelled: str
    moved: str
    renamed: str
    unplaced: str


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


@pytest.fixture
def changed(demo_app: Flask) -> Changed:
    """Cancel one public session, move one into an empty evening, rename one, take the place of one away."""
    planned = [p for p in list_planned(_week().id) if p.placement and p.session.visibility == "public"]
    one, two, three, four = [(p.session.code, p.placement) for p in planned[100:104]]
    assert one[1] and two[1] and three[1] and four[1]
    start = two[1].start.replace(hour=11, minute=30)
    facts = (two[1].room.code, two[1].version, four[1].version)
    cancel_session(one[0], reason=Bilingual("场地检修", "Repairs"), actor=SYSTEM)
    place_session(two[0], start, facts[0], version=facts[1], actor=SYSTEM, override="测试")
    edit_session(three[0], {"title_en": "A better title"}, version=None, actor=SYSTEM)
    unplace_session(four[0], version=facts[2], actor=SYSTEM)
    return Changed(one[0], two[0], three[0], four[0])


def _week() -> Week:
    week = find_newest_week()
    assert week
    return week


def _last() -> int:
    release = find_last_release(_week().id)
    return release.number if release else 0


def _send(client: FlaskClient, sessions: list[str], seen: int = 1, note: str = "") -> TestResponse:
    return post(client, f"{PATH}/publication", {"sessions": sessions, "seen": str(seen), "note": note})


def test_comparison_shows_each_change_with_both_sides(desk: FlaskClient, changed: Changed) -> None:
    page = desk.get(f"{PATH}/new").text
    for words in ("取消", "改时间", "改内容", "没排了", "场地检修", "<ins>A better title</ins>", "发布第 2 版"):
        assert words in page
    ticked = re.findall(r'name="sessions" value="([a-z0-9]+)"[^>]*checked', page)
    assert sorted(ticked) == sorted([changed.cancelled, changed.moved, changed.renamed])
    assert "<del>" in page and "style=" not in page


@pytest.mark.database
def test_whole_release_switches_the_public(desk: FlaskClient, changed: Changed) -> None:
    answer = _send(desk, [changed.cancelled, changed.moved, changed.renamed], note="周末调整")
    assert answer.status_code == 303 and answer.location.endswith("/releases/2")
    page = desk.get(f"{PATH}/2").text
    assert "周末调整" in page and "全部改动" in page and "A better title" in page
    public = {s.code: s for s in list_published(_week().id)}
    assert public[changed.cancelled].cancelled and public[changed.renamed].title.en == "A better title"
    assert "第 2 版" in desk.get(PATH).text and "没有要发布的改动" not in desk.get(f"{PATH}/new").text


def test_chosen_sessions_change_and_the_others_stay(desk: FlaskClient, changed: Changed) -> None:
    _send(desk, [changed.renamed])
    public = {s.code: s for s in list_published(_week().id)}
    assert public[changed.renamed].title.en == "A better title" and not public[changed.cancelled].cancelled
    assert "一部分" in desk.get(f"{PATH}/2").text


def test_second_click_publishes_nothing(desk: FlaskClient, changed: Changed) -> None:
    _send(desk, [changed.renamed])
    again = _send(desk, [changed.renamed, changed.moved])
    assert again.location.endswith("/releases/2") and _last() == 2
    assert "没有再发一次" in desk.get(f"{PATH}/2").text


def test_blocking_clash_is_named_and_nothing_is_published(desk: FlaskClient) -> None:
    """A session moved onto another one in its room stops the release, whole and in part."""
    planned = [p for p in list_planned(_week().id) if p.placement]
    own, other = planned[90], next(p for p in planned[91:] if p.room is not planned[90].room)
    assert own.placement and other.placement
    code, neighbour = own.session.code, other.session.title.zh
    place_session(code, other.placement.start, other.placement.room.code, version=own.placement.version, actor=SYSTEM)
    page = desk.get(f"{PATH}/new").text
    assert "拦住" in page and "同时用" in page
    refused = _send(desk, [code])
    assert refused.status_code == 422 and neighbour in refused.text and _last() == 1


def test_nothing_to_release_is_said(desk: FlaskClient) -> None:
    assert "没有要发布的改动" in desk.get(f"{PATH}/new").text
    refused = _send(desk, [])
    assert refused.status_code == 422 and _last() == 1


@pytest.mark.parametrize("sessions", [["nothere00"], ["\x00\u202e"], ["a" * 1000], ["x"] * 3000])
def test_rubbish_is_refused_and_publishes_nothing(desk: FlaskClient, changed: Changed, sessions: list[str]) -> None:
    assert _send(desk, sessions).status_code == 422 and _last() == 1


@pytest.mark.parametrize("seen", ["NaN", "1e30", "", "99999999999999999999"])
def test_rubbish_instead_of_the_seen_number(desk: FlaskClient, changed: Changed, seen: str) -> None:
    answer = post(desk, f"{PATH}/publication", {"sessions": [changed.renamed], "seen": seen, "note": "x"})
    assert answer.status_code in (303, 422) and _last() == 1


def test_too_long_note_is_said_at_its_field(desk: FlaskClient, changed: Changed) -> None:
    refused = _send(desk, [changed.renamed], note="长" * 501)
    assert refused.status_code == 422 and "最多 500 个字，现在是 501 个" in refused.text
    assert _last() == 1


@pytest.mark.parametrize("role", ["reader", "city", "door"])
def test_only_the_committee_publishes(demo_app: Flask, sign_in: SignIn, changed: Changed, role: str) -> None:
    client = sign_in(demo_app, role)
    assert 'name="sessions"' not in client.get(f"{PATH}/new").text
    assert _send(client, [changed.renamed]).status_code == 403 and _last() == 1
    single = f"/desk/w/jl2026/sessions/{changed.renamed}/publication"
    assert post(client, single).status_code == 403 and _last() == 1


def test_one_session_is_published_from_its_page(demo_app: Flask, sign_in: SignIn, changed: Changed) -> None:
    client = sign_in(demo_app, "committee")
    page = client.get(f"/desk/w/jl2026/sessions/{changed.moved}").text
    assert "现在只发布这一场" in page
    post(client, f"/desk/w/jl2026/sessions/{changed.moved}/publication")
    assert _last() == 2 and "公众看到的和这里一样" in client.get(f"/desk/w/jl2026/sessions/{changed.moved}").text


@pytest.mark.parametrize("path", [f"{PATH}/99", f"{PATH}/99999999999999999999", f"{PATH}/x", "/desk/w/none/releases"])
def test_what_is_not_there(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_who_released_is_said_in_words(desk: FlaskClient) -> None:
    for path in (f"/en{PATH}", f"/en{PATH}/1"):
        page = desk.get(path).text
        assert "Demo data" in page and not re.search(r"(>| )demo(<| )", page)
