"""What docs/planner.md shows works as it stands there."""

import re

from eventweek.planner.constraints import RULES
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Problem, Room, Session, Venue
from tools.build_planner_rules import GUIDE, written


def _example():
    """Return the rule and its test."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    rule = next(block for block in blocks if "class " in block)
    test = next(block for block in blocks if "def test_" in block)
    assert len((rule + test).splitlines()) < 40
    names: dict[str, type] = {}
    exec(rule + test, names)  # noqa: S102
    return names["OneInEnglish"](), names["test_sessions_in_english_do_not_run_at_once"]


def _week():
    return Problem(
        event=Event(start="2026-10-15", days=1),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=50) for name in ("r1", "r2")],
        kinds=[Kind(id="k", duration=60)],
        sessions=[Session(id=name, kind="k", language="en") for name in ("a", "b")],
    )


def test_the_rule_of_the_guide_and_its_test_work():
    rule, its_test = _example()
    its_test(build(_week(), (*RULES, rule)))


def test_the_table_of_rules_is_fresh():
    """`python -m tools.build_planner_rules` was run after the last change."""
    page = GUIDE.read_text("utf-8")
    assert written(page) == page
