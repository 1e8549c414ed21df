"""API keys on the desk: made and shown once, listed, revoked; their owners are told before they end."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.programme.actions.keys import remind_owners, revoke_key
from eventweek.programme.models import ApiKey
from tests.conftest import SignIn
from tests.factories.keys import actor_of, make_key

VENUES = "/api/v1/desk/venues"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give somebody of the committee, whose forms need no token."""
    demo_app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(demo_app, "committee")


def make(client: FlaskClient, **values: str) -> str:
    """Make a key with the form; return the page."""
    sent = {"name": "大屏", "days": "90", "role": "reader", "week": "jl2026", "scope": ""}
    return client.post("/desk/keys/new", data=sent | values).text


def test_a_key_is_shown_once_and_works_until_it_is_revoked(desk: FlaskClient) -> None:
    page = make(desk)
    secret = re.search(r'value="(ewk_[0-9a-z]{41})"', page)
    assert secret
    key = {"Authorization": f"Bearer {secret[1]}", "User-Agent": "wall/2"}
    assert desk.get(VENUES, headers=key).status_code == 200
    listed = desk.get("/desk/keys").text
    assert "大屏" in listed and secret[1] not in listed and f"ewk_…{secret[1][-4:]}" in listed and "wall" in listed
    row = db.session.scalars(select(ApiKey)).one()
    assert secret[1] not in str(vars(row)) and row.tail == secret[1][-4:]
    assert desk.post(f"/desk/keys/{row.code}/revocation").status_code == 303
    assert desk.get(VENUES, headers=key).status_code == 401
    verbs = [e.verb for e in db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "key"))]
    assert verbs == ["key.create", "key.revoke"]
    assert "大屏" not in str([e.changes for e in db.session.scalars(select(AuditEntry))])


def test_bad_input_is_said_at_its_field(desk: FlaskClient) -> None:
    for sent, sentence in [
        ({"name": ""}, "填写名称"),
        ({"name": "\x00\u200b"}, "填写姓名"),
        ({"days": "9999"}, "最长一年"),
        ({"days": "abc"}, "最长一年"),
        ({"role": "auditor"}, "不能比你自己能做的更多"),
        ({"role": "emperor"}, "没有这个角色"),
        ({"week": "nix"}, "没有这一届"),
        ({"role": "city"}, "要选一个范围"),
        ({"role": "city", "scope": "city:000000"}, "没有这个范围"),
    ]:
        assert sentence in make(desk, **sent), sent
    assert db.session.scalars(select(ApiKey)).all() == []


def test_strangers_keys_are_an_administrators(demo_app: Flask, desk: FlaskClient, sign_in: SignIn) -> None:
    key, headers = make_key("jl2026")
    assert "数据同步" not in desk.get("/desk/keys?of=all").text
    assert desk.post(f"/desk/keys/{key.code}/revocation").status_code == 404
    chief = sign_in(demo_app)
    assert "数据同步" in chief.get("/en/desk/keys?of=all").text and "数据同步" not in chief.get("/desk/keys").text
    assert chief.post(f"/desk/keys/{key.code}/revocation").status_code == 303
    assert chief.get(VENUES, headers=headers).status_code == 401


def test_the_audit_names_key_and_owner(demo_app: Flask, sign_in: SignIn) -> None:
    key, headers = make_key("jl2026")
    client = sign_in(demo_app)
    made = client.post(VENUES, json={"name_zh": "新馆"}, headers=headers | {"Idempotency-Key": "1"})
    assert made.status_code == 201
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "venue.create")).all()[-1]
    assert (entry.actor, entry.actor_id) == (f"key:{key.code}", key.owner_id)
    assert "密钥“数据同步”（示例庚）" in client.get("/desk/audit").text


def test_nobody_hoards_keys(desk: FlaskClient) -> None:
    for _n in range(20):
        make(desk)
    assert "最多有 20 把" in make(desk)


def test_owners_are_told_once_before_a_key_ends(demo_app: Flask) -> None:
    key, _headers = make_key("jl2026")
    dead, _headers = make_key("jl2026")
    revoke_key(dead.code, actor=actor_of(dead.owner))
    assert remind_owners() == 0
    with travel(now() + timedelta(days=77)):
        assert (remind_owners(), remind_owners()) == (1, 0)
        mail = db.session.scalars(select(Message).where(Message.template == "accounts/key_ending")).one()
        assert mail.recipient == key.owner.email and mail.context["key"] == "数据同步"
