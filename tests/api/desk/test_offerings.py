"""Offerings over the desk's API."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.programme.queries import find_week
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.queries.desk import list_week_offerings
from tests.api.test_problems import problem
from tests.factories.keys import make_key

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
