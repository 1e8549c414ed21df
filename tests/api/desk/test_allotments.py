"""Allotments over the desk's API, and the unit's group over the public one."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.shapes import complaints
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, held, offering_of, phone, resize, state_of

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
HERE = "/api/v1/desk/weeks/jl2026"
BODY = {"seats_of": "public", "seats": 3, "owner": "示例光电", "reason": "支持单位", "expires_at": "2026-10-12T18:00"}


def test_seats_are_allotted_filled_changed_and_released(demo_app: Flask, demo_client: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3)
    key = make_key("jl2026")[1]
    where, stands = f"{HERE}/offerings/{code}/holds", key | {"If-Match": "*"}
    once = key | {"Idempotency-Key": "1"}
    made = demo_client.post(where, json=BODY | {"unit": True, "contact": "unit@example.org"}, headers=once)
    assert made.status_code == 201 and made.json and held(code) == 3
    again = demo_client.post(where, json=BODY | {"unit": True, "contact": "unit@example.org"}, headers=once).json
    assert again == {name: value for name, value in made.json.items() if name not in ("invitation", "address")}
    assert made.json["address"].endswith(f"/w/jl2026/i/{made.json['invitation']}")
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/DeskHold"}, made.json) == []
    own = f"{where}/{made.json['id']}"
    unit: dict[str, Any] = {"unit": "示例光电", "leader": "王敏", "email": "wang@example.org", "consent": True}
    unit |= {"offering": code, "invitation": made.json["invitation"]}
    people = [{"name": f"示例{'甲乙丙丁'[n]}", "phone": phone(n)} for n in range(4)]
    groups, sent = "/api/v1/weeks/jl2026/groups", {"Idempotency-Key": "g"}
    four = problem(demo_client.post(groups, json=unit | {"people": people}, headers=sent), 422, "input.invalid")
    assert four.json and [(e["field"], e["code"]) for e in four.json["errors"]] == [("people.3", "allotment.too_few")]
    two = demo_client.post(groups, json=unit | {"people": people[:2]}, headers=sent)
    assert two.status_code == 201 and two.json and two.json["cut_off"] == "2026-10-12T10:00:00Z"
    shown = demo_client.get(own, headers=key)
    assert shown.json and (shown.json["seats"], shown.json["left"], shown.json["unit"]) == (3, 1, True)
    late = book(code, phone=phone(90))[0].registration
    assert state_of(late) == "waitlisted"
    seen = key | {"If-Match": shown.headers["ETag"]}
    fewer = demo_client.patch(own, json={"seats": 2, "owner": "改名"}, headers=seen)
    assert fewer.json and (fewer.json["seats"], fewer.json["left"], fewer.json["owner"]) == (2, 0, "改名")
    assert state_of(late) == "confirmed" and counters(code) == (3, 0)
    for call in (demo_client.patch, demo_client.delete):
        problem(call(own, json={"seats": 2}, headers=seen), 412, "version.stale")
    problem(demo_client.put(f"{own}/link", json={}, headers=seen), 412, "version.stale")
    fresh = demo_client.put(f"{own}/link", json={"language": "en"}, headers=stands).json
    assert fresh and fresh["invitation"] != made.json["invitation"] and "/en/w/" in fresh["address"]
    problem(
        demo_client.post(groups, json=unit | {"people": people[2:3]}, headers={"Idempotency-Key": "h"}),
        422,
        "allotment.ended",
    )
    assert demo_client.delete(own, headers=stands).status_code == 204 and broken() == []


def test_bad_input_is_answered(demo_app: Flask, demo_client: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    key = make_key("jl2026")[1]
    where, stands = f"{HERE}/offerings/{code}/holds", key | {"If-Match": "*"}
    for number, (wrong, field) in enumerate(
        [
            ({"contact": "no contact"}, "contact"),
            ({"unit": "yes"}, "unit"),
            ({"seats_of": "room"}, "seats_of"),
            ({"expires_at": "2026-12-12T18:00"}, "expires_at"),
            ({"expires_at": "2020-12-12T18:00"}, "expires_at"),
            ({"owner": ""}, "owner"),
            ({"language": "fr"}, "language"),
            ({"link": "x"}, "link"),
        ]
    ):
        body = BODY | {"unit": True} | wrong
        answer = demo_client.post(where, json=body, headers=key | {"Idempotency-Key": f"k{number}"})
        found = problem(answer, 422, "input.invalid").json
        assert found and [one["field"] for one in found["errors"]] == [field], wrong
    assert held(code) == 0
    plain = demo_client.post(where, json=BODY, headers=key | {"Idempotency-Key": "plain"}).json
    assert plain and "invitation" not in plain and plain["unit"] is False
    own = f"{where}/{plain['id']}"
    problem(demo_client.put(f"{own}/link", json={}, headers=stands), 422, "allotment.none")
    for edit, found_at in (({"seats": 0}, "seats"), ({"seats": "x"}, "seats"), ({"unit": True}, "unit")):
        told = problem(demo_client.patch(own, json=edit, headers=stands), 422, "input.invalid").json
        assert told and [one["field"] for one in told["errors"]] == [found_at]
    problem(demo_client.patch(own, json={"seats": 2}, headers=key), 428, "precondition.missing")
    problem(demo_client.patch(f"{where}/none", json={"seats": 2}, headers=stands), 404, "hold.not_found")
    body = {"offering": code, "invitation": "0" * 16, "unit": "示例", "people": [{"name": "示例甲"}]}
    refused = demo_client.post("/api/v1/weeks/jl2026/groups", json=body, headers={"Idempotency-Key": "x"})
    problem(refused, 422, "invite.unknown")
