"""What docs/planner.md shows works as it stands there."""

import re
from pathlib import Path

from eventweek.planner.constraints import RULES
from eventweek.planner.matches import Stand, find
from eventweek.planner.model import build
from eventweek.planner.problem import Event, Kind, Problem, Room, Session, Venue

GUIDE = Path(__file__).parents[2] / "docs" / "planner.md"


def _example():
    source = next(
        block for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.S) if "class " in block
    )
    assert len(source.splitlines()) < 40
    names: dict[str, type] = {}
    exec(source, names)  # noqa: S102
    return names["OneInEnglish"]()


def _week():
    return Problem(
        event=Event(start="2026-10-15", days=1),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=50) for name in ("r1", "r2")],
        kinds=[Kind(id="k", duration=60)],
        sessions=[Session(id=name, kind="k", language="en") for name in ("a", "b")],
    )


def test_the_rule_of_the_guide_counts_shared_minutes():
    model = build(_week(), (*RULES, _example()))
    at_once = {0: Stand(540, 600, 0), 1: Stand(540, 600, 1)}
    apart = {0: Stand(540, 600, 0), 1: Stand(600, 660, 1)}
    [match] = find(model.terms, model.tables, at_once)
    assert (match.cost, match.sessions) == (120, (0, 1))
    assert "“a”, “b” are both in English" in model.rules[match.rule].tell(model.week, match)[1]
    assert not list(find(model.terms, model.tables, apart))
