"""The verdict at the door (pure): facts in, colour and reason out, by the rule table `admission.json`.

The table is read from the top; the first rule whose conditions all hold decides. The door's script evaluates the same
file, so that on-line and off-line cannot differ; one set of vectors runs against both.
"""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventweek.checkin.enums import Colour

TABLE_FILE = Path(__file__).with_name("admission.json")
TABLE: dict[str, Any] = json.loads(TABLE_FILE.read_text(encoding="utf-8"))
REPEAT_MS: int = TABLE["repeat_ms"]
ANNUL_MS: int = TABLE["annul_ms"]
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Facts:
    """What is known when a code is held to the device; times in milliseconds since 1970, 0 = none.

    `token`: valid, replaced, void, unknown, other_week, malformed. `session`: on, cancelled, missing. `entitlement`:
    confirmed, online (no seat), waitlisted, offered, applied, cancelled, other (confirmed elsewhere), none. `places`:
    seats left in the room, -1 = no limit. `annul`: ok, none, done. `previous_*`: what this device said of this holder
    before.
    """

    kind: str = "in"
    at: int = 0
    rehearsal: bool = False
    token: str = "valid"
    unknown_policy: str = "ask"
    session: str = "on"
    open_entry: bool = False
    entitlement: str = "confirmed"
    opens: int = 0
    closes: int = 1
    slot_opens: int = 0
    slot_closes: int = 0
    stopped: bool = False
    places: int = -1
    party: int = 1
    inside: bool = False
    entries: int = 0
    reentry: bool = True
    previous_code: str = ""
    previous_colour: str = ""
    previous_at: int = 0
    annul: str = "ok"
    annul_at: int = 0
    override: bool = False


@dataclass(frozen=True)
class Verdict:
    """Colour and reason; `repeat`: the previous verdict again; `overridden`: the yellow that the lead passed over."""

    colour: Colour
    code: str
    repeat: bool = False
    overridden: str = ""


def verdict(facts: Facts) -> Verdict:
    """Return the answer of the first rule that holds; an override passes over yellow rules, never over a red one."""
    overridden = ""
    for rule in TABLE["rules"]:
        if not all(_holds(facts, *condition) for condition in rule["when"]):
            continue
        if rule["colour"] == "previous":
            return Verdict(Colour(facts.previous_colour), facts.previous_code, repeat=True)
        if rule["colour"] != Colour.ASK or not facts.override:
            return Verdict(Colour(rule["colour"]), rule["code"], overridden=overridden)
        overridden = overridden or rule["code"]
    raise AssertionError("the last rule of the table has no condition")


def _holds(facts: Facts, name: str, sign: str, value: Any) -> bool:
    if isinstance(value, dict):
        value = getattr(facts, value["fact"]) + value.get("plus", 0)
    return _SIGNS[sign](getattr(facts, name), value)
