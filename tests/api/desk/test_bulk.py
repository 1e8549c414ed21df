"""Many sessions over the API: a dry run, applied, undone; sent twice it happens once; rubbish changes nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import BulkChange, Session
from tests.factories.keys import make_key
from tests.factories.programme import make_session, make_week

pytestmark = pytest.mark.database
PATH = "/api/v1/desk/weeks/spring/bulk-changes"


@pytest.fixture
def codes(app: Flask) -> list[str]:
    """Give a week with three sessions."""
    week = make_week()
    return [make_session(week, f"第{n}场").code for n in range(3)]


def _visible() -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Session.visibility)))


def test_a_dry_run_is_shown_applied_and_undone(app: Flask, codes: list[str]) -> None:
    client, (_key, own) = app.test_client(), make_key("spring")
    body = {"sessions": codes, "set": {"visibility": "closed"}, "dry_run": True}
    made = client.post(PATH, json=body, headers=own | {"Idempotency-Key": "1"})
    assert made.status_code == 201 and made.json["state"] == "planned" and _visible() == {"public"}
    assert made.json["sessions"][0]["changes"] == {"visibility": {"old": "public", "new": "closed"}}
    one = f"{PATH}/{made.json['id']}"
    assert client.put(f"{one}/application", headers=own).status_code == 428
    done = client.put(f"{one}/application", headers=own | {"If-Match": made.headers["ETag"]})
    assert done.json["state"] == "applied" and _visible() == {"closed"}
    assert client.delete(f"{one}/application", headers=own | {"If-Match": made.headers["ETag"]}).status_code == 412
    undone = client.delete(f"{one}/application", headers=own | {"If-Match": done.headers["ETag"]})
    assert undone.json["state"] == "undone" and _visible() == {"public"}
    assert client.get(one, headers=own).json == undone.json


def test_sent_twice_it_happens_once(app: Flask, codes: list[str]) -> None:
    client, (_key, own) = app.test_client(), make_key("spring")
    body = {"sessions": codes, "set": {"visibility": "closed"}}
    answers = [client.post(PATH, json=body, headers=own | {"Idempotency-Key": "1"}) for _twice in range(2)]
    assert [a.json["id"] for a in answers] == [answers[0].json["id"]] * 2 and answers[0].json["state"] == "applied"
    assert len(db.session.scalars(select(BulkChange)).all()) == 1 and _visible() == {"closed"}


def test_undo_says_what_was_changed_since(app: Flask, codes: list[str]) -> None:
    client, (_key, own) = app.test_client(), make_key("spring")
    body = {"sessions": codes, "set": {"visibility": "closed"}}
    made = client.post(PATH, json=body, headers=own | {"Idempotency-Key": "1"})
    edit_session(codes[1], {"visibility": "media"}, version=None, actor=SYSTEM)
    one = f"{PATH}/{made.json['id']}"
    refused = client.delete(f"{one}/application", headers=own | {"If-Match": "*"})
    assert refused.status_code == 409 and refused.json["code"] == "bulk.changed_since"
    since = {row["id"]: row["changed_since"] for row in client.get(one, headers=own).json["sessions"]}
    assert since == {codes[0]: False, codes[1]: True, codes[2]: False} and _visible() == {"closed", "media"}
    assert client.delete(f"{one}/application?rest=perhaps", headers=own | {"If-Match": "*"}).status_code == 422
    undone = client.delete(f"{one}/application?rest=true", headers=own | {"If-Match": "*"})
    assert undone.json["state"] == "undone" and _visible() == {"public", "media"}
    left = {row["id"]: row["changed_since"] for row in undone.json["sessions"]}
    assert left == since


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sessions": "all", "set": {"visibility": "closed"}},
        {"sessions": [{}], "set": {"visibility": "closed"}},
        {"sessions": ["no-such"], "set": {"visibility": "closed"}},
        {"sessions": [f"x{n}" for n in range(10_000)], "set": {"visibility": "closed"}},
        {"sessions": [], "set": {"visibility": "closed"}},
        {"set": None},
        {"set": {"uid": "x"}},
        {"add": {"tags": [["x"]]}},
        {"offering": "max_party"},
        {"offering": {"max_party": "many"}},
        {"set": {"visibility": "closed"}, "dry_run": "yes"},
        {"set": {"visibility": "closed"}, "all": True},
    ],
)
def test_rubbish_is_refused(app: Flask, codes: list[str], body: dict[str, Any]) -> None:
    client, (_key, own) = app.test_client(), make_key("spring")
    answer = client.post(PATH, json={"sessions": codes} | body, headers=own | {"Idempotency-Key": "1"})
    assert answer.status_code == 422 and answer.json["errors"], answer.text
    assert _visible() == {"public"} and db.session.scalar(select(BulkChange.id)) is None
