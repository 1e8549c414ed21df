"""Holidays, travel times and gates over the desk's API: what may not be there yet, and what two change at once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import create_gate
from eventweek.kernel.db import Bilingual
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_venue, make_week

DESK = "/api/v1/desk"
Headers = dict[str, str]
ABSENT = {"If-None-Match": "*"}


@pytest.fixture
def key(app: Flask) -> Headers:
    """Give a key of the committee in a small week."""
    make_week()
    return make_key("spring")[1]


@pytest.mark.database
def test_a_holiday_is_set_changed_and_removed(client: FlaskClient, key: Headers) -> None:
    where, rest = f"{DESK}/holidays/2027-05-01", {"type": "holiday", "name_zh": "劳动节"}
    problem(client.put(where, json=rest, headers=key), 428, "precondition.missing")
    made = client.put(where, json=rest, headers=key | ABSENT)
    assert made.status_code == 200 and made.json and made.json["version"] == 1, made.text
    twice = problem(client.put(where, json=rest | {"name_zh": "五一"}, headers=key | ABSENT), 412, "version.stale")
    assert twice.json and twice.json["fields"] == [{"field": "name_zh", "mine": "五一", "theirs": "劳动节"}]
    seen = key | {"If-Match": made.headers["ETag"]}
    changed = client.put(where, json=rest | {"name_en": "Labour Day"}, headers=seen)
    assert changed.json and changed.json["version"] == 2
    assert client.get(where, headers=key).json == changed.json
    problem(client.delete(where, headers=seen), 412, "version.stale")
    assert client.delete(where, headers=key | {"If-Match": changed.headers["ETag"]}).status_code == 204
    problem(client.get(where, headers=key), 404, "subject.not_found")
    problem(client.get(f"{DESK}/holidays/9999-99-99", headers=key), 404, "subject.not_found")
    problem(client.put(f"{DESK}/holidays/nix", json=rest, headers=key | ABSENT), 422, "input.invalid")


@pytest.mark.database
def test_travel_times_are_changed_by_who_has_seen_them(client: FlaskClient, key: Headers) -> None:
    where = f"{DESK}/travel-times/220200/220100"
    read = client.get(where, headers=key)
    assert read.json and read.json["minutes"] == 60
    problem(client.put(where, json={"minutes": 70}, headers=key | ABSENT), 412, "version.stale")
    changed = client.put(where, json={"minutes": 70}, headers=key | {"If-Match": read.headers["ETag"]})
    assert changed.json and changed.json["minutes"] == 70
    problem(
        client.put(where, json={"minutes": 80}, headers=key | {"If-Match": read.headers["ETag"]}), 412, "version.stale"
    )
    problem(client.put(where, json={"minutes": "many"}, headers=key | {"If-Match": "*"}), 422, "input.invalid")
    listed = client.get(f"{DESK}/travel-times", headers=key).json
    assert listed and listed["items"] == [changed.json]


@pytest.mark.database
def test_a_gate_is_stopped_and_goes_on(client: FlaskClient, key: Headers) -> None:
    made = create_gate(1, make_venue().code, Bilingual("正门", "Main"), actor=SYSTEM)
    where = f"{DESK}/weeks/spring/gates/{made.code}"
    read = client.get(where, headers=key)
    stopped = client.put(f"{where}/stop", headers=key | {"If-Match": read.headers["ETag"]})
    assert stopped.json and stopped.json["stopped"] is True
    problem(client.delete(f"{where}/stop", headers=key | {"If-Match": read.headers["ETag"]}), 412, "version.stale")
    open_ = client.delete(f"{where}/stop", headers=key | {"If-Match": stopped.headers["ETag"]})
    assert open_.json and open_.json["stopped"] is False
    listed = client.get(f"{DESK}/weeks/spring/gates", headers=key).json
    assert listed and [row["id"] for row in listed["items"]] == [made.code]
    devices = client.get(f"{DESK}/weeks/spring/devices", headers=key).json
    assert devices == {"items": []}


@pytest.mark.database
def test_a_gate_is_made_once_and_changed(client: FlaskClient, key: Headers) -> None:
    venue, path = make_venue().code, f"{DESK}/weeks/spring/gates"
    body, once = {"venue": venue, "name_zh": "东门"}, key | {"Idempotency-Key": "1"}
    made = client.post(path, json=body, headers=once)
    assert made.status_code == 201 and made.json, made.text
    assert (made.json["venue"], made.json["name_zh"], made.json["opens_before_min"]) == (venue, "东门", 60)
    assert client.post(path, json=body, headers=once).json == made.json
    again = problem(client.post(path, json=body, headers=key | {"Idempotency-Key": "2"}), 422, "input.invalid")
    assert again.json and again.json["errors"][0]["code"] == "gate.taken"
    where, seen = made.headers["Location"], key | {"If-Match": made.headers["ETag"]}
    changed = client.patch(where, json={"name_en": "East", "opens_before_min": 90, "unknown": "no"}, headers=seen)
    assert changed.json and (changed.json["name_en"], changed.json["opens_before_min"]) == ("East", 90), changed.text
    stale = problem(client.patch(where, json={"name_en": "E"}, headers=seen), 412, "version.stale")
    assert stale.json and stale.json["fields"] == [{"field": "name_en", "mine": "E", "theirs": "East"}]
    for wrong, field in [
        ({"opens_before_min": 999}, "opens_before_min"),
        ({"unknown": "perhaps"}, "unknown"),
        ({"name_zh": "", "name_en": ""}, "name_zh"),
        ({"venue": venue}, "venue"),
    ]:
        refused = problem(client.patch(where, json=wrong, headers=key | {"If-Match": "*"}), 422, "input.invalid")
        assert refused.json and refused.json["errors"][0]["field"] == field
    for n, wrong in enumerate([{}, {"venue": "nix", "name_zh": "门"}, {"venue": venue}, {"venue": 3}, body | {"x": 1}]):
        problem(client.post(path, json=wrong, headers=key | {"Idempotency-Key": f"w{n}"}), 422, "input.invalid")
