"""Findings that may pass, on the desk: from the release, from the session, listed and taken back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.queries import find_last_release
from eventweek.scheduling.worklist import Planned, list_planned
from tests.conftest import SignIn

HERE = "/desk/w/jl2026"
WHY = "两家共用一个大厅"


@pytest.fixture
def clashing(demo_app: Flask) -> Planned:
    """Move one session onto another in its room."""
    week = find_newest_week()
    assert week
    planned = [p for p in list_planned(week.id) if p.placement]
    own, other = planned[90], next(p for p in planned[91:] if p.room is not planned[90].room)
    assert own.placement and other.placement
    place = (other.placement.start, other.placement.room.code)
    place_session(own.session.code, *place, version=own.placement.version, actor=SYSTEM)
    return own


def _findings(page: str) -> list[str]:
    return re.findall(r'name="finding" value="([0-9a-f]{24})"', page)


def _last() -> int:
    week = find_newest_week()
    release = find_last_release(week.id) if week else None
    return release.number if release else 0


def test_a_finding_passes_from_the_release_and_then_it_is_published(desk: FlaskClient, clashing: Planned) -> None:
    page = desk.get(f"{HERE}/releases/new").text
    found = _findings(page)
    assert found and all(f'form="pass-{key}"' in page for key in found)
    release = {"sessions": [clashing.session.code], "seen": "1", "note": ""}
    refused = desk.post(f"{HERE}/releases/publication", data=release)
    assert refused.status_code == 422 and "写明原因放行" in refused.text
    for key in found:
        answer = desk.post(f"{HERE}/overrides/new", data={"finding": key, "reason": WHY})
        assert answer.status_code == 303 and answer.location.endswith("/releases/new")
    page = desk.get(f"{HERE}/releases/new").text
    assert _findings(page) == [] and f"已放行：{WHY}" in page and "已放行的" in page
    assert desk.post(f"{HERE}/releases/publication", data=release).status_code == 303 and _last() == 2


def test_the_reason_stands_on_session_and_timetable_and_is_taken_back(desk: FlaskClient, clashing: Planned) -> None:
    path = f"{HERE}/sessions/{clashing.session.code}"
    for key in _findings(desk.get(path).text):
        answer = desk.post(
            f"{HERE}/overrides/new?session={clashing.session.code}", data={"finding": key, "reason": WHY}
        )
        assert answer.location.endswith(path)
    assert f"已放行：{WHY}" in desk.get(path).text and "放行了一处问题" in desk.get(path).text
    assert clashing.placement
    day = clashing.placement.start.astimezone().date()
    boards = [desk.get(f"{HERE}/timetable?day=2026-10-{n}").text for n in range(day.day - 1, day.day + 9)]
    assert any(f"已放行：{WHY}" in board for board in boards)
    listed = desk.get(f"{HERE}/overrides").text
    codes = re.findall(r"/overrides/([a-z0-9]+)/withdrawal", listed)
    assert codes and "有效" in listed and WHY in listed and "已失效" not in listed
    assert "What may pass" in desk.get(f"/en{HERE}/overrides").text
    for code in codes:
        assert desk.post(f"{HERE}/overrides/{code}/withdrawal").status_code == 303
        assert desk.post(f"{HERE}/overrides/{code}/withdrawal").status_code == 404
    assert "没有放行过什么" in desk.get(f"{HERE}/overrides").text and len(_findings(desk.get(path).text)) == len(codes)


@pytest.mark.parametrize(
    ("reason", "said"), [("", "5 到 300 个字"), ("长" * 301, "最多 300 个字"), (WHY, "没有这一处问题")]
)
def test_what_makes_no_sense_is_said(desk: FlaskClient, clashing: Planned, reason: str, said: str) -> None:
    key = _findings(desk.get(f"{HERE}/releases/new").text)[0] if reason != WHY else "\x00" * 400
    answer = desk.post(f"{HERE}/overrides/new?rule=room_overlap", data={"finding": key, "reason": reason})
    assert answer.status_code == 303 and answer.location.endswith("/rules/room_overlap")
    assert said in desk.get(f"{HERE}/overrides").text


@pytest.mark.parametrize("role", ["reader", "city", "door"])
def test_only_who_publishes_lets_pass(demo_app: Flask, sign_in: SignIn, clashing: Planned, role: str) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    client = sign_in(demo_app, role)
    page = client.get(f"{HERE}/sessions/{clashing.session.code}").text
    assert "拦住" in page and _findings(page) == []
    assert client.post(f"{HERE}/overrides/new", data={"finding": "0" * 24, "reason": WHY}).status_code == 403
    assert client.post(f"{HERE}/overrides/nix/withdrawal").status_code == 403
