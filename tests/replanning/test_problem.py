"""What the planner is told of a week beside its sessions: how the week means the rules, and what is pinned."""

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.planner.check import find_faults
from eventweek.planner.problem import Setting
from eventweek.programme.queries import find_week
from eventweek.replanning.queries.problem import week_problem
from eventweek.scheduling.actions.levels import Wish, set_rules
from eventweek.scheduling.actions.pins import Pins, pin_sessions
from eventweek.scheduling.queries.lines import list_lines
from eventweek.scheduling.rulebook import RULES as RULEBOOK

pytestmark = pytest.mark.usefixtures("before_the_week")


def test_the_planner_is_told_preset_levels_and_weights(demo_app: Flask) -> None:
    week = find_week("jl2026")
    assert week and week_problem(week, "full").weights == {}
    wishes = {"lunch": Wish("warn", 7), "capacity": Wish("block"), "theme_overlap": Wish(None, 30)}
    set_rules(week.id, wishes, preset="repair", version=None, actor=SYSTEM)
    told = week_problem(week, "repair")
    assert told.preset == "repair"
    assert told.weights == {
        "lunch": Setting(level="soft", weight=7),
        "capacity": Setting(level="hard"),
        "theme_overlap": Setting(weight=30),
    }


def test_whatever_a_week_may_say_the_planner_takes(demo_app: Flask) -> None:
    week = find_week("jl2026")
    assert week
    for strict in (True, False):
        wishes = {rule.code: Wish(rule.choices[0 if strict else -1]) for rule in RULEBOOK}
        set_rules(week.id, wishes, version=None, actor=SYSTEM)
        assert find_faults(week_problem(week, "full")) == []


def test_pins_of_the_working_plan_bind_the_planner(demo_app: Flask) -> None:
    week = find_week("jl2026")
    assert week
    codes = [line.code for line in list_lines(week.id) if line.start and not line.own.permit_status]
    pin_sessions(week.id, codes, Pins(False, False), actor=SYSTEM)
    pin_sessions(week.id, codes[:1], Pins(True, None), actor=SYSTEM)
    pins = {session.id: session.pin for session in week_problem(week, "full").sessions}
    first = pins[codes[0]]
    assert first is not None and first.start is not None
