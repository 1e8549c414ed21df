"""Registering by program: once per key, with the pages' refusals, and only one's own is seen and cancelled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.programme.actions.weeks import edit_week
from eventweek.registration.models import Attendee, Registration
from tests.api.shapes import complaints

WEEK = "/api/v1/weeks/jl2026"
PERSON = {"name": "王小明", "phone": "13800138000", "consent": True}


@pytest.fixture(autouse=True)
def _before_the_week() -> Iterator[None]:
    with travel(datetime(2026, 10, 9, 1, tzinfo=UTC)):
        yield


@pytest.fixture
def offering(demo_client: FlaskClient) -> dict[str, Any]:
    """Give an offering that is open and has seats."""
    for session in (demo_client.get(f"{WEEK}/sessions?page_size=200").json or {})["items"]:
        if session["registration"] == "open":
            answer = demo_client.get(f"{WEEK}/sessions/{session['code']}/offerings").json or {}
            for one in answer["items"]:
                if one["why_not"] is None and (one["free"] is None or one["free"] > 5):
                    found: dict[str, Any] = one
                    return found
    raise AssertionError("the demo week has no open offering")


def post(client: FlaskClient, body: Any, key: str | None = "k-1", **headers: str) -> TestResponse:
    """Send a registration."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key is not None else {}), **headers}
    return client.post(f"{WEEK}/registrations", data=data, headers=sent)


def count() -> int:
    """Give the number of registrations and attendees."""
    db.session.rollback()
    rows = select(func.count()).select_from(Registration)
    return (db.session.scalar(rows) or 0) + (db.session.scalar(select(func.count()).select_from(Attendee)) or 0)


@pytest.mark.database
def test_register_see_and_cancel(demo_client: FlaskClient, offering: dict[str, Any]) -> None:
    created = post(demo_client, {**PERSON, "items": [{"offering": offering["code"], "seats": 2}]})
    assert created.status_code == 201 and created.json and created.headers["Cache-Control"] == "no-store"
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/NewlyRegistered"}, created.json) == []
    own, row = created.json["pass"], created.json["registrations"][0]
    assert (row["state"], row["seats"]) == ("confirmed", 2)
    token = {"Authorization": f"Bearer {own['manage_token']}"}
    listed = demo_client.get("/api/v1/registrations", headers=token)
    assert listed.json and [one["code"] for one in listed.json["items"]] == [row["code"]]
    assert complaints(spec, {"$ref": "#/components/schemas/OwnRegistrations"}, listed.json) == []
    for _twice in range(2):
        gone = demo_client.delete(f"/api/v1/registrations/{row['code']}", headers=token)
        assert gone.status_code == 200 and gone.json and gone.json["state"] == "cancelled"
    assert "Set-Cookie" not in created.headers and "Set-Cookie" not in gone.headers


@pytest.mark.database
def test_the_same_key_registers_once(demo_client: FlaskClient, offering: dict[str, Any]) -> None:
    body = {**PERSON, "items": [{"offering": offering["code"]}]}
    first = post(demo_client, body)
    rows = count()
    for _again in range(3):
        assert (post(demo_client, body).json, count()) == (first.json, rows)
    other = post(demo_client, {**body, "name": "另一个人"})
    assert other.status_code == 422 and other.json and other.json["code"] == "idempotency.mismatch"
    for key in (None, "", "x" * 81):
        refused = post(demo_client, body, key)
        assert refused.status_code == 400 and refused.json and refused.json["code"] == "idempotency.key"
    assert count() == rows


@pytest.mark.database
def test_a_holder_adds_by_token_and_nobody_sees_what_is_not_theirs(
    demo_client: FlaskClient, offering: dict[str, Any]
) -> None:
    mine = post(demo_client, {**PERSON, "items": [{"offering": offering["code"]}]}, "a").json or {}
    other = {**PERSON, "phone": "13900139000", "items": [{"offering": offering["code"]}]}
    theirs = post(demo_client, other, "b").json or {}
    token = {"Authorization": f"Bearer {theirs['pass']['manage_token']}"}
    code = mine["registrations"][0]["code"]
    for method in ("get", "delete"):
        answer = getattr(demo_client, method)(f"/api/v1/registrations/{code}", headers=token)
        assert answer.status_code == 404 and answer.json["code"] == "registration.not_found"
    again = post(demo_client, {"consent": True, "items": [{"offering": offering["code"]}]}, "c", **token)
    assert again.status_code == 422 and again.json
    assert [e["code"] for e in again.json["errors"]] == ["registration.already"]
    for wrong in ("", "Basic x", "Bearer", "Bearer " + "0" * 26, f"Bearer {mine['pass']['token']}", "Bearer x\x7f"):
        refused = demo_client.get("/api/v1/registrations", headers={"Authorization": wrong})
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.database
def test_what_one_agrees_to_is_told_with_its_version(demo_client: FlaskClient, offering: dict[str, Any]) -> None:
    answer = demo_client.get(f"{WEEK}/consent")
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert answer.json and complaints(spec, {"$ref": "#/components/schemas/ConsentText"}, answer.json) == []
    assert answer.json["version"] == 1 and "180 天" in answer.json["text"]["zh"]
    edit_week("jl2026", {"consent_en": "Pictures are taken."}, version=None, actor=SYSTEM)
    body = PERSON | {"consent_text": answer.json["id"], "items": [{"offering": offering["code"]}]}
    late = post(demo_client, body, "late")
    assert late.status_code == 422 and late.json
    assert [error["code"] for error in late.json["errors"]] == ["consent.changed"]
    now_read = (demo_client.get(f"{WEEK}/consent").json or {})["id"]
    assert post(demo_client, body | {"consent_text": now_read}, "read").status_code == 201
    missing = demo_client.get("/api/v1/weeks/nix/consent")
    assert missing.status_code == 404 and missing.json and missing.json["code"] == "week.not_found"


def test_one_contact_cannot_be_registered_without_end(demo_client: FlaskClient, offering: dict[str, Any]) -> None:
    body = {**PERSON, "items": [{"offering": offering["code"]}]}
    answers = [post(demo_client, body, f"k-{number}") for number in range(11)]
    last = answers[-1]
    assert answers[0].status_code == 201 and {one.status_code for one in answers[1:10]} == {422}
    assert (last.status_code, last.mimetype) == (429, "application/problem+json") and last.json
    assert last.json["code"] == "limit.reached" and 0 < int(last.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": "", "phone": "12"}, {("name", "name.required"), ("phone", "phone.invalid")}),
        ({"consent": False}, {("consent", "consent.required")}),
        ({"consent": "yes"}, {("consent", "json.type")}),
        ({"items": []}, {("items", "json.length")}),
        ({"items": {}}, {("items", "json.type")}),
        ({"items": [{"offering": "x" * 17}]}, {("items.0.offering", "json.length")}),
        ({"items": [{"offering": "x", "seats": 10**20}]}, {("items.0.seats", "json.range")}),
        ({"items": [{"offering": "x", "seats": 1e30}]}, {("items.0.seats", "json.type")}),
        ({"items": [{"offering": "x", "seats": -1}]}, {("items.0.seats", "json.range")}),
        ({"items": ["x"]}, {("items.0", "json.type")}),
        ({"items": [None]}, {("items.0", "json.required")}),
        ({"name": ["x"]}, {("name", "json.type")}),
        ({"name": "长" * 100_000}, {("name", "json.length")}),
        ({"admin": True}, {("admin", "json.unknown")}),
        ({"locale": "fr"}, {("locale", "json.choice")}),
    ],
)
@pytest.mark.database
def test_what_is_wrong_is_said_at_its_field(
    demo_client: FlaskClient, offering: dict[str, Any], change: dict[str, Any], errors: set[tuple[str, str]]
) -> None:
    before = count()
    answer = post(demo_client, {**PERSON, "items": [{"offering": offering["code"]}], **change})
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json" and answer.json
    assert {(e["field"], e["code"]) for e in answer.json["errors"]} == errors
    assert all(e["detail"] for e in answer.json["errors"]) and count() == before


RUBBISH = {
    "not JSON": (b"{", 400),
    "no body": (b"", 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "nested": (b'{"items":' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    "nested a little": (b'{"items":' + b"[" * 30 + b"]" * 30 + b"}", 400),
    "NaN": (b'{"items":[{"offering":"x","seats":NaN}]}', 400),
    "infinity": (b'{"items":[{"offering":"x","seats":1e999}]}', 400),
    "long number": (b'{"items":[{"offering":"x","seats":' + b"9" * 5000 + b"}]}", 400),
    "surrogate": (b'{"name":"\\ud800","items":[]}', 400),
    "half a character": (b'{"name":"\xe5\xbc"}', 400),
    "UTF-16": ('{"name":"x"}'.encode("utf-16"), 400),
    "NUL": (b'{"name":"a\\u0000b","phone":"13800138000","consent":true,"items":[{"offering":"a\\u0000"}]}', 404),
    "two megabytes": (b'{"name":"' + b"x" * 2_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("name", RUBBISH)
@pytest.mark.database
def test_rubbish_is_a_problem_and_changes_nothing(demo_client: FlaskClient, name: str) -> None:
    body, status = RUBBISH[name]
    before = count()
    answer = post(demo_client, body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert answer.json and answer.json["detail"] and count() == before


def test_only_json_is_read_and_200_megabytes_are_not(demo_client: FlaskClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = post(demo_client, b"{}", **{"Content-Type": kind})
        assert answer.status_code == 415 and answer.json and answer.json["code"] == "request.media_type"
    huge = demo_client.post(
        f"{WEEK}/registrations",
        headers={"Content-Type": "application/json", "Idempotency-Key": "x"},
        environ_overrides={"CONTENT_LENGTH": "200000000"},
        data=b"{",
    )
    assert huge.status_code == 413 and huge.json and huge.json["code"] == "request.too_large"
