"""The editor's data, cells, verdicts and places over the API: complete, in few statements, rubbish named."""

from typing import Any

import pytest
from flask import Flask

from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.world import week
from tests.replanning.world import session_of

WEEK = "/api/v1/desk/weeks/jl2026"
Headers = dict[str, str]


@pytest.fixture
def key(demo_app: Flask, before_the_week: None) -> Headers:
    """Give a key of the committee in the demo week, before it begins."""
    return make_key("jl2026")[1]


def test_the_whole_plan_is_told_in_few_statements(demo_app: Flask, key: Headers, statements: Any) -> None:
    client = demo_app.test_client()
    body = client.get(f"{WEEK}/timetable", headers=key).get_json()
    placed = [one for one in body["sessions"] if one["placement"]]
    assert len(placed) > 100 and body["problems"] is None
    rooms = {room["id"] for room in body["rooms"]}
    assert {one["placement"]["room"] for one in placed} <= rooms
    assert all(one["placement"]["version"] >= 1 for one in placed)
    with statements() as seen:
        again = client.get(f"{WEEK}/timetable?problems=true", headers=key).get_json()
    assert again["sessions"] == body["sessions"] and again["problems"] == [] and len(seen) <= 10


def test_cells_verdict_and_places_agree(demo_app: Flask, key: Headers) -> None:
    client, path = demo_app.test_client(), f"{WEEK}/sessions/{session_of('fo-02').code}"
    places = client.get(f"{path}/places", headers=key).get_json()["items"]
    assert len(places) == 5 and not any(one["forbidden"] for one in places)
    first = places[0]
    verdict = client.get(f"{path}/verdict", query_string={"start": first["start"], "room": first["room"]}, headers=key)
    assert verdict.get_json() == first
    cells = client.get(f"{path}/cells?day=2026-10-16", headers=key).get_json()
    assert {len(signs) for signs in cells["rooms"].values()} == {len(cells["starts"])}


def test_rubbish_is_named(demo_app: Flask, key: Headers) -> None:
    client, path = demo_app.test_client(), f"{WEEK}/sessions/{session_of('fo-02').code}"
    assert week().code == "jl2026"
    for rest, status, code in (
        (f"{path}/cells?day=tomorrow", 422, "input.invalid"),
        (f"{path}/verdict?start=2026-10-16T01:00:00Z&room=nothere", 422, "input.invalid"),
        (f"{path}/verdict?room=x", 422, "input.invalid"),
        (f"{path}/verdict?start=2026-10-16&room=x", 422, "input.invalid"),
        (f"{path}/places?most=9", 422, "input.invalid"),
        (f"{WEEK}/timetable?problems=perhaps", 422, "input.invalid"),
        (f"{WEEK}/sessions/nothere/cells?day=2026-10-16", 404, "subject.not_found"),
        (f"{WEEK}/sessions/nothere/places", 404, "subject.not_found"),
    ):
        answer = client.get(rest, headers=key)
        problem(answer, status, code)
    assert client.get(f"{WEEK}/timetable").status_code == 401
