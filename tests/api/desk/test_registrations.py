"""Review, holds, classes and moves over the desk's API, and the holder's answers over the public one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.registration.actions import cancel_registration, review_registrations, set_class
from eventweek.registration.enums import Verdict
from eventweek.registration.passes import manage_token_of
from eventweek.registration.queries import find_pass
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.world import approval, book, counters, held, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
HERE = "/api/v1/desk/weeks/jl2026"
Headers = dict[str, str]


def holder(pass_id: int) -> Headers:
    own = find_pass(pass_id)
    assert own
    return {"Authorization": f"Bearer {manage_token_of(own)}"}


def test_applications_are_listed_and_decided_on(demo_app: Flask, demo_client: FlaskClient) -> None:
    code = approval(1)
    first, second = (book(code, phone=phone(n))[0] for n in (1, 2))
    _key, key = make_key("jl2026")
    listed = demo_client.get(f"{HERE}/offerings/{code}/registrations?state=applied", headers=key).json
    assert listed and [row["id"] for row in listed["items"]] == [first.registration, second.registration]
    assert "13900000001" not in str(listed) and listed["items"][0]["name"] == "欧阳娜娜"
    problem(demo_client.get(f"{HERE}/offerings/{code}/registrations?state=x", headers=key), 422, "input.invalid")
    for body, field in [
        ({"registrations": "x", "verdict": "approve"}, "registrations"),
        ({"registrations": [], "verdict": "maybe"}, "verdict"),
        ({"registrations": [first.registration], "verdict": "reject"}, "reason"),
        ({"registrations": [], "verdict": "approve", "why": "x"}, "why"),
    ]:
        refused = problem(
            demo_client.post(f"{HERE}/reviews", json=body, headers=key | {"Idempotency-Key": field}),
            422,
            "input.invalid",
        )
        assert refused.json and refused.json["errors"][0]["field"] == field
    both = {"registrations": [first.registration, second.registration], "verdict": "approve"}
    for _again in range(2):
        done = demo_client.post(f"{HERE}/reviews", json=both, headers=key | {"Idempotency-Key": "both"}).json
        assert done and [row["state"] for row in done["items"]] == ["confirmed", "waitlisted"]
    shown = demo_client.get(f"{HERE}/registrations/{second.registration}", headers=key).json
    assert shown and (shown["position"], shown["why_waiting"]["code"]) == (1, "waiting.first")
    read = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registration.read")).one()
    assert (read.code, read.actor[:4]) == (second.registration, "key:") and "1390000" not in str(read.changes)
    _own, reader = make_key("jl2026", "door")
    problem(demo_client.post(f"{HERE}/reviews", json=both, headers=reader), 403, "permission.denied")


def test_seats_are_held_classed_moved_and_let_in(demo_app: Flask, demo_client: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    _key, key = make_key("jl2026")
    where = f"{HERE}/offerings/{code}"
    body = {"seats_of": "public", "seats": 1, "owner": "市科技局", "reason": "代表团", "expires_at": "2026-10-12T18:00"}
    once, stands = key | {"Idempotency-Key": "1"}, key | {"If-Match": "*"}
    wrong = problem(demo_client.post(f"{where}/holds", json=body | {"seats": 0}, headers=once), 422, "input.invalid")
    assert wrong.json and wrong.json["errors"][0]["field"] == "seats"
    for _again in range(2):
        made = demo_client.post(f"{where}/holds", json=body, headers=once)
        assert made.status_code == 201 and made.json and made.json["expires_at"] == "2026-10-12T10:00:00Z"
    assert held(code) == 1
    assert demo_client.get(f"{where}/holds", headers=key).json == {"items": [made.json]}
    [one], [two] = book(code, phone=phone(1)), book(code, phone=phone(2))
    assert state_of(two.registration) == "waitlisted"
    no_seat = f"{HERE}/registrations/{two.registration}/promotion"
    problem(demo_client.put(no_seat, json={"reason": "同事"}, headers=stands), 422, "seat.none_free")
    own = f"{where}/holds/{made.json['id']}"
    tag = demo_client.get(own, headers=key).headers["ETag"]
    assert demo_client.delete(own, headers=key | {"If-Match": tag}).status_code == 204
    problem(demo_client.delete(own, headers=stands), 404, "hold.not_found")
    assert state_of(two.registration) == "confirmed"
    seen = key | {"If-Match": demo_client.get(where, headers=key).headers["ETag"]}
    media = demo_client.put(f"{where}/classes/media", json={"cap": 2, "rank": 1}, headers=seen).json
    problem(demo_client.put(f"{where}/classes/media", json={"cap": 3}, headers=seen), 412, "version.stale")
    assert media and (media["class"], media["cap"], media["consent"]) == ("media", 2, False)
    to = {"offering": code, "class": "media"}
    moved = demo_client.put(f"{HERE}/registrations/{one.registration}/move", json=to, headers=stands).json
    assert moved and moved["class"] == "media" and counters(code, "media") == (1, 0)
    problem(demo_client.delete(f"{where}/classes/media", headers=stands), 422, "class.in_use")
    problem(
        demo_client.put(f"{HERE}/registrations/{one.registration}/standby", headers=stands),
        422,
        "registration.not_waiting",
    )
    ended = demo_client.put(f"{HERE}/registrations/{one.registration}/cancellation", json={}, headers=stands).json
    assert ended and ended["state"] == "cancelled"


def test_a_holder_accepts_corrects_and_moves(demo_app: Flask, demo_client: FlaskClient) -> None:
    code, other = offering_of("rs-ei-1").code, offering_of("rs-nm-1").code
    resize(code, 1)
    set_class(code, "public", cap=1, consent=True, actor=SYSTEM)
    [first], [mine] = book(code, phone=phone(1)), book(code, phone=phone(2))
    where, own = f"/api/v1/registrations/{mine.registration}", holder(mine.pass_id)
    problem(demo_client.put(f"{where}/acceptance", headers=own), 422, "offer.none")
    cancel_registration(first.registration, actor=SYSTEM)
    offered = demo_client.get(where, headers=own).json
    assert offered and offered["state"] == "offered" and offered["offer_until"] and offered["can_cancel"]
    problem(demo_client.put(f"{where}/acceptance", headers=holder(first.pass_id)), 404, "registration.not_found")
    for _again in range(2):
        taken = demo_client.put(f"{where}/acceptance", headers=own).json
        assert taken and taken["state"] == "confirmed"
    moved = demo_client.put(f"{where}/offering", json={"offering": other}, headers=own).json
    assert moved and moved["offering"] == other and counters(code) == (0, 0)
    problem(
        demo_client.put(f"{where}/resubmission", json={"remark": ""}, headers=own), 422, "registration.not_returned"
    )
    [asks] = book(approval(2), pass_id=mine.pass_id)
    review_registrations(week().id, [asks.registration], Verdict.RETURN, reason="写明单位", actor=SYSTEM)
    again = f"/api/v1/registrations/{asks.registration}"
    returned = demo_client.get(again, headers=own).json
    assert returned and (returned["state"], returned["answer"]) == ("returned", "写明单位")
    sent = demo_client.put(f"{again}/resubmission", json={"seats": 2, "remark": "示例大学"}, headers=own).json
    assert sent and (sent["state"], sent["seats"]) == ("applied", 2)
