"""Invitations by program: made once, told once, opened and used over the public API."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.world import offering_of

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
PUBLIC = "/api/v1/weeks/jl2026"
UNTIL = {"expires_at": "2026-10-14T09:30"}


def test_made_listed_used_and_ended(demo_app: Flask, demo_client: FlaskClient) -> None:
    offering, (_key, key) = offering_of("rs-ei-1").code, make_key("jl2026")
    here = f"/api/v1/desk/weeks/jl2026/offerings/{offering}/invitations"
    body = UNTIL | {"name": "王敏", "contact": "wang@example.org", "locked": True, "send": True, "uses": 2}
    once = key | {"Idempotency-Key": "wang"}
    first, again = (demo_client.post(here, json=body, headers=once) for _n in range(2))
    assert first.status_code == again.status_code == 201 and first.json and again.json
    secret = first.json["invitation"]
    assert first.json["address"].endswith(f"/w/jl2026/i/{secret}") and "invitation" not in again.json
    assert first.json["id"] == again.json["id"] and first.json["mailed"] and first.json["locked"]
    opened = demo_client.post(f"{PUBLIC}/invitations/opening", json={"invitation": secret.lower()})
    assert opened.json and opened.json["offering"]["code"] == offering and opened.json["sessions"][0]["venue"]["name"]
    person = {"name": "王敏", "email": "wang@example.org", "consent": True}
    items = [{"offering": offering, "invitation": secret}]
    sent = {"Idempotency-Key": "k"}
    wrong = demo_client.post(
        f"{PUBLIC}/registrations", json=person | {"items": [items[0] | {"invitation": "0" * 16}]}, headers=sent
    )
    problem(wrong, 422, "invite.unknown")
    done = demo_client.post(f"{PUBLIC}/registrations", json=person | {"items": items}, headers=sent)
    assert done.status_code == 201
    listed = demo_client.get(here, headers=key).json
    assert listed and listed["total"] == 1 and listed["items"][0]["used"] == 1 and secret not in str(listed)
    one = demo_client.get(f"{here}/{first.json['id']}", headers=key)
    gone = demo_client.delete(f"{here}/{first.json['id']}", headers=key | {"If-Match": one.headers["ETag"]})
    assert gone.status_code == 204
    problem(demo_client.post(f"{PUBLIC}/invitations/opening", json={"invitation": secret}), 422, "invite.revoked")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "expires_at"),
        (UNTIL | {"uses": 0}, "uses"),
        (UNTIL | {"contact": "1"}, "contact"),
        (UNTIL | {"contact": "a@\0"}, "contact"),
        (UNTIL | {"seats_of": "room"}, "seats_of"),
        (UNTIL | {"locked": True}, "guests"),
        (UNTIL | {"language": "fr"}, "language"),
        ({"expires_at": "2026-01-01T09:00"}, "expires_at"),
        (UNTIL | {"what": 1}, "what"),
    ],
)
def test_bad_input(demo_app: Flask, demo_client: FlaskClient, body: dict[str, object], field: str) -> None:
    here = f"/api/v1/desk/weeks/jl2026/offerings/{offering_of('rs-ei-1').code}/invitations"
    _key, key = make_key("jl2026")
    answer = demo_client.post(here, json=body, headers=key | {"Idempotency-Key": "x"})
    refused = problem(answer, 422, "input.invalid").json
    assert refused and [error["field"] for error in refused["errors"]] == [field]
