"""Write the generated part of the door's vectors; a test proves that it is fresh. What somebody wrote by hand stays.

The answer of each case comes from `answers`, the ladder of the door told once more in plain words: it knows neither the
rule table nor its two evaluators, so that a mistake in one of the three shows as a difference.
"""

import json
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "tests" / "checkin" / "vectors.json"
Facts = dict[str, Any]
Answer = tuple[str, str]
AT = 1_792_000_000_000
HOUR = 3_600_000
BASE: Facts = {"at": AT, "opens": AT - HOUR, "closes": AT + 2 * HOUR}
USUAL: Facts = {
    **{"kind": "in", "rehearsal": False, "token": "valid", "unknown_policy": "ask", "session": "on"},
    **{"open_entry": False, "entitlement": "confirmed", "slot_opens": 0, "slot_closes": 0, "stopped": False},
    **{"places": -1, "party": 1, "inside": False, "entries": 0, "reentry": True, "override": False},
    **{"previous_code": "", "previous_colour": "", "previous_at": 0, "annul": "ok", "annul_at": 0},
}
KINDS = ("in", "out", "annul", "walk-in")
TOKENS = ("valid", "replaced", "void", "unknown", "other_week", "malformed")
SEATS = ("confirmed", "online", "waitlisted", "offered", "applied", "cancelled", "other", "none")
BEFORE: Facts = {"previous_code": "entry.first", "previous_colour": "yes", "previous_at": AT - 1000}
HELD: dict[str, Facts] = {
    "repeat": BEFORE,
    "annul.none": {"kind": "annul", "annul": "none", "annul_at": AT - 1000},
    "annul.done": {"kind": "annul", "annul": "done", "annul_at": AT - 1000},
    "annul.late": {"kind": "annul", "annul_at": AT - 300_000},
    "annul.ok": {"kind": "annul", "annul_at": AT - 1000},
    "token.malformed": {"token": "malformed"},
    "token.other_week": {"token": "other_week"},
    "token.unknown, no": {"token": "unknown", "unknown_policy": "no"},
    "token.unknown, ask": {"token": "unknown", "unknown_policy": "ask"},
    "exit.not_inside": {"kind": "out", "inside": False},
    "exit.ok": {"kind": "out", "inside": True},
    "token.replaced": {"token": "replaced"},
    "token.void": {"token": "void"},
    "session.missing": {"session": "missing"},
    "session.cancelled": {"session": "cancelled"},
    **{f"entry.{seat}": {"entitlement": seat} for seat in ("waitlisted", "offered", "applied", "cancelled")},
    "entry.other_session": {"entitlement": "other"},
    "entry.online": {"entitlement": "online"},
    "entry.none": {"entitlement": "none"},
    "time.over": {"closes": AT},
    "time.early": {"opens": AT + 1},
    "slot.early": {"slot_opens": AT + 1},
    "slot.late": {"slot_closes": AT},
    "room.stopped": {"stopped": True},
    "room.full": {"places": 0},
    "entry.already_in": {"inside": True, "entries": 1},
    "entry.no_return": {"entries": 1, "reentry": False},
    "entry.again": {"entries": 1},
    "entry.walk_in": {"kind": "walk-in"},
    "entry.first": {},
}
"""For each answer of the door the facts that bring it about, in the order in which the ladder asks."""


def answers(facts: Facts) -> Iterator[Answer]:
    """Yield what would be said of a holder, the most urgent first: everything that is true, not only what decides."""
    since = facts["at"] - facts["previous_at"]
    if facts["previous_code"] and not facts["override"] and 0 <= since < 5000:
        yield "previous", "repeat"
    if facts["kind"] == "annul":
        yield from _undoing(facts)
    if facts["kind"] != "walk-in":
        yield from _reading(facts)
    if facts["kind"] == "out":
        if not facts["inside"]:
            yield "ask", "exit.not_inside"
        yield "yes", "exit.ok"
    if facts["kind"] != "walk-in" and facts["token"] in ("replaced", "void"):
        yield "no", f"token.{facts['token']}"
    if facts["session"] != "on":
        yield "no", f"session.{facts['session']}"
    if facts["kind"] == "in" and not facts["open_entry"]:
        yield from _seat(facts["entitlement"])
    if not facts["rehearsal"]:
        yield from _hour(facts)
    yield from _room(facts)
    yield from _coming(facts)


def _undoing(facts: Facts) -> Iterator[Answer]:
    if facts["annul"] in ("none", "done"):
        yield "no", f"annul.{facts['annul']}"
    if facts["at"] - facts["annul_at"] >= 5 * 60 * 1000:
        yield "no", "annul.late"
    yield "yes", "annul.ok"


def _reading(facts: Facts) -> Iterator[Answer]:
    if facts["token"] in ("malformed", "other_week"):
        yield "no", f"token.{facts['token']}"
    if facts["token"] == "unknown":
        if facts["unknown_policy"] == "no":
            yield "no", "token.unknown"
        yield "ask", "token.unknown"


def _seat(entitlement: str) -> Iterator[Answer]:
    if entitlement in ("waitlisted", "offered", "applied", "cancelled", "online"):
        yield "ask", f"entry.{entitlement}"
    if entitlement == "other":
        yield "ask", "entry.other_session"
    if entitlement != "confirmed":
        yield "ask", "entry.none"


def _hour(facts: Facts) -> Iterator[Answer]:
    if facts["closes"] <= facts["at"]:
        yield "no", "time.over"
    if facts["opens"] > facts["at"]:
        yield "ask", "time.early"
    if facts["kind"] == "in":
        if facts["slot_opens"] > facts["at"]:
            yield "ask", "slot.early"
        if 0 < facts["slot_closes"] <= facts["at"]:
            yield "ask", "slot.late"


def _room(facts: Facts) -> Iterator[Answer]:
    if facts["stopped"]:
        yield "no", "room.stopped"
    if not facts["inside"] and 0 <= facts["places"] < facts["party"]:
        yield "no", "room.full"


def _coming(facts: Facts) -> Iterator[Answer]:
    if facts["kind"] == "in":
        if facts["inside"]:
            yield "ask", "entry.already_in"
        if facts["entries"] and not facts["reentry"]:
            yield "ask", "entry.no_return"
        if facts["entries"]:
            yield "yes", "entry.again"
    if facts["kind"] == "walk-in":
        yield "yes", "entry.walk_in"
    yield "yes", "entry.first"


def expected(facts: Facts) -> dict[str, Any]:
    """Return the verdict as the door says it: the lead on duty passes over what only asks."""
    passed = ""
    for colour, code in answers(USUAL | facts):
        if colour == "previous":
            said = {"colour": facts["previous_colour"], "code": facts["previous_code"]}
            return {**said, "repeat": True, "overridden": ""}
        if colour != "ask" or not facts.get("override"):
            return {"colour": colour, "code": code, "repeat": False, "overridden": passed}
        passed = passed or code
    raise AssertionError("the door always says something")


def generated() -> list[dict[str, Any]]:
    """Return the generated cases in a fixed order; none stands twice."""
    cases: dict[str, dict[str, Any]] = {}
    for name, own in [*_alone(), *_words(), *_edges(), *_pairs()]:
        facts = {key: value for key, value in (BASE | own).items() if USUAL.get(key, None) != value}
        same = json.dumps(facts, sort_keys=True)
        cases.setdefault(same, {"name": name, "facts": facts, "verdict": expected(facts), "generated": True})
    return list(cases.values())


def _alone() -> Iterator[tuple[str, Facts]]:
    for code, own in HELD.items():
        for override, rehearsal in product((False, True), repeat=2):
            told = ", passed over" * override + ", in a rehearsal" * rehearsal
            yield f"{code} alone{told}", own | {"override": override, "rehearsal": rehearsal}


def _words() -> Iterator[tuple[str, Facts]]:
    for kind, token in product(KINDS, TOKENS):
        own = {"kind": kind, "token": token, "annul_at": AT - 1000}
        yield f"{kind} with a code that is {token}", own
        yield f"{kind} with a code that is {token}, unknown ones stay out", own | {"unknown_policy": "no"}
    for kind, state in product(KINDS, ("on", "missing", "cancelled")):
        yield f"{kind}, session {state}", {"kind": kind, "session": state, "annul_at": AT - 1000}
    for kind, seat, free in product(("in", "walk-in"), SEATS, (False, True)):
        told = " where entry is free" * free
        yield f"{kind} with seat {seat}{told}", {"kind": kind, "entitlement": seat, "open_entry": free}
    for kind, annul in product(KINDS, ("ok", "none", "done")):
        yield f"{kind}, what is undone is {annul}", {"kind": kind, "annul": annul, "annul_at": AT - 1000}
    for kind, inside, entries, again in product(("in", "out", "walk-in"), (False, True), (0, 1, 2), (False, True)):
        told = "" if again else " where nobody returns"
        own = {"kind": kind, "inside": inside, "entries": entries, "reentry": again}
        yield f"{kind} after {entries} entries, {'inside' if inside else 'outside'}{told}", own


def _edges() -> Iterator[tuple[str, Facts]]:
    """Yield the last value on this side, the first on the other, and one further, of every comparison."""
    for kind, off in product(KINDS, (-1, 0, 1)):
        for name in ("opens", "closes", "slot_opens", "slot_closes"):
            yield f"{kind}, {name} at {off:+d} ms", {"kind": kind, name: AT + off, "annul_at": AT - 1000}
        own = {"kind": kind, "annul_at": AT - 300_000 - off}
        yield f"{kind}, what is undone was five minutes and {off:+d} ms ago", own
    for since, override in product((-1, 0, 1, 4999, 5000, 5001), (False, True)):
        own = {**BEFORE, "previous_at": AT - since, "inside": True, "entries": 1, "override": override}
        yield f"the same code after {since} ms{', passed over' * override}", own
    yield "a moment ago nothing was said", {"previous_at": AT - 1000}
    yield "the slot ended in the first millisecond of all", {"slot_closes": 1}
    for kind, party, places in product(("in", "out", "walk-in"), (1, 3), (-1, 0, 1, 2, 3, 4)):
        for inside in (False, True):
            told = ", inside" * inside
            own = {"kind": kind, "party": party, "places": places, "inside": inside}
            yield f"{kind}, {party} people, {places} places{told}", own


def _pairs() -> Iterator[tuple[str, Facts]]:
    """Yield what makes two answers true at once, so that their order decides."""
    for first, second in combinations(HELD, 2):
        for own in (HELD[second] | HELD[first], HELD[first] | HELD[second]):
            found = [_name(answer) for answer in answers(USUAL | BASE | own)]
            if first not in found or second not in found:
                continue
            yield f"{first} before {second}", own
            if _name(next(answers(USUAL | BASE | own))) != first or HELD[first] is BEFORE:
                yield f"{first} before {second}, passed over", own | {"override": True}


def _name(answer: Answer) -> str:
    colour, code = answer
    return f"{code}, {colour}" if code == "token.unknown" else code


def written(text: str) -> str:
    """Return the file with its generated part made anew after what was written by hand."""
    kept = [case for case in json.loads(text) if not case.get("generated")]
    lines = [json.dumps(case, ensure_ascii=False) for case in [*kept, *generated()]]
    return "[\n  " + ",\n  ".join(lines) + "\n]\n"


if __name__ == "__main__":
    VECTORS.write_text(written(VECTORS.read_text(encoding="utf-8")), encoding="utf-8")
