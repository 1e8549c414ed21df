"""Offerings over the desk's API."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.queries import find_week
from eventweek.registration.actions.offerings import close_offering, open_offerings
from eventweek.registration.queries.desk import list_week_offerings
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_session

HERE = "/api/v1/desk/weeks/jl2026/offerings"


@pytest.mark.database
def test_an_offering_is_changed_closed_and_reopened(demo_app: Flask, demo_client: FlaskClient) -> None:
    week = find_week("jl2026")
    assert week
    open_offerings(week.id, actor=SYSTEM)
    code = list_week_offerings(week.id, actor=SYSTEM)[0].offering.code
    _key, key = make_key("jl2026")
    where = f"{HERE}/{code}"
    read = demo_client.get(where, headers=key)
    assert read.status_code == 200 and read.json
    listed = demo_client.get(HERE, headers=key).json
    assert listed and read.json in listed["items"]
    seen = key | {"If-Match": read.headers["ETag"]}
    for body, field in [
        ({"max_party": None}, "max_party"),
        ({"max_party": 51}, "max_party"),
        ({"overbook": "many"}, "overbook"),
        ({"closed": True}, "closed"),
        ({"opens_at": "2026-10-02T00:00", "closes_at": "2026-10-01T00:00"}, "closes_at"),
    ]:
        refused = problem(demo_client.patch(where, json=body, headers=seen), 422, "input.invalid")
        assert refused.json and [error["field"] for error in refused.json["errors"]] == [field], body
    opening = {"max_party": 3, "opens_at": "2026-09-01T08:00"}
    changed = demo_client.patch(where, json=opening, headers=seen)
    assert changed.json and (changed.json["max_party"], changed.json["opens_at"]) == (3, "2026-09-01T00:00:00Z")
    problem(demo_client.patch(where, json={"max_party": 4}, headers=seen), 412, "version.stale")
    problem(demo_client.put(f"{where}/closure", headers=seen), 412, "version.stale")
    closed = demo_client.put(f"{where}/closure", headers=key | {"If-Match": changed.headers["ETag"]})
    assert closed.json and closed.json["closed"] is True
    opened = demo_client.delete(f"{where}/closure", headers=key | {"If-Match": closed.headers["ETag"]})
    assert opened.json and opened.json["closed"] is False
    _own, reader = make_key("jl2026", "reader")
    problem(demo_client.get(where, headers=reader), 403, "permission.denied")


@pytest.mark.database
def test_an_offering_is_opened_once(demo_app: Flask, demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    week = find_week("jl2026")
    assert week
    old = next(own for own in list_week_offerings(week.id, actor=SYSTEM) if not own.offering.slot_start)
    session = old.sessions[0].code
    body = {
        "sessions": [session],
        "mode": "approval",
        "room_cap": 40,
        "name_zh": "加开",
        "closes_at": "2026-10-01T18:00",
    }
    once = key | {"Idempotency-Key": "1"}
    shared = problem(demo_client.post(HERE, json=body, headers=once), 422, "input.invalid")
    assert shared.json and shared.json["errors"][0]["code"] == "offering.shared"
    close_offering(old.offering.code, actor=SYSTEM)
    made = demo_client.post(HERE, json=body, headers=once)
    assert made.status_code == 201 and made.json and made.json["sessions"] == [session], made.text
    assert (made.json["mode"], made.json["closes_at"]) == ("approval", "2026-10-01T10:00:00Z")
    assert {cls: pool["cap"] for cls, pool in made.json["pools"].items()} == {"room": 40, "public": None}
    assert demo_client.post(HERE, json=body, headers=once).json == made.json
    assert demo_client.get(made.headers["Location"], headers=key).json == made.json


@pytest.mark.database
def test_a_wrong_offering_is_not_opened(demo_app: Flask, demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    week = find_week("jl2026")
    assert week
    old = next(own for own in list_week_offerings(week.id, actor=SYSTEM) if not own.offering.slot_start)
    close_offering(old.offering.code, actor=SYSTEM)
    body = {"sessions": [old.sessions[0].code], "mode": "approval"}
    draft = make_session(week, "还没发布").code
    for n, (wrong, code) in enumerate(
        [
            ({"sessions": []}, "field.required"),
            ({"sessions": ["nix"]}, "session.unknown"),
            ({"sessions": "nix"}, "value.type"),
            ({"sessions": [draft]}, "offering.unpublished"),
            ({"mode": "none"}, "offering.mode_none"),
            ({"mode": "later"}, "choice.unknown"),
            ({"mode": None}, "choice.unknown"),
            ({"room_cap": 0}, "number.range"),
            ({"slot_start": "2026-10-15T09:00"}, "hours.order"),
            ({"taken": 3}, "field.unknown"),
        ]
    ):
        refused = demo_client.post(HERE, json=body | wrong, headers=key | {"Idempotency-Key": str(n)})
        assert refused.status_code == 422 and refused.json, refused.text
        assert code in [error["code"] for error in refused.json["errors"]], (wrong, refused.json)
