"""The rules of a week by program: read, set as a whole, refused where it makes no sense."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.rulebook import RULES
from eventweek.scheduling.worklist import list_planned
from tests.api.test_problems import problem
from tests.factories.keys import make_key

WEEK = "/api/v1/desk/weeks/jl2026"
HERE = f"{WEEK}/rules"
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


def _clash(client: FlaskClient, key: Headers) -> dict[str, Any]:
    """Move one session onto another and return the problem that this makes."""
    week = find_newest_week()
    assert week
    planned = [p for p in list_planned(week.id) if p.placement and not p.session.permit_required]
    own, other = planned[10], next(p for p in planned[11:] if p.room is not planned[10].room)
    assert other.placement
    body = {"start": other.placement.start.isoformat(), "room": other.placement.room.code}
    where = f"{WEEK}/sessions/{own.session.code}/placement"
    assert client.put(where, json=body, headers=key | {"If-Match": "*"}).status_code == 200
    told = client.get(f"{WEEK}/sessions/{own.session.code}/problems", headers=key).json
    assert told
    found: dict[str, Any] = next(one for one in told["items"] if one["rule"] == "room_overlap")
    assert found["level"] == "block_release" and found["override"] is None
    return found


@pytest.mark.database
def test_a_problem_passes_once_with_a_reason_and_is_taken_back(demo_client: FlaskClient, key: Headers) -> None:
    found, where = _clash(demo_client, key), f"{WEEK}/overrides"
    body, once = {"problem": found["id"], "reason": "两家共用一个大厅"}, key | {"Idempotency-Key": "1"}
    made = demo_client.post(where, json=body, headers=once)
    assert made.status_code == 201 and made.json and made.json["counts"] is True, made.text
    assert [one["session"] for one in made.json["sessions"]] == found["sessions"]
    again = demo_client.post(where, json=body, headers=once)
    assert again.json and again.json["id"] == made.json["id"]
    listed = demo_client.get(where, headers=key).json
    assert listed and [one["id"] for one in listed["items"]] == [made.json["id"]]
    one = f"{where}/{made.json['id']}"
    problems = demo_client.get(f"{WEEK}/problems", headers=key).json
    assert problems and any((p["override"] or {}).get("id") == made.json["id"] for p in problems["items"])
    assert demo_client.delete(one, headers=key | {"If-Match": '"7-00000000"'}).status_code == 412
    assert demo_client.delete(one, headers=key | {"If-Match": made.headers["ETag"]}).status_code == 204
    problem(demo_client.delete(one, headers=key | {"If-Match": "*"}), 404, "override.not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "两家共用一个大厅"}, 404, "finding.not_found"),
        ({"problem": "0" * 24, "reason": "两家共用一个大厅"}, 404, "finding.not_found"),
        ({"problem": "0" * 24, "reason": "短"}, 422, "input.invalid"),
        ({"problem": 7, "reason": "两家共用一个大厅"}, 422, "input.invalid"),
        ({"problem": "0" * 24, "because": "x"}, 422, "input.invalid"),
    ],
)
def test_what_cannot_pass_is_said(
    demo_client: FlaskClient, key: Headers, body: dict[str, Any], status: int, code: str
) -> None:
    problem(demo_client.post(f"{WEEK}/overrides", json=body, headers=key | {"Idempotency-Key": "1"}), status, code)


@pytest.mark.database
def test_sessions_are_pinned_one_by_one_and_by_day_and_track(demo_client: FlaskClient, key: Headers) -> None:
    def send(name: str, **body: Any) -> Any:
        return demo_client.post(f"{WEEK}/pins", json=body, headers=key | {"Idempotency-Key": name})

    send("free", time=False, room=False)
    week = find_newest_week()
    assert week
    code = next(p.session.code for p in list_planned(week.id) if p.placement)
    where = f"{WEEK}/sessions/{code}"
    seen = demo_client.get(f"{where}/placement", headers=key)
    done = demo_client.put(f"{where}/pins", json={"time": True}, headers=key | {"If-Match": seen.headers["ETag"]})
    assert done.json and (done.json["pin_time"], done.json["pin_room"]) == (True, False)
    stale = demo_client.put(f"{where}/pins", json={"time": False}, headers=key | {"If-Match": seen.headers["ETag"]})
    assert stale.status_code == 412
    assert send("one", sessions=[code], room=True).json == {"changed": 1}
    day = send("day", day="2026-10-16", time=True)
    assert day.json["changed"] > 5 and send("day", day="2026-10-16", time=True).json == day.json
    for wrong in (
        {"sessions": ["nix"]},
        {"sessions": "nix"},
        {"day": "tomorrow"},
        {"track": "nix"},
        {"time": "yes"},
        {"what": 1},
    ):
        problem(send(str(wrong), **wrong), 422, "input.invalid")
