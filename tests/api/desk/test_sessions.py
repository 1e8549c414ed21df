"""Place, cancel and publish sessions over the desk's API, under the same rules as the desk's pages."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.models import City, Room, Session
from eventweek.programme.queries import find_week
from eventweek.scheduling.models import Placement
from tests.api.test_problems import problem
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.factories.programme import make_room, make_session, make_venue, make_week

WEEK = "/api/v1/desk/weeks/spring"
Headers = dict[str, str]
ABSENT = {"If-None-Match": "*"}


@pytest.fixture
def key(app: Flask) -> Headers:
    """Give a key of the committee in a small week with one session and a hall."""
    make_session(make_week())
    make_room(make_venue())
    return make_key("spring")[1]


def place(hour: str = "10:00") -> dict[str, str]:
    """Return a start and the hall."""
    return {"start": f"2027-04-12T{hour}", "room": db.session.scalars(select(Room.code)).one()}


def one() -> str:
    """Return the address of the session."""
    return f"{WEEK}/sessions/{db.session.scalars(select(Session.code)).one()}"


@pytest.mark.database
def test_a_session_is_placed_moved_and_taken_out(client: FlaskClient, key: Headers) -> None:
    where = f"{one()}/placement"
    problem(client.get(where, headers=key), 404, "placement.not_found")
    problem(client.put(where, json=place(), headers=key | {"If-Match": "*"}), 404, "placement.not_found")
    first = client.put(where, json=place(), headers=key | ABSENT)
    assert first.status_code == 200 and first.json and first.json["start"] == "2027-04-12T02:00:00Z", first.text
    assert client.get(where, headers=key | {"If-None-Match": first.headers["ETag"]}).status_code == 304
    again = problem(client.put(where, json=place("11:00"), headers=key | ABSENT), 412, "version.stale")
    assert again.json and [row["field"] for row in again.json["fields"]] == ["start", "room"]
    moved = client.put(where, json=place("11:00"), headers=key | {"If-Match": first.headers["ETag"]})
    assert moved.json and moved.json["start"] == "2027-04-12T03:00:00Z"
    problem(client.delete(where, headers=key | {"If-Match": first.headers["ETag"]}), 412, "version.stale")
    gone = client.delete(where, headers=key | {"If-Match": moved.headers["ETag"]})
    assert gone.status_code == 204 and db.session.scalars(select(Placement)).all() == []


@pytest.mark.database
def test_a_session_is_cancelled_and_restored(client: FlaskClient, key: Headers) -> None:
    where = one()
    etag = client.get(where, headers=key).headers["ETag"]
    unsaid = client.put(f"{where}/cancellation", json={}, headers=key | {"If-Match": etag})
    problem(unsaid, 422, "input.invalid")
    off = client.put(f"{where}/cancellation", json={"reason_en": "Storm"}, headers=key | {"If-Match": etag})
    assert off.json and off.json["cancelled_at"] and off.json["cancel_reason"] == {"zh": "", "en": "Storm"}
    problem(client.delete(f"{where}/cancellation", headers=key | {"If-Match": etag}), 412, "version.stale")
    on = client.delete(f"{where}/cancellation", headers=key | {"If-Match": off.headers["ETag"]})
    assert on.json and on.json["cancelled_at"] is None


@pytest.mark.database
def test_a_release_asks_for_the_last_one_that_was_seen(client: FlaskClient, key: Headers) -> None:
    client.put(f"{one()}/placement", json=place(), headers=key | ABSENT)
    seen = client.get(f"{WEEK}/changes", headers=key)
    assert seen.json and (seen.json["last_release"], [c["action"] for c in seen.json["items"]]) == (0, ["new"])
    headers = key | {"If-Match": seen.headers["ETag"], "Idempotency-Key": "1"}
    made = client.post(f"{WEEK}/releases", json={"note": "第一版"}, headers=headers)
    assert made.status_code == 201 and made.json and made.json["number"] == 1, made.text
    assert client.post(f"{WEEK}/releases", json={"note": "第一版"}, headers=headers).json == made.json
    assert client.get(made.headers["Location"], headers=key).json == made.json
    late = client.post(f"{WEEK}/releases", json={}, headers=headers | {"Idempotency-Key": "2"})
    problem(late, 412, "release.overtaken")
    junk = client.post(f"{WEEK}/releases", json={}, headers=headers | {"Idempotency-Key": "3", "If-Match": '"x"'})
    problem(junk, 412, "release.overtaken")
    listed = client.get(f"{WEEK}/releases", headers=key).json
    assert listed and listed["total"] == 1 and listed["items"] == [made.json]
    problem(client.get(f"{WEEK}/releases/2", headers=key), 404, "release.not_found")


def test_an_edition_is_changed_and_moved_on(client: FlaskClient, key: Headers) -> None:
    listed = client.get("/api/v1/desk/weeks", headers=key).json
    assert listed and [row["id"] for row in listed["items"]] == ["spring"]
    first = client.get(WEEK, headers=key)
    changed = client.patch(WEEK, json={"theme_en": "Spring"}, headers=key | {"If-Match": first.headers["ETag"]})
    assert changed.json and changed.json["theme_en"] == "Spring"
    closed = client.put(f"{WEEK}/state", json={"state": "closed"}, headers=key | {"If-Match": first.headers["ETag"]})
    problem(closed, 412, "version.stale")
    closed = client.put(f"{WEEK}/state", json={"state": "closed"}, headers=key | {"If-Match": changed.headers["ETag"]})
    assert closed.json and closed.json["state"] == "closed"


def test_a_citys_key_reaches_no_other_citys_session(client: FlaskClient, key: Headers) -> None:
    assert db.session.scalars(select(City.code)).all() == ["220100", "220200"]
    _own, right = make_key("spring", "city", "city", "220100")
    _other, wrong = make_key("spring", "city", "city", "220200")
    where, star = one(), {"If-Match": "*"}
    assert client.get(where, headers=wrong).status_code == 200
    writes: list[tuple[str, str, Any, Headers]] = [
        ("PATCH", "", {"note_en": "x"}, star),
        ("PUT", "/cancellation", {"reason_en": "x"}, star),
        ("DELETE", "/cancellation", None, star),
        ("PUT", "/archive", None, star),
        ("DELETE", "/archive", None, star),
        ("PUT", "/placement", place(), ABSENT),
    ]
    for method, end, body, more in writes:
        refused = client.open(where + end, method=method, json=body, headers=wrong | more)
        problem(refused, 403, "reach.session_city" if end == "/placement" else "permission.denied")
        assert client.open(where + end, method=method, json=body, headers=right | more).status_code == 200, end
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.actor == f"key:{_own.code}")).all()
    verbs = {entry.verb for entry in entries}
    assert verbs >= {"session.edit", "session.cancel", "session.restore", "session.archive", "session.place"}
    assert {entry.actor_id for entry in entries} == {_own.owner_id}


@pytest.mark.parametrize(
    "tag", ['W/"1-00000000"', '"99-00000000"', '"1"', '"x"', "'1'", '"1-zzzzzzzz"', "\t,", '"' * 9]
)
def test_a_tag_that_names_no_version_changes_nothing(client: FlaskClient, key: Headers, tag: str) -> None:
    answer = client.patch(one(), json={"note_en": "x"}, headers=key | {"If-Match": tag})
    assert answer.status_code in (412, 428) and db.session.scalars(select(Session.note_en)).one() == ""  # type: ignore[attr-defined]


def test_a_star_means_whatever_stands(client: FlaskClient, key: Headers) -> None:
    changed = client.patch(one(), json={"note_en": "x"}, headers=key | {"If-Match": "*"})
    assert changed.status_code == 200
    etag = changed.headers["ETag"]
    several = client.patch(one(), json={"note_en": "y"}, headers=key | {"If-Match": f'"1-00000000", {etag}'})
    assert several.status_code == 200


@pytest.mark.database
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b'{"expected": NaN}',
        b'{"expected": 1e30}',
        b'{"expected": 1e400}',
        b'{"expected": 99999999999999999999}',
        b'{"title_zh": "\\ud800"}',
        b'{"title_zh": "\xff"}',
        b'{"people": {"a": 1}}',
        b'{"people": [[[]]]}',
        b'{"tags": [null]}',
        b'{"kind": ["forum"]}',
        b'{"kind": "99999999999999999999"}',
        b'{"title_zh": "\\u0000", "title_en": "\\u0000"}',
        b'{"override": []}',
        b'{"\\u0000\\u202e": 1}',
        b'{"days": ["2026-02-30"]}',
        b"[" * 20_000 + b"]" * 20_000,
        b'{"people": ' + b"[" * 25 + b"]" * 25 + b"}",
    ],
)
def test_rubbish_in_a_body_is_a_problem(client: FlaskClient, key: Headers, body: bytes) -> None:
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    headers = key | {"If-Match": "*", "Content-Type": "application/json", "Idempotency-Key": "1"}
    for method, path in [("PATCH", one()), ("PUT", f"{one()}/cancellation"), ("PUT", f"{one()}/placement")]:
        answer = client.open(path, method=method, data=body, headers=headers)
        assert answer.mimetype == "application/problem+json" and 400 <= answer.status_code < 500, (path, answer.text)
    for path in (f"{WEEK}/sessions", f"{WEEK}/kinds", "/api/v1/desk/rooms"):
        answer = client.post(path, data=body, headers=headers)
        assert answer.mimetype == "application/problem+json" and 400 <= answer.status_code < 500, (path, answer.text)


def test_what_the_address_asks_for_is_known(client: FlaskClient, key: Headers) -> None:
    for query, field, code in [
        ("page=0", "page", "json.range"),
        ("page=NaN", "page", "json.type"),
        ("page_size=201", "page_size", "json.range"),
        ("nonsense=1", "nonsense", "json.unknown"),
        ("archived=perhaps", "archived", "json.choice"),
        ("kind=nix", "kind", "reference.unknown"),
        ("language=klingon", "language", "choice.unknown"),
    ]:
        answer = problem(client.get(f"{WEEK}/sessions?{query}", headers=key), 422, "input.invalid")
        assert answer.json and [(e["field"], e["code"]) for e in answer.json["errors"]] == [(field, code)], query
    found = client.get(f"{WEEK}/sessions?kind=forum&city=220100&q=创业", headers=key).json
    assert found and found["total"] == 1


def test_pages_and_api_refuse_alike(app: Flask, client: FlaskClient, key: Headers, sign_in: SignIn) -> None:
    """The same wrong values get the same codes at the same fields, because both doors call the same actions."""
    app.config["WTF_CSRF_ENABLED"] = False
    desk = sign_in(app, "committee")
    for values, sentence in [
        ({"name_zh": "", "name_en": ""}, "field.one_language"),
        ({"name_zh": "厅" * 200}, "text.too_long"),
        ({"code": "Not A Code", "name_zh": "x"}, "value.shape"),
    ]:
        told = client.post(
            "/api/v1/desk/features", json={"code": "fog", **values}, headers=key | {"Idempotency-Key": "1"}
        )
        assert told.status_code == 422 and told.json
        error = next(e for e in told.json["errors"] if e["code"] == sentence)
        page = desk.post("/desk/new/feature", data={"code": "fog", **values, "do": "save"})
        assert page.status_code == 422 and error["detail"] in page.text, json.dumps(error, ensure_ascii=False)


@pytest.mark.database
def test_what_a_change_would_run_into_is_foreseen_and_nothing_changed(client: FlaskClient, key: Headers) -> None:
    own = find_week("spring")
    assert own
    other = make_session(own, "另一场")
    client.put(f"{WEEK}/sessions/{other.code}/placement", json=place(), headers=key | ABSENT)
    where = f"{WEEK}/sessions/{db.session.scalars(select(Session.code).where(Session.id != other.id)).one()}"
    seen = client.get(where, headers=key)
    headers = key | {"If-Match": seen.headers["ETag"]}
    wish = {"title_zh": "换题", "expected": 5000, **place()}
    told = client.post(f"{where}/foresight", json=wish, headers=headers)
    assert told.status_code == 200 and told.json, told.text
    assert told.json["changes"]["title_zh"] == {"old": "创业论坛", "new": "换题"}
    assert told.json["changes"]["room"] == {"old": None, "new": place()["room"]} and "kind" not in told.json["changes"]
    clash = [one for one in told.json["problems"] if other.code in one["sessions"]]
    assert clash and clash[0]["level"] == "block_release" and clash[0]["detail"]
    assert client.get(where, headers=key).headers["ETag"] == seen.headers["ETag"]
    assert db.session.scalars(select(Placement.session_id)).all() == [other.id]
    client.put(f"{where}/placement", json=place("15:00"), headers=key | ABSENT)
    kept = client.post(f"{where}/foresight", json={"expected": 90}, headers=headers).json
    assert kept == {"changes": {"expected": {"old": 80, "new": 90}}, "problems": []}
    for body, status, code in [
        ({"kind": "nix"}, 422, "input.invalid"),
        ({"start": 3}, 422, "input.invalid"),
        ({"uid": "x"}, 422, "input.invalid"),
        ({"start": "2027-04-12T09:00", "room": "nix"}, 422, "input.invalid"),
    ]:
        problem(client.post(f"{where}/foresight", json=body, headers=headers), status, code)
    problem(client.post(f"{where}/foresight", json={}, headers=key), 428, "precondition.missing")
    late = client.post(f"{where}/foresight", json={}, headers=key | {"If-Match": '"9-00000000"'})
    problem(late, 412, "version.stale")


@pytest.mark.database
def test_a_permitted_session_is_taken_out_with_a_reason_only(client: FlaskClient, key: Headers) -> None:
    where = one()
    client.put(f"{where}/placement", json=place(), headers=key | ABSENT)
    permit = {"permit_required": True, "permit_status": "approved"}
    assert client.patch(where, json=permit, headers=key | {"If-Match": "*"}).status_code == 200
    any_version = key | {"If-Match": "*"}
    problem(client.delete(f"{where}/placement", headers=any_version), 422, "permit.locked")
    wrong = client.delete(f"{where}/placement", json={"reason": "x"}, headers=any_version)
    problem(wrong, 422, "input.invalid")
    gone = client.delete(f"{where}/placement", json={"override": "场馆停电"}, headers=any_version)
    assert gone.status_code == 204 and db.session.scalars(select(Placement)).all() == []
    assert "场馆停电" in str([entry.changes for entry in db.session.scalars(select(AuditEntry))])


def test_a_venues_key_lists_moves_and_resizes_what_stands_there_and_says_whose_the_rest_is(
    client: FlaskClient, key: Headers
) -> None:
    hall, elsewhere = (
        db.session.scalars(select(Room)).one(),
        make_room(make_venue("220200", "江城会馆"), name_zh="甲厅"),
    )
    code, room, foreign = one().rsplit("/", 1)[1], hall.code, elsewhere.code
    _own, right = make_key("spring", "venue", "venue", hall.venue.code)
    beside = {"whole": False, "anywhere": [], "rooms": [room]}
    assert client.get(f"{WEEK}/reach", headers=right).json == beside | {"sessions": []}
    put = {"start": "2027-04-12T10:00", "room": room}
    unplaced = client.put(f"{one()}/placement", json=put, headers=right | ABSENT)
    problem(unplaced, 403, "reach.session_unplaced")
    assert "请组委会先把它排进来" in unplaced.text
    placed = client.put(f"{one()}/placement", json=put, headers=key | ABSENT).headers["ETag"]
    assert client.get(f"{WEEK}/reach", headers=right).json == beside | {"sessions": [code]}
    pushed, seen = put | {"room": foreign}, right | {"If-Match": placed}
    problem(client.put(f"{one()}/placement", json=pushed, headers=seen), 403, "reach.room_venue")
    english = client.put(f"{one()}/placement", json=pushed, headers=seen | {"Accept-Language": "en"})
    assert english.json and "ask the venue team of 江城会馆 or the committee" in english.json["detail"], english.text
    star = right | {"If-Match": "*"}
    longer = client.put(f"{one()}/duration", json={"duration_min": 95}, headers=star)
    assert longer.json and longer.json["duration_min"] == 95
    for wrong in ({}, {"duration_min": "x"}, {"duration_min": 1}, {"duration_min": True}, {"duration_min": 10**12}):
        problem(client.put(f"{one()}/duration", json=wrong, headers=star), 422, "input.invalid")
    problem(client.put(f"{one()}/duration", json={"duration_min": 90}, headers=right), 428, "precondition.missing")
    stale = right | {"If-Match": '"1-00000000"'}
    problem(client.put(f"{one()}/duration", json={"duration_min": 90}, headers=stale), 412, "version.stale")
    problem(client.patch(one(), json={"note_en": "x"}, headers=star), 403, "permission.denied")
    assert client.get(f"{WEEK}/reach", headers=key).json == {"whole": True, "sessions": [], "anywhere": [], "rooms": []}
    assert db.session.scalars(select(Session.duration_min)).one() == 95
    assert db.session.scalars(select(Placement.room_id)).one() == hall.id
