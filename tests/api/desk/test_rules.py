"""The rules of a week by program: read, set as a whole, refused where it makes no sense."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.scheduling.rulebook import RULES
from tests.api.test_problems import problem
from tests.factories.keys import make_key

HERE = "/api/v1/desk/weeks/jl2026/rules"
Headers = dict[str, str]


@pytest.fixture
def key(demo_app: Flask) -> Headers:
    """Give the headers of the committee's program."""
    return make_key("jl2026")[1]


def _said(client: FlaskClient, key: Headers) -> dict[str, Any]:
    told = client.get(HERE, headers=key).json
    assert told and [one["rule"] for one in told["items"]] == [rule.code for rule in RULES]
    rows = {one["rule"]: one for one in told["items"]}
    return {code: (r["own_level"], r["own_weight"]) for code, r in rows.items() if r["own_level"] or r["own_weight"]}


@pytest.mark.database
def test_rules_are_read_and_set_as_a_whole(demo_client: FlaskClient, key: Headers) -> None:
    first = demo_client.get(HERE, headers=key)
    body: dict[str, Any] = {"preset": "repair", "rules": [{"rule": "lunch", "level": "warn", "weight": 9}]}
    body["rules"].append({"rule": "theme_overlap", "weight": 30})
    done = demo_client.put(HERE, json=body, headers=key | {"If-Match": first.headers["ETag"]})
    assert done.status_code == 200 and done.json and done.json["preset"] == "repair"
    lunch = next(one for one in done.json["items"] if one["rule"] == "lunch")
    assert (lunch["level"], lunch["planner"], lunch["weight"], lunch["problems"]) == ("warn", "soft", 9, 0)
    assert _said(demo_client, key) == {"lunch": ("warn", 9), "theme_overlap": (None, 30)}
    again = demo_client.put(HERE, json=body, headers=key | {"If-Match": first.headers["ETag"]})
    assert again.status_code == 412
    demo_client.put(HERE, json={}, headers=key | {"If-Match": done.headers["ETag"]})
    assert _said(demo_client, key) == {}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"preset": "loud"}, "preset", "json.choice"),
        ({"preset": 3}, "preset", "json.type"),
        ({"rules": {}}, "rules", "json.type"),
        ({"rules": [7]}, "rules", "json.type"),
        ({"rules": [{"rule": 7}]}, "rule", "json.type"),
        ({"rules": [{"rule": "lunch", "level": []}]}, "level", "json.type"),
        ({"rules": [{"rule": "lunch", "colour": "red"}]}, "colour", "json.unknown"),
        ({"rules": [{"rule": "nix", "level": "warn"}]}, "nix", "rule.unknown"),
        ({"rules": [{"rule": "room_overlap", "level": "ignore"}]}, "room_overlap", "rule.level"),
        ({"rules": [{"rule": "lunch", "weight": "9"}]}, "lunch", "rule.weight"),
        ({"rules": [{"rule": "lunch", "weight": 1e30}]}, "lunch", "rule.weight"),
        ({"rules": [{"rule": "fixed", "weight": 1}]}, "fixed", "rule.weightless"),
        ({"levels": []}, "levels", "json.unknown"),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(
    demo_client: FlaskClient, key: Headers, body: dict[str, Any], field: str, code: str
) -> None:
    answer = demo_client.put(HERE, json=body, headers=key | {"If-Match": "*"})
    problem(answer, 422, "input.invalid")
    told = answer.json or {}
    assert [(one["field"], one["code"]) for one in told["errors"]] == [(field, code)]
    assert _said(demo_client, key) == {}


def test_an_edit_that_a_rule_refuses_is_a_problem_with_the_rule_in_it(demo_client: FlaskClient, key: Headers) -> None:
    body = {"rules": [{"rule": "capacity", "level": "block"}]}
    demo_client.put(HERE, json=body, headers=key | {"If-Match": "*"})
    where = "/api/v1/desk/weeks/jl2026/sessions"
    listed = demo_client.get(where, headers=key).json
    assert listed
    code = next(one["id"] for one in listed["items"] if not one["permit_required"])
    answer = demo_client.patch(f"{where}/{code}", json={"expected": 90000}, headers=key | {"If-Match": "*"})
    problem(answer, 422, "rule.blocked")
    assert "容量不少于预计人数" in (answer.json or {})["detail"]
