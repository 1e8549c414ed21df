"""Releases over the API: what they change and say, going back to an older one, and what is refused."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.queries.drafts import find_placement
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of, week
from tests.replanning.world import move, put_out, session_of

pytestmark = pytest.mark.usefixtures("before_the_week")
WEEK = "/api/v1/desk/weeks/jl2026"
Headers = dict[str, str]


@pytest.fixture
def client(demo_client: FlaskClient) -> FlaskClient:
    return demo_client


@pytest.fixture
def key(demo_app: Flask) -> Headers:
    return make_key("jl2026")[1]


def test_what_the_next_release_changes_is_told_with_its_consequences(client: FlaskClient, key: Headers) -> None:
    book(offering_of("rs-ei-1").code)
    code, other = move("rs-ei-1", minutes=30), session_of("rs-ei-2").code
    edit_session(other, {"title_en": "Another"}, version=None, actor=SYSTEM)
    told = client.get(f"{WEEK}/changes", headers=key).json
    assert told and told["last_release"] == 1 and told["registrations"] == 1
    items = {item["session"]: item for item in told["items"]}
    moved, text = items[code], items[other]
    assert (moved["group"], moved["registrations"], moved["waiting"], moved["clashing"]) == ("time", 1, 0, 0)
    assert moved["before"]["start"] < moved["after"]["start"] and moved["before"]["room"] == moved["after"]["room"]
    assert (text["group"], text["fields"], text["registrations"]) == ("texts", ["title"], 0)
    assert told["blocking"] == [] and isinstance(told["warnings"], list)
    messages = client.get(f"{WEEK}/changes/messages", headers=key).json
    assert messages and [one["kind"] for one in messages["items"]][0] == "changed"
    assert messages["items"][0]["people"] == 1 and "→" in messages["items"][0]["body"]["zh"]
    part = client.get(f"{WEEK}/changes/messages?sessions={other}", headers=key).json
    assert part == {"items": []}


def test_a_problem_that_blocks_is_told_and_refuses(client: FlaskClient, key: Headers) -> None:
    own, other = session_of("rs-ei-1"), find_placement(session_of("rs-ei-2").id)
    place = find_placement(own.id)
    assert place and other
    code = own.code
    place_session(code, other.start, other.room.code, version=place.version, actor=SYSTEM)
    seen = client.get(f"{WEEK}/changes", headers=key)
    assert seen.json and code in seen.json["blocking"][0]["sessions"] and seen.json["blocking"][0]["detail"]
    headers = key | {"If-Match": seen.headers["ETag"], "Idempotency-Key": "1"}
    refused = client.post(f"{WEEK}/releases", json={}, headers=headers)
    assert refused.json and (refused.status_code, refused.json["code"]) == (422, "release.blocked")


@pytest.mark.database
def test_an_older_release_is_published_again_once(client: FlaskClient, key: Headers) -> None:
    code = move("rs-ei-1", minutes=30)
    put_out(code)
    seen = client.get(f"{WEEK}/releases/1/restoration", headers=key)
    assert seen.json and [item["session"] for item in seen.json["items"]] == [code]
    assert seen.json["barred"] == [] and seen.json["blocking"] == [] and seen.json["since"] == []
    headers = key | {"If-Match": seen.headers["ETag"], "Idempotency-Key": "1"}
    made = client.post(f"{WEEK}/releases/1/restoration", json={"note": "退回"}, headers=headers)
    assert made.json and (made.status_code, made.json["number"], made.json["note"]) == (201, 3, "退回"), made.text
    assert made.headers["Location"].endswith("/releases/3")
    assert client.post(f"{WEEK}/releases/1/restoration", json={"note": "退回"}, headers=headers).json == made.json
    late = client.post(f"{WEEK}/releases/1/restoration", json={}, headers=headers | {"Idempotency-Key": "2"})
    assert late.json and (late.status_code, late.json["code"]) == (412, "release.overtaken")
    changes = client.get(f"{WEEK}/changes", headers=key).json
    assert changes and [item["session"] for item in changes["items"]] == [code], "the plan has it where it was moved"


def test_what_cannot_go_back_is_told(client: FlaskClient, key: Headers) -> None:
    code, title = move("rs-ei-1", minutes=30), session_of("rs-ei-1").title.zh
    put_out(code)
    cancel_session(code, reason=Bilingual("停办", ""), actor=SYSTEM)
    seen = client.get(f"{WEEK}/releases/1/restoration", headers=key).json
    assert seen and [(one["session"], one["why"]) for one in seen["barred"]] == [(code, "cancelled")]
    headers = key | {"If-Match": "*", "Idempotency-Key": "1"}
    refused = client.post(f"{WEEK}/releases/1/restoration", json={}, headers=headers)
    assert refused.json and refused.json["code"] == "release.unrestorable" and title in refused.json["detail"]


@pytest.mark.parametrize(
    ("number", "body", "code"),
    [
        ("99", {}, "release.not_found"),
        ("x", {}, "release.not_found"),
        ("9" * 40, {}, "release.not_found"),
        ("-1", {}, "release.not_found"),
        ("1", {}, "release.no_change"),
        ("1", {"sessions": ["nothere"]}, "release.unknown_session"),
        ("1", {"sessions": "all"}, "input.invalid"),
        ("1", {"shortages": []}, "input.invalid"),
        ("1", {"seen": 1}, "input.invalid"),
        ("1", {"note": "长" * 501}, "text.too_long"),
    ],
)
def test_bad_input_publishes_nothing(
    client: FlaskClient, key: Headers, number: str, body: dict[str, object], code: str
) -> None:
    if code == "text.too_long":
        put_out(move("rs-ei-1", minutes=30))
    headers = key | {"If-Match": "*", "Idempotency-Key": "1"}
    refused = client.post(f"{WEEK}/releases/{number}/restoration", json=body, headers=headers)
    assert refused.json and refused.json["code"] == code, refused.text
    listed = client.get(f"{WEEK}/releases", headers=key).json
    assert listed and listed["total"] == (2 if code == "text.too_long" else 1)


def test_who_may_only_read_sees_and_publishes_nothing(client: FlaskClient, demo_app: Flask) -> None:
    put_out(move("rs-ei-1", minutes=30))
    reader = make_key("jl2026", "reader")[1]
    assert client.get(f"{WEEK}/releases/1/restoration", headers=reader).status_code == 200
    assert client.get(f"{WEEK}/changes/messages", headers=reader).status_code == 403
    headers = reader | {"If-Match": "*", "Idempotency-Key": "1"}
    assert client.post(f"{WEEK}/releases/1/restoration", json={}, headers=headers).status_code == 403
    assert week().code == "jl2026"
