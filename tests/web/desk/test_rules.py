"""The rules of a week on the desk: levels, weights, the preset, what breaks a rule now."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions.levels import Wish, set_rules
from eventweek.scheduling.queries.levels import WeekRules, find_rules
from eventweek.scheduling.rulebook import RULES
from eventweek.scheduling.worklist import list_planned
from tests.conftest import SignIn
from tests.web.desk.sheet import filled

PATH = "/desk/w/jl2026/rules"


def _rules() -> WeekRules:
    week = find_newest_week()
    assert week
    return find_rules(week.id)


def _said() -> dict[str, tuple[str | None, int | None]]:
    return {one.rule.code: (one.own, one.own_weight) for one in _rules().rules if one.differs}


def _week_id() -> int:
    week = find_newest_week()
    assert week
    return week.id


def test_every_rule_is_shown_with_its_level_and_the_form_saves_what_it_says(desk: FlaskClient) -> None:
    page = desk.get(PATH)
    form = filled(page.text)
    assert {f"level-{rule.code}" for rule in RULES} <= set(form) and "都按默认" in page.text
    for words in ("必须做到的", "已公布的", "愿望", "同一厅室同一时间只有一场", "默认：拦住发布", "稳妥"):
        assert words in page.text
    floors = re.search(r'<select[^>]*name="level-room_overlap".*?</select>', page.text, re.S)
    assert floors and 'value="ignore"' not in floors[0] and 'value="warn"' not in floors[0]
    sent = form | {"level-lunch": "block_release", "level-travel_time": "warn", "weight-theme_overlap": "１2"}
    answer = desk.post(f"{PATH}/settings", data=sent)
    assert answer.status_code == 422 and "的权重要是 0 到 10000" in answer.text
    assert _said() == {} and 'value="１2"' in answer.text
    assert desk.post(f"{PATH}/settings", data=sent | {"weight-theme_overlap": "12"}).status_code == 303
    assert _said() == {"lunch": ("block_release", None), "travel_time": ("warn", None), "theme_overlap": (None, 12)}
    page = desk.get(PATH)
    assert "3 条和默认不同" in page.text and "weight-travel_time" in page.text
    english = desk.get(f"/en{PATH}").text
    assert "3 differ from the usual" in english and "Time to travel between two sessions" in english


def test_a_preset_asks_first_and_names_the_weights_that_go(desk: FlaskClient) -> None:
    set_rules(_week_id(), {"theme_overlap": Wish(None, 77), "lunch": Wish("warn", 5)}, version=None, actor=SYSTEM)
    page = desk.get(PATH).text
    assert re.search(r"确认换成“紧凑”", page) and "77 →" in page and "5 →" in page
    answer = desk.post(f"{PATH}/preset", data={"preset": "compact", "version": str(_rules().version)})
    assert answer.status_code == 303 and _said() == {"lunch": ("warn", None)} and _rules().preset == "compact"
    for preset in ("loud", "", "\x00" * 500):
        desk.post(f"{PATH}/preset", data={"preset": preset, "version": str(_rules().version)})
    assert _rules().preset == "compact" and "选一种" in desk.get(PATH).text


def test_who_saves_second_sees_what_stands_and_loses_nothing(desk: FlaskClient) -> None:
    form = filled(desk.get(PATH).text)
    set_rules(_week_id(), {"lunch": Wish("ignore")}, version=None, actor=SYSTEM)
    answer = desk.post(f"{PATH}/settings", data=form | {"level-lunch": "block"})
    assert answer.status_code == 409 and "别人刚改过规则" in answer.text and "现在存着的：不管" in answer.text
    assert _said() == {"lunch": ("ignore", None)}
    desk.post(f"{PATH}/settings", data=filled(answer.text))
    assert _said() == {"lunch": ("block", None)}
    stale = desk.post(f"{PATH}/preset", data={"preset": "compact", "version": "0"})
    assert stale.status_code == 303 and _rules().preset == "steady"


def test_what_breaks_a_rule_is_counted_and_listed(desk: FlaskClient) -> None:
    planned = next(p for p in list_planned(_week_id()) if p.room and p.session.expected)
    assert planned.room
    edit_session(planned.session.code, {"expected": planned.room.capacity + 3}, version=None, actor=SYSTEM)
    page = desk.get(PATH).text
    assert f'<a href="{PATH}/capacity">1</a>' in page
    listed = desk.get(f"{PATH}/capacity").text
    assert planned.session.title.zh in listed and "容量不少于预计人数" in listed
    assert "没有违反这一条的" in desk.get(f"{PATH}/lunch").text
    assert "只有自动排期看这一条" in desk.get(f"{PATH}/theme_overlap").text
    assert desk.get(f"{PATH}/nix").status_code == 404


def test_an_edit_that_a_rule_refuses_is_said_at_the_form(desk: FlaskClient) -> None:
    set_rules(_week_id(), {"capacity": Wish("block")}, version=None, actor=SYSTEM)
    planned = next(p for p in list_planned(_week_id()) if p.room and not p.session.permit_required)
    path = f"/desk/w/jl2026/sessions/{planned.session.code}/edit"
    form = filled(desk.get(path).text)
    refused = desk.post(path, data=form | {"expected": "90000", "do": "save"})
    assert refused.status_code == 422 and "会违反规则“容量不少于预计人数”" in refused.text


@pytest.mark.parametrize("role", ["reader", "city", "door"])
def test_only_the_committee_sets_rules(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    client = sign_in(demo_app, role)
    page = client.get(PATH).text
    assert "disabled" in page and "savebar" not in page and "确认换成" not in page
    assert client.post(f"{PATH}/settings", data={"version": "0"}).status_code == 403
    assert client.post(f"{PATH}/preset", data={"preset": "compact", "version": "0"}).status_code == 403
    assert _said() == {} and _rules().preset == "steady"
