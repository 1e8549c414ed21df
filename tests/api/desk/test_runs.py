"""The planner over the API: a week as its problem, a run that is started once, stopped, and what came of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.planner.check import find_faults
from eventweek.planner.problem import decode
from eventweek.scheduling.actions import place_session, release_schedule
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_room, make_session, make_venue, make_week

WEEK = "/api/v1/desk/weeks/spring"
RUNS = f"{WEEK}/planner-runs"
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 3, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def key(app: Flask) -> Headers:
    """Give a key of the committee in a small week: two sessions, one of them in a room that closes that day."""
    week, venue = make_week(), make_venue()
    shut = make_room(venue, name_zh="检修厅", closures=[{"day": "2027-04-12"}])
    make_room(venue, name_zh="二号厅")
    stays, moves = make_session(week, "甲"), make_session(week, "乙")
    make_session(week, "万人大会", expected=9000)
    place_session(stays.code, "2027-04-13T09:00", shut.code, version=None, actor=SYSTEM, override="测试")
    place_session(moves.code, "2027-04-12T09:00", shut.code, version=None, actor=SYSTEM, override="测试")
    release_schedule(week.id, actor=SYSTEM, note="")
    worker.work_off()
    return make_key("spring")[1]


def start(client: FlaskClient, key: Headers, once: str = "a", **more: Any) -> Any:
    return client.post(RUNS, json={"mode": "repair", "seconds": 1, **more}, headers=key | {"Idempotency-Key": once})


def test_the_week_is_a_problem(client: FlaskClient, key: Headers) -> None:
    answer = client.get(f"{WEEK}/planner-problem?mode=fill", headers=key)
    own = decode(answer.data)
    assert (own.mode, len(own.sessions), find_faults(own)) == ("fill", 3, [])
    assert answer.headers["Cache-Control"] == "no-store"
    problem(client.get(f"{WEEK}/planner-problem?mode=magic", headers=key), 422, "input.invalid")


def test_a_run_from_its_start_to_its_scenario(client: FlaskClient, key: Headers) -> None:
    made = start(client, key)
    assert made.status_code == 201 and made.json["state"] == "waiting" and made.json["result"] is None
    assert start(client, key).json["id"] == made.json["id"]
    problem(start(client, key, "b"), 409, "planner.busy")
    worker.work_off()
    own = client.get(f"{RUNS}/{made.json['id']}", headers=key).json
    assert own and (own["state"], own["version"], own["failure"]) == ("done", 4, None)
    figures = own["figures"]
    assert (figures["hard"], figures["placed"], figures["total"], figures["moved"]) == (0, 2, 3, 1)
    result = own["result"]
    assert {level: sum(r["cost"] for r in result["rules"] if r["level"] == level) for level in ("medium", "soft")} == {
        level: figures[level] for level in ("medium", "soft")
    }
    [move] = result["moves"]
    assert move["room"] or move["start"]["before"] == "2027-04-12T01:00:00Z"
    assert [len(result[name]) for name in ("unplaced", "findings", "culprits")] == [1, 1, 1]
    assert result["culprits"][0]["cure"]["zh"] and result["unplaced"][0]["reasons"][0]["en"]
    scenario = client.get(f"{WEEK}/scenarios/{own['scenario']}", headers=key).json
    assert scenario and scenario["name"] == own["name"] and scenario["placed"] == 2
    solution = client.get(f"{RUNS}/{own['id']}/solution", headers=key)
    assert json.loads(solution.data)["score"]["medium"] == figures["medium"]
    assert json.loads(client.get(f"{RUNS}/{own['id']}/problem", headers=key).data)["mode"] == "repair"
    assert [one["id"] for one in client.get(RUNS, headers=key).json["items"]] == [own["id"]]  # type: ignore[index]


def test_a_run_is_stopped_by_who_has_seen_it(client: FlaskClient, key: Headers) -> None:
    made = start(client, key)
    where = f"{RUNS}/{made.json['id']}/stop"
    problem(client.put(where, headers=key), 428, "precondition.missing")
    problem(client.put(where, headers=key | {"If-Match": '"9-00000000"'}), 412, "version.stale")
    stopped = client.put(where, headers=key | {"If-Match": made.headers["ETag"]})
    assert stopped.status_code == 200 and stopped.json and stopped.json["state"] == "stopped"
    problem(client.get(f"{RUNS}/{made.json['id']}/solution", headers=key), 404, "planner.no_file")


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "magic", "seconds": 1},
        {"mode": "full"},
        {"mode": "full", "seconds": "1"},
        {"mode": "full", "seconds": 100_000},
        {"mode": "full", "seconds": 1, "seed": True},
        {"mode": "full", "seconds": 1, "colour": "red"},
        {"mode": 3, "seconds": 1},
    ],
)
def test_what_cannot_be_meant_is_said(client: FlaskClient, key: Headers, body: dict[str, Any]) -> None:
    answer = client.post(RUNS, json=body, headers=key | {"Idempotency-Key": "x"})
    assert answer.status_code == 422
    assert client.get(RUNS, headers=key).json == {"items": []}


def test_who_only_reads_sees_runs_and_starts_none(client: FlaskClient, key: Headers) -> None:
    made = start(client, key)
    reader = make_key("spring", role="reader")[1]
    assert client.get(f"{RUNS}/{made.json['id']}", headers=reader).status_code == 200
    assert client.get(f"{WEEK}/planner-problem", headers=reader).status_code == 403
    assert client.get(f"{RUNS}/{made.json['id']}/problem", headers=reader).status_code == 403
    assert start(client, reader, "r").status_code == 403
    problem(client.get(f"{RUNS}/nothing", headers=key), 404, "planner.not_found")
