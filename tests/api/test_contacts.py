"""Proving contacts, working, finding passes and handing places over by program; no answer tells who is registered."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.registration.actions.offerings import edit_offering
from eventweek.registration.models import Offering
from tests.api.shapes import complaints
from tests.factories.codes import last_code, solved
from tests.registration.world import offering_of

WEEK = "/api/v1/weeks/jl2026"
PERSON = {"name": "王小明", "email": "a@example.org", "consent": True}

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def post(client: FlaskClient, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(path, data=json.dumps(body), headers={"Content-Type": "application/json", **headers})
    return answer.status_code, answer.json or {}


def fitting(client: FlaskClient, shape: str, body: Any) -> bool:
    spec = client.get("/api/v1/openapi.json").json or {}
    return complaints(spec, {"$ref": f"#/components/schemas/{shape}"}, body) == []


def test_a_program_proves_a_contact_registers_finds_the_pass_and_hands_over(demo_app: Flask) -> None:
    client, code = demo_app.test_client(), offering_of("rs-ei-1").code
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"proven_contact": True}, version=own.version, actor=SYSTEM)
    wanted = {**PERSON, "items": [{"offering": code}]}
    status, refused = post(client, f"{WEEK}/registrations", wanted, **{"Idempotency-Key": "1"})
    assert (status, refused["errors"][0]["field"], refused["errors"][0]["code"]) == (422, "proof", "contact.unproven")
    status, asked = post(client, f"{WEEK}/contact-codes", {"email": "A@Example.org", "work": solved()})
    assert status == 202 and fitting(client, "ContactCode", asked)
    status, wrong = post(client, "/api/v1/contact-proofs", {**asked, "code": "x"})
    assert (status, wrong["code"]) == (422, "code.wrong")
    assert post(client, f"{WEEK}/own-passes", asked)[1]["code"] == "code.expired"
    assert post(client, "/api/v1/contact-proofs", {**asked, "code": last_code()}) == (200, asked)
    status, made = post(client, f"{WEEK}/registrations", wanted | asked, **{"Idempotency-Key": "2"})
    assert status == 201 and made["registrations"][0]["state"] == "confirmed"
    status, found = post(client, f"{WEEK}/own-passes", asked)
    assert status == 200 and fitting(client, "OwnPasses", found) and found["items"] == [made["pass"]]
    row, token = made["registrations"][0]["code"], {"Authorization": f"Bearer {made['pass']['manage_token']}"}
    path = f"/api/v1/registrations/{row}/handover"
    assert client.get(f"/api/v1/registrations/{row}", headers=token).json["can_hand_over"] is True  # type: ignore[index]
    assert post(client, path, {"name": "司马相如", "phone": "1"}, **token)[0] == 422
    successor = {"name": "司马相如", "phone": "13900000009", "consent": True}
    assert post(client, path, successor, **token) == (200, {"code": row})
    assert post(client, path, successor, **token)[1]["code"] == "registration.not_found"
    assert post(client, path, successor)[0] == 401


def test_work_is_given_asked_for_and_counted_once(demo_app: Flask) -> None:
    client, code = demo_app.test_client(), offering_of("rs-ei-1").code
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"work_mode": "always"}, version=own.version, actor=SYSTEM)
    challenge = client.get("/api/v1/challenge")
    assert challenge.headers["Cache-Control"] == "no-store" and fitting(client, "Challenge", challenge.json)
    work, told = solved(challenge.json), []
    for number, sent in enumerate(({}, {"work": "x"}, {"work": work}, {"work": work, "email": "b@example.org"})):
        wanted = {**PERSON, "items": [{"offering": code}], **sent}
        status, answer = post(client, f"{WEEK}/registrations", wanted, **{"Idempotency-Key": str(number)})
        told.append(answer["errors"][0]["code"] if status == 422 else status)
    assert told == ["work.missing", "work.wrong", 201, "work.used"]


@pytest.mark.parametrize(
    "body", [{}, {"phone": "1"}, {"email": "@"}, {"phone": "\x00"}, {"work": "x" * 4001}, {"phone": 1}, [], {"x": 1}]
)
def test_rubbish_gets_no_code(demo_app: Flask, body: Any) -> None:
    client = demo_app.test_client()
    assert post(client, f"{WEEK}/contact-codes", body)[0] == 422
    assert post(client, "/api/v1/contact-proofs", body)[0] == 422
    assert post(client, f"{WEEK}/own-passes", body)[0] == 422
