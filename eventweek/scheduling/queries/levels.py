"""How a week means the rules: the level of each, its weight, and what the planner is told of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.planner.problem import Setting
from eventweek.scheduling.enums import Level, Preset
from eventweek.scheduling.models import RulePreset, RuleSetting
from eventweek.scheduling.rulebook import BY_CODE, LEVELS, RULES, Rule, weight_of

PLANNED = ("hard", "medium", "soft", "ignore")
"""How the planner takes a rule, the strictest first."""


@dataclass(frozen=True)
class Meant:
    """How a week means one rule; `own` and `own_weight` are None where it leaves that as usual."""

    rule: Rule
    own: Level | None
    own_weight: int | None
    usual_weight: int

    @property
    def level(self) -> Level:
        """Return the level that counts."""
        return self.own or self.rule.level

    @property
    def weight(self) -> int:
        """Return the weight that counts."""
        return self.usual_weight if self.own_weight is None else self.own_weight

    @property
    def differs(self) -> bool:
        """Say whether the week has said anything of it."""
        return self.own is not None or self.own_weight is not None

    @property
    def planned(self) -> str:
        """Return how the planner takes it: `hard`, `medium`, `soft`, `ignore`; empty where it knows no such rule."""
        if not self.rule.planner:
            return ""
        return self.rule.usual if self.own is None else self.rule.planned(self.own)


@dataclass(frozen=True)
class WeekRules:
    """All rules as a week means them, in the order of the rulebook; `version` is 0 while it has said nothing."""

    preset: Preset
    version: int
    rules: tuple[Meant, ...]


def find_rules(week_id: int) -> WeekRules:
    """Return how a week means every rule, in two statements."""
    preset, version = _preset(week_id)
    own = {row.rule: row for row in _settings(week_id)}
    return WeekRules(preset, version, tuple(_meant(rule, own.get(rule.code), preset) for rule in RULES))


def levels(week_id: int) -> Mapping[str, Level]:
    """Return what a breach of each rule means in a week, in one statement."""
    own = {row.rule: Level(row.level) for row in _settings(week_id) if row.level and row.rule in BY_CODE}
    return {**LEVELS, **own}


def planner_settings(week_id: int) -> tuple[Preset, dict[str, Setting]]:
    """Return the preset of a week, and by the planner's rules what the week says of them otherwise.

    Where several rules stand for one of the planner's, the strictest counts.
    """
    found, named = find_rules(week_id), defaultdict[str, list[Meant]](list)
    for meant in found.rules:
        for code in meant.rule.planner:
            named[code].append(meant)
    said = {code: _setting(group) for code, group in named.items() if any(meant.differs for meant in group)}
    return found.preset, said


def _setting(group: list[Meant]) -> Setting:
    """Return what several rules say together."""
    strictest = min((meant.planned for meant in group), key=PLANNED.index)
    weights = [meant.own_weight for meant in group if meant.own_weight is not None]
    level: Any = strictest if any(meant.own for meant in group) else None
    return Setting(level=level, weight=max(weights, default=None))


def _meant(rule: Rule, row: RuleSetting | None, preset: Preset) -> Meant:
    level, weight = (Level(row.level) if row.level else None, row.weight) if row else (None, None)
    return Meant(rule, level, weight, weight_of(rule, preset))


def _preset(week_id: int) -> tuple[Preset, int]:
    row = db.session.execute(
        select(RulePreset.preset, RulePreset.version).where(RulePreset.week_id == week_id)
    ).one_or_none()
    return (Preset(row.preset), row.version) if row else (Preset.STEADY, 0)


def _settings(week_id: int) -> list[RuleSetting]:
    return list(db.session.scalars(select(RuleSetting).where(RuleSetting.week_id == week_id)))
