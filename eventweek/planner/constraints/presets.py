"""Sets of weights that organisers choose from: steady, compact, repair. A problem's own `weights` say more."""

from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule

CHANGES: dict[str, dict[str, int]] = {
    "steady": {},
    "compact": {
        "audience_single": 10,
        "presence": 8,
        "track_room": 12,
        "series_room": 9,
        "room_fill": 2,
        "late_end": 3,
        "level_variety": 0,
        "language_variety": 0,
    },
    "repair": {"published_time": 4, "published_room": 4},
}
"""What each preset weighs otherwise than the rules themselves.

steady: all in balance. compact: few days, few rooms, nobody comes for one session. repair: what is published moves only
for what is worth four times as much.
"""


def weight_of(preset: str, rule: Rule) -> int:
    """Return what one unit of a rule costs under a preset."""
    return CHANGES[preset].get(rule.code, rule.weight)


PRESETS: dict[str, dict[str, int]] = {name: {rule.code: weight_of(name, rule) for rule in RULES} for name in CHANGES}
"""For each preset the weight of every rule of the product."""
