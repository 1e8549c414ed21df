"""Scenarios over the API: made once, named, compared, put in the place of the plan that was seen."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.models import Room, Session
from eventweek.scheduling.actions import place_session, release_schedule
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_room, make_session, make_venue, make_week

pytestmark = pytest.mark.database
WEEK = "/api/v1/desk/weeks/spring"
SCENARIOS = f"{WEEK}/scenarios"
Headers = dict[str, str]


@pytest.fixture
def key(app: Flask) -> Headers:
    """Give a key of the committee in a small week with two published sessions in one hall."""
    week, room = make_week(), make_room(make_venue())
    for name, hour in (("甲", "09:00"), ("乙", "13:00")):
        session = make_session(week, name)
        place_session(session.code, f"2027-04-12T{hour}", room.code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    return make_key("spring")[1]


def rows(*hours: str) -> list[dict[str, Any]]:
    """Return places for the sessions in order, in the hall, at these hours of the first day."""
    room = db.session.scalars(select(Room.code)).one()
    codes = db.session.scalars(select(Session.code).order_by(Session.id)).all()
    pinned = {"room": room, "pin_time": True}
    return [{"session": own, "start": f"2027-04-12T{hour}"} | pinned for own, hour in zip(codes, hours, strict=False)]


def make(client: FlaskClient, key: Headers, name: str, once: str, **more: Any) -> Any:
    """Make a scenario."""
    return client.post(SCENARIOS, json={"name": name} | more, headers=key | {"Idempotency-Key": once})


def test_a_scenario_is_made_once_named_and_thrown_away(client: FlaskClient, key: Headers) -> None:
    first = make(client, key, "备用", "a")
    assert first.status_code == 201 and first.json["placed"] == 2 and first.json["differs"] == 0
    assert make(client, key, "备用", "a").json["id"] == first.json["id"]
    taken = make(client, key, "ＢＥＩ", "b")
    assert taken.status_code == 201
    no = problem(make(client, key, "bei", "c"), 422, "input.invalid")
    assert no.json and [e["code"] for e in no.json["errors"]] == ["scenario.name_taken"]
    where = first.headers["Location"]
    assert client.get(where, headers=key | {"If-None-Match": first.headers["ETag"]}).status_code == 304
    named = client.patch(where, json={"name": "甲案"}, headers=key | {"If-Match": first.headers["ETag"]})
    assert named.json and (named.json["name"], named.json["version"]) == ("甲案", 2)
    problem(client.delete(where, headers=key | {"If-Match": first.headers["ETag"]}), 412, "version.stale")
    listed = client.get(SCENARIOS, headers=key).json
    assert listed and [(p["name"], p["working"]) for p in listed["items"]] == [
        ("", True),
        ("ＢＥＩ", False),
        ("甲案", False),
    ]
    assert client.delete(where, headers=key | {"If-Match": named.headers["ETag"]}).status_code == 204
    problem(client.get(where, headers=key), 404, "scenario.not_found")


def test_a_plan_that_is_sent_is_compared_and_promoted(client: FlaskClient, key: Headers) -> None:
    made = make(client, key, "下午", "a", placements=rows("14:00", "15:00"))
    assert made.status_code == 201, made.text
    assert (made.json["placed"], made.json["differs"], made.json["blocking"]) == (2, 2, 1)
    where = made.headers["Location"]
    beside = client.get(f"{where}/comparison", headers=key).json
    assert beside and beside["items"][0]["before"]["start"] == "2027-04-12T01:00:00Z"
    assert [p["code"] for p in beside["problems_after"]] == ["problem.room_overlap"] and not beside["problems_before"]
    seen = client.get(f"{where}/promotion", headers=key)
    assert seen.json and (seen.json["published_moved"], seen.json["published_unplaced"]) == (2, 0)
    assert (seen.json["held"], seen.json["shut"], seen.json["people"]) == ([], [], 0)
    stale = key | {"If-Match": made.headers["ETag"]}
    problem(client.put(f"{where}/promotion", headers=stale), 412, "version.stale")
    done = client.put(f"{where}/promotion", headers=key | {"If-Match": seen.headers["ETag"], "Accept-Language": "en"})
    assert done.json and done.json["working"] and done.json["placements"][0]["pin_time"] is True
    names = [p["name"] for p in client.get(SCENARIOS, headers=key).json["items"]]  # type: ignore[index]
    assert names[0] == "下午" and names[1].startswith("Timetable before ")
    problem(client.put(f"{where}/promotion", headers=key | {"If-Match": "*"}), 422, "scenario.working")


def test_what_is_sent_wrong_is_named_by_its_place(client: FlaskClient, key: Headers) -> None:
    good = rows("14:00", "15:00")
    wrong: list[tuple[Any, str, str]] = [
        ("x", "placements", "json.type"),
        ([good[0], 7], "placements", "json.type"),
        ([good[0] | {"hall": 1}], "placements.0.hall", "json.unknown"),
        ([good[0], good[0]], "placements.1.session", "list.twice"),
        ([good[0], good[1] | {"room": "nowhere"}], "placements.1.room", "reference.unknown"),
        ([good[0] | {"session": ""}], "placements.0.session", "field.required"),
        ([good[0] | {"start": "2027-05-12T14:00"}], "placements.0.start", "day.outside_week"),
        ([good[0] | {"start": None}], "placements.0.start", "field.required"),
        ([good[0] | {"pin_room": "yes"}], "placements.0.pin_room", "value.type"),
    ]
    for number, (sent, field, code) in enumerate(wrong):
        no = problem(make(client, key, "错", str(number), placements=sent), 422, "input.invalid")
        assert no.json and (no.json["errors"][0]["field"], no.json["errors"][0]["code"]) == (field, code), sent
    assert make(client, key, "空", "z", placements=[]).json["placed"] == 0


def test_two_scenarios_are_compared_with_each_other(client: FlaskClient, key: Headers) -> None:
    codes = [
        make(client, key, name, name, placements=rows(*hours)).json["id"]
        for name, hours in (("one", ("14:00",)), ("two", ("14:00", "17:00")))
    ]
    found = client.get(f"{SCENARIOS}/{codes[1]}/comparison?with={codes[0]}", headers=key).json
    assert found and [(m["before"], m["after"]["start"]) for m in found["items"]] == [(None, "2027-04-12T09:00:00Z")]
    problem(client.get(f"{SCENARIOS}/{codes[1]}/comparison?with=nothing", headers=key), 404, "scenario.not_found")
