"""Answers recorded for people and people spread over repeats, by program: as meant, and every way that is not."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.world import book, counters, offering_of, phone, state_of
from tests.replanning.world import asked, broken, move, put_out, told

pytestmark = pytest.mark.usefixtures("before_the_week")
HERE = "/api/v1/desk/weeks/jl2026"
Headers = dict[str, str]


@pytest.fixture
def key(demo_app: Flask) -> Headers:
    """Give the headers of the committee's program."""
    return make_key("jl2026")[1]


def moved(people: int) -> list[str]:
    """Register people for a session and publish that it moves; return their registrations."""
    code = offering_of("rs-ei-1").code
    found = [book(code, phone=phone(n))[0].registration for n in range(people)]
    put_out(move("rs-ei-1", minutes=30))
    return found


def rows(client: FlaskClient, key: Headers, query: str = "") -> dict[str, Any]:
    """Return what is listed, by registration."""
    listed = client.get(f"{HERE}/affected{query}", headers=key).json
    assert listed
    return {row["registration"]: row for row in listed["items"]}


def put(client: FlaskClient, key: Headers, row: dict[str, Any], tag: str = "", **body: object) -> Any:
    """Record an answer for the version that is read now, or for `tag`."""
    seen = tag or client.get(f"{HERE}/affected/{row['id']}", headers=key).headers.get("ETag", '"v1"')
    return client.put(f"{HERE}/affected/{row['id']}/choice", json=body, headers=key | {"If-Match": seen})


def test_answers_are_recorded(demo_client: FlaskClient, key: Headers) -> None:
    keeps, drops, swaps = moved(3)
    found, target = rows(demo_client, key), offering_of("rs-ei-2").code
    assert {row["choice"] for row in found.values()} == {"open"} and found[keeps]["changes"][0]["before"]
    for _twice in range(2):
        done = put(demo_client, key, found[keeps], choice="kept")
        assert done.status_code == 200, done.text
        assert done.json["choice"] == "kept" and done.headers["ETag"]
    assert put(demo_client, key, found[drops], choice="cancelled").json["state"] == "cancelled"
    assert put(demo_client, key, found[swaps], choice="changed", offering=target).json["target"] == target
    assert sorted(rows(demo_client, key, "?choice=kept")) == [keeps]
    assert (state_of(drops), counters(target), broken()) == ("cancelled", (1, 0), [])


def test_answers_that_cannot_be(demo_client: FlaskClient, key: Headers) -> None:
    [own] = moved(1)
    row = rows(demo_client, key)[own]
    for body, field in [
        ({}, "choice"),
        ({"choice": "open"}, "choice"),
        ({"choice": 1}, "choice"),
        ({"choice": "changed"}, "offering"),
        ({"choice": "changed", "offering": 7}, "offering"),
        ({"choice": "kept", "why": "x"}, "why"),
    ]:
        refused = problem(put(demo_client, key, row, **body), 422, "input.invalid").json
        assert refused and [error["field"] for error in refused["errors"]] == [field]
    problem(put(demo_client, key, row, choice="changed", offering="nothing"), 404, "offering.not_found")
    problem(put(demo_client, key, row, '"v9"', choice="kept"), 412, "version.stale")
    bare = demo_client.put(f"{HERE}/affected/{row['id']}/choice", json={"choice": "kept"}, headers=key)
    problem(bare, 428, "precondition.missing")
    problem(put(demo_client, key, {"id": "nothing"}, choice="kept"), 404, "affected.not_found")
    problem(put(demo_client, make_key("jl2026", "reader")[1], row, choice="kept"), 403, "permission.denied")
    for query in ("release=x", "release=-1", "choice=maybe", "clashing=no"):
        problem(demo_client.get(f"{HERE}/affected?{query}", headers=key), 422, "input.invalid")
    assert asked(own).choice == "open" and state_of(own) == "confirmed"
    put(demo_client, key, row, choice="cancelled")
    late = put(demo_client, key, row, choice="kept")
    assert 400 <= late.status_code < 500 and state_of(own) == "cancelled" and broken() == []


def test_people_are_spread_once_and_only_looked_at_with_dry_run(demo_client: FlaskClient, key: Headers) -> None:
    code, target = offering_of("rs-ei-1").code, offering_of("rs-ei-2").code
    people = [book(code, phone=phone(n), email=f"p{n}@example.org")[0].registration for n in range(4)]
    body: dict[str, Any] = {"offering": code, "targets": [target]}

    def post(once: str, **more: object) -> Any:
        return demo_client.post(f"{HERE}/spreads", json=body | more, headers=key | {"Idempotency-Key": once})

    looked = post("look", dry_run=True).json
    assert (looked["stay"], [move["registration"] for move in looked["moves"]]) == (2, people[2:])
    assert counters(target) == (0, 0) and told("changed") == []
    for _again in range(2):
        done = post("do")
        assert (done.status_code, done.json["moves"]) == (200, looked["moves"])
    assert counters(code) == counters(target) == (2, 0) and len(told("changed")) == 2 and broken() == []


def test_spreads_that_cannot_be(demo_client: FlaskClient, key: Headers) -> None:
    code, target, other = (offering_of(one).code for one in ("rs-ei-1", "rs-ei-2", "ex-main-1"))
    book(code, phone=phone(1)), book(code, phone=phone(2))
    whole: dict[str, Any] = {"offering": code, "targets": [target]}
    problem(demo_client.post(f"{HERE}/spreads", json=whole, headers=key), 400, "idempotency.key")
    for number, (change, field) in enumerate(
        [
            ({"targets": []}, "targets"),
            ({"targets": [code]}, "targets"),
            ({"targets": [other]}, "targets"),
            ({"targets": [target, "nothing"]}, "targets"),
            ({"targets": target}, "targets"),
            ({"targets": [7]}, "targets"),
            ({"offering": None}, "offering"),
            ({"dry_run": "yes"}, "dry_run"),
            ({"why": "x"}, "why"),
        ]
    ):
        once = key | {"Idempotency-Key": f"wrong-{number}"}
        refused = problem(demo_client.post(f"{HERE}/spreads", json=whole | change, headers=once), 422, "input.invalid")
        assert refused.json and [error["field"] for error in refused.json["errors"]] == [field]
    for change, headers, status, code_ in (
        ({"offering": "nothing"}, key, 404, "offering.not_found"),
        ({}, make_key("jl2026", "reader")[1], 403, "permission.denied"),
    ):
        answer = demo_client.post(f"{HERE}/spreads", json=whole | change, headers=headers | {"Idempotency-Key": code_})
        problem(answer, status, code_)
    assert counters(target) == (0, 0) and told("changed") == [] and broken() == []
