"""One rule table, one set of vectors: Python and the door's script give the same verdicts."""

import json
import random
import shutil
import subprocess
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from eventweek.checkin.admission import TABLE, Facts, verdict
from tests.conftest import scaled

HERE = Path(__file__).parent
VECTORS: list[dict[str, Any]] = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
WRITTEN = [vector for vector in VECTORS if not vector.get("generated")]
SCRIPT = HERE.parents[1] / "static" / "js" / "gate" / "admission.js"
WORDS = {
    "kind": ["in", "in", "in", "out", "annul", "walk-in"],
    "token": ["valid", "valid", "valid", "replaced", "void", "unknown", "other_week", "malformed"],
    "unknown_policy": ["ask", "no"],
    "session": ["on", "on", "on", "cancelled", "missing"],
    "entitlement": ["confirmed", "confirmed", "waitlisted", "offered", "applied", "cancelled", "other", "none"],
    "previous_code": ["", "", "entry.first"],
    "previous_colour": ["yes"],
    "annul": ["ok", "ok", "done", "none"],
}


@pytest.mark.parametrize("vector", WRITTEN, ids=lambda vector: vector["name"])
def test_vector(vector: dict[str, Any]) -> None:
    assert asdict(verdict(Facts(**vector["facts"]))) == vector["verdict"]


def test_every_rule_has_a_vector() -> None:
    assert len(VECTORS) >= 300
    decided = {v["verdict"]["code"] for v in VECTORS} | {v["verdict"]["overridden"] for v in VECTORS}
    assert {rule["code"] for rule in TABLE["rules"]} - decided == {"repeat"}
    assert any(v["verdict"]["repeat"] for v in VECTORS)


def test_the_script_agrees_on_vectors_andrandom_facts() -> None:
    node = shutil.which("node")
    facts = [Facts(**v["facts"]) for v in VECTORS] + random_facts(scaled(20_000))
    question = json.dumps({"table": TABLE, "facts": [asdict(each) for each in facts]})
    answers = _in_node(node, question) if node else _in_chromium(question)
    expected = [asdict(verdict(each)) for each in facts]
    assert len(answers) == len(expected)
    assert [pair for pair in zip(facts, answers, expected, strict=True) if pair[1] != pair[2]] == []


def testrandom_facts_never_let_in_a_dead_code() -> None:
    """A void or replaced token is never green on the way in (invariant 10)."""
    for facts in random_facts(scaled(20_000)):
        answer = verdict(facts)
        if facts.token in ("void", "replaced") and facts.kind == "in" and not answer.repeat:
            assert answer.colour == "no"


def random_facts(count: int) -> list[Facts]:
    """Return facts as no gate would see them together, the same in each run."""
    dice, result = random.Random(20261015), []
    numbers = range(0, 12_000, 1000)
    for _ in range(count):
        values: dict[str, Any] = {}
        for field in fields(Facts):
            if field.name in WORDS:
                values[field.name] = dice.choice(WORDS[field.name])
            elif field.type == "bool" or field.type is bool:
                values[field.name] = dice.random() < 0.3
            elif field.name in ("places", "party", "entries"):
                values[field.name] = dice.choice([-1, 0, 1, 2, 5]) if field.name == "places" else dice.randint(0, 3)
            else:
                values[field.name] = dice.choice(numbers)
        values["opens"], values["closes"] = dice.choice([0, 3000, 8000]), dice.choice([5000, 12_000])
        result.append(Facts(**values))
    return result


def _in_node(node: str, question: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [node, HERE / "verdicts.mjs", SCRIPT.as_uri()], input=question, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def _in_chromium(question: str) -> list[dict[str, Any]]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs node or playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs node or Chromium")
    script = SCRIPT.read_text(encoding="utf-8").replace("export const verdict", "const verdict")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        body = f"(question) => {{ {script}; return question.facts.map((each) => verdict(question.table, each)); }}"
        answers: list[dict[str, Any]] = browser.new_page().evaluate(body, json.loads(question))
        browser.close()
    return answers
