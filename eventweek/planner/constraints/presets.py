"""Sets of weights that organisers choose from: steady, compact, repair. A problem's own `weights` say more."""

from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.presets import CHANGES


def weight_of(preset: str, rule: Rule) -> int:
    """Return what one unit of a rule costs under a preset."""
    return CHANGES[preset].get(rule.code, rule.weight)


PRESETS: dict[str, dict[str, int]] = {name: {rule.code: weight_of(name, rule) for rule in RULES} for name in CHANGES}
"""For each preset the weight of every rule of the product."""
