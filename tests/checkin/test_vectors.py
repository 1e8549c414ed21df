"""The vectors of the door cover its whole table: whatever is changed in it, at least one of them notices."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from itertools import combinations
from typing import Any

import pytest

from eventweek.checkin import admission
from eventweek.checkin.admission import TABLE, Facts, verdict
from eventweek.checkin.enums import Colour
from tests.checkin.test_admission import VECTORS, random_facts
from tests.conftest import scaled
from tools.build_door_vectors import HELD, answers, expected, generated, written
from tools.build_door_vectors import VECTORS as FILE

Table = dict[str, Any]
RULES: list[dict[str, Any]] = TABLE["rules"]
NUMBERS = range(len(RULES))
OTHER_SIGNS = {"==": "!=", "!=": "==", "<": ">=", ">=": ">", ">": ">="}


def test_the_file_is_what_the_tool_writes() -> None:
    """`python -m tools.build_door_vectors` was run after the last change; what was written by hand stays."""
    text = FILE.read_text(encoding="utf-8")
    assert written(text) == text
    assert len(generated()) >= 300 and len([case for case in VECTORS if not case.get("generated")]) >= 100


def test_generated_vectors() -> None:
    wrong = [case["name"] for case in generated() if asdict(verdict(Facts(**case["facts"]))) != case["verdict"]]
    assert wrong == []


def test_what_was_written_by_hand_agrees_with_the_plain_ladder() -> None:
    assert [v["name"] for v in VECTORS if expected(v["facts"]) != v["verdict"]] == []


def test_the_plain_ladder_agrees_with_the_table_on_random_facts() -> None:
    asked = random_facts(scaled(20_000))
    assert [facts for facts in asked if expected(asdict(facts)) != asdict(verdict(facts))] == []


def test_no_vector_stands_twice_and_none_is_about_somebody() -> None:
    names = [vector["name"] for vector in VECTORS]
    assert len(names) == len(set(names)) >= 300
    assert {key for vector in VECTORS for key in vector["facts"]} <= set(asdict(Facts()))
    words = {value for vector in VECTORS for value in vector["facts"].values() if isinstance(value, str)}
    assert words <= {word for rule in RULES for word in _words(rule)} | _others()


def test_every_rule_decides_a_vector_with_and_without_the_lead() -> None:
    assert {code.partition(",")[0] for code in HELD} == {rule["code"] for rule in RULES}
    for number, rule in enumerate(RULES):
        deciding = [facts for facts in map(_facts, VECTORS) if _deciding(facts) == number]
        never = rule["colour"] in ("previous", Colour.ASK)  # what the lead on duty passes over does not decide
        assert {facts.override for facts in deciding} == ({False} if never else {False, True}), rule
    passed = {vector["verdict"]["overridden"] for vector in VECTORS}
    assert passed >= {rule["code"] for rule in RULES if rule["colour"] == Colour.ASK}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{RULES[n]['code']}-{RULES[n]['colour']}")
def test_a_rule_that_is_missing_or_has_another_colour_is_noticed(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = []
    if number < len(RULES) - 1:  # without its last rule a table is none
        mutants.append(_changed(lambda rules: rules.pop(number)))
    for colour in {"yes", "ask", "no"} - {RULES[number]["colour"]}:
        mutants.append(_changed(lambda rules, colour=colour: rules[number].update(colour=colour)))
    assert [mutant for mutant in mutants if not _is_noticed(mutant, monkeypatch)] == []


def test_two_rules_that_change_places_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever two can be true at once: those that cannot have one fact that would have to be two things."""
    swapped = [pair for pair in combinations(NUMBERS, 2) if not _exclude(*(RULES[n] for n in pair))]
    missed = []
    for first, second in swapped:
        if not _is_noticed(_changed(lambda rules, a=first, b=second: _swap(rules, a, b)), monkeypatch):
            missed.append((RULES[first]["code"], RULES[second]["code"]))
    assert len(swapped) > 200 and missed == []


def test_a_condition_that_is_missing_or_reads_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = []
    for number, place, kind, mutant in _conditions():
        if not _is_noticed(mutant, monkeypatch):
            missed.append((RULES[number]["code"], RULES[number]["when"][place], kind))
    assert missed == [], missed


def _conditions() -> Iterator[tuple[int, int, str, Table]]:
    """Yield each table in which one condition is gone, has another sign or a limit off by one."""
    for number, rule in enumerate(RULES):
        for place, (_name, sign, value) in enumerate(rule["when"]):
            yield number, place, "gone", _changed(lambda rules, n=number, p=place: rules[n]["when"].pop(p))
            other = OTHER_SIGNS[sign]
            yield number, place, other, _changed(lambda rules, n=number, p=place, o=other: _sign(rules[n], p, o))
            if isinstance(value, dict) or (isinstance(value, int) and not isinstance(value, bool)):
                for off in (-1, 1):
                    moved = _changed(lambda rules, n=number, p=place, o=off: _limit(rules[n], p, o))
                    yield number, place, f"{off:+d}", moved


def _changed(change: Any) -> Table:
    table = deepcopy(TABLE)
    change(table["rules"])
    return table


def _swap(rules: list[dict[str, Any]], first: int, second: int) -> None:
    rules[first], rules[second] = rules[second], rules[first]


def _sign(rule: dict[str, Any], place: int, sign: str) -> None:
    rule["when"][place][1] = sign


def _limit(rule: dict[str, Any], place: int, off: int) -> None:
    value = rule["when"][place][2]
    if isinstance(value, dict):
        value["plus"] = value.get("plus", 0) + off
    else:
        rule["when"][place][2] = value + off


def _is_noticed(table: Table, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(admission, "TABLE", table)
    return any(_answer(vector) != vector["verdict"] for vector in VECTORS)


def _answer(vector: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return asdict(verdict(_facts(vector)))
    except (AssertionError, ValueError):
        return None


def _exclude(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Say whether one fact would have to have two values for both rules, or be and not be the same."""
    for name, sign, value in first["when"]:
        for other, other_sign, other_value in second["when"]:
            if name != other or isinstance(value, dict) or isinstance(other_value, dict):
                continue
            if (sign, other_sign) == ("==", "==") and value != other_value:
                return True
            if {sign, other_sign} == {"==", "!="} and value == other_value:
                return True
    return False


def _facts(vector: dict[str, Any]) -> Facts:
    return Facts(**vector["facts"])


def _deciding(facts: Facts) -> int:
    """Return the number of the rule that decides, by the plain ladder."""
    for colour, code in answers(asdict(facts)):
        if colour == "previous" or colour != "ask" or not facts.override:
            return next(n for n in NUMBERS if (RULES[n]["colour"], RULES[n]["code"]) == (colour, code))
    raise AssertionError("the door always says something")


def _words(rule: dict[str, Any]) -> Iterator[str]:
    yield rule["code"]
    yield rule["colour"]
    for _name, _sign, value in rule["when"]:
        if isinstance(value, str):
            yield value


def _others() -> set[str]:
    """Return the words of facts that no rule asks for."""
    return {"valid", "on", "ask", "ok", "confirmed", "rejected"}
