"""A token is active, replaced or void; anything forged or altered is nothing at all."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.kernel import keys
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import CROCKFORD
from eventweek.registration.actions import reissue_pass, void_pass
from eventweek.registration.models import Pass, PassToken
from eventweek.registration.passes import (
    answer_token_of,
    manage_token_of,
    reminder_token_of,
    short_code_of,
    token_of,
)
from eventweek.registration.queries import (
    find_pass,
    find_pass_by_manage_token,
    find_pass_by_short_code,
    find_pass_by_token,
    list_registrations,
)
from eventweek.registration.queries.passes import find_pass_by_answer, find_pass_by_reminder
from eventweek.registration.verify import list_findings
from tests.registration.world import book, offering_of, phone

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def holder(number: int = 1) -> Pass:
    [outcome] = book(offering_of("rs-ei-1").code, phone=phone(number), email="a@example.org")
    own = find_pass(outcome.pass_id)
    assert own
    return own


def status_of(text: str) -> str | None:
    found = find_pass_by_token(text)
    return found.status if found else None


def test_only_hashes_are_stored(demo_app: Flask) -> None:
    own = holder()
    row = db.session.scalars(select(PassToken)).one()
    secrets = [token_of(own), short_code_of(own), manage_token_of(own)]
    assert [row.token_hash, row.short_hash, row.manage_hash] == [
        hashlib.sha256(secret.encode()).hexdigest() for secret in secrets
    ]
    assert len(set(secrets)) == 3


def test_what_is_scanned_typed_or_opened_finds_its_pass(demo_app: Flask) -> None:
    own = holder()
    for text in (token_of(own), token_of(own).lower(), f"HTTPS://X.CN/T/{token_of(own)}"):
        assert status_of(text) == "active"
    short = find_pass_by_short_code(f"{short_code_of(own)[:4]}-{short_code_of(own)[4:]}".lower())
    link = find_pass_by_manage_token(manage_token_of(own))
    assert short and short.own.id == own.id and link and link.id == own.id
    assert find_pass_by_manage_token(token_of(own)) is None and status_of(manage_token_of(own)) is None


def test_an_altered_token_is_nothing(demo_app: Flask) -> None:
    token = token_of(holder())
    other = CROCKFORD.upper()[(CROCKFORD.upper().index(token[5]) + 1) % 32]
    for forged in (token[:5] + other + token[6:], token[::-1], "0" * 26, token[:25], token + "0", "", "\0" * 26):
        assert status_of(forged) is None
        assert find_pass_by_short_code(forged[:8]) is None


def test_reissuing_replaces_every_older_token(demo_app: Flask) -> None:
    own = holder()
    code, first, link = own.code, token_of(own), manage_token_of(own)
    second = token_of(reissue_pass(code, actor=VISITOR, owner=own.id))
    third = token_of(reissue_pass(code, actor=SYSTEM))
    assert [status_of(token) for token in (first, second, third)] == ["replaced", "replaced", "active"]
    assert find_pass_by_manage_token(link) is None
    with pytest.raises(Refusal, match="pass.not_found"):
        reissue_pass(code, actor=VISITOR, owner=own.id + 1)
    with pytest.raises(Refusal, match="permission.denied"):
        reissue_pass(code, actor=Actor("nobody"))
    void_pass(code, actor=SYSTEM)
    assert [status_of(token) for token in (first, second, third)] == ["void"] * 3
    for act in (reissue_pass, void_pass):
        with pytest.raises(Refusal, match="pass.not_found"):
            act("nothing", actor=SYSTEM)
    with pytest.raises(Refusal, match="pass.void"):
        reissue_pass(code, actor=SYSTEM)
    with pytest.raises(Refusal, match="pass.void"):
        gone = find_pass_by_token(third)
        assert gone
        token_of(gone.own)
    assert [finding.name for finding in list_findings() if finding.rows] == []


def test_a_lost_key_still_opens_the_door_but_shows_no_code(demo_app: Flask) -> None:
    own = holder()
    token, before = token_of(own), keys.Keys((("1", b"p" * 32),), b"c" * 32)
    keys.install(keys.Keys((("2", b"q" * 32),), b"c" * 32))
    try:
        assert status_of(token) == "active"
        with pytest.raises(Refusal, match="pass.key_missing"):
            token_of(own)
        renewed = reissue_pass(own.code, actor=SYSTEM)
        assert status_of(token) == "replaced" and status_of(token_of(renewed)) == "active"
    finally:
        keys.install(before)


def test_a_signed_link_is_of_one_person_and_one_thing(demo_app: Flask) -> None:
    own, other = holder(1), holder(2)
    mine, theirs = (list_registrations(one.id)[0].code for one in (own, other))
    link = answer_token_of(own, mine)
    found = find_pass_by_answer(own.code, mine, link.lower())
    assert found and found.id == own.id
    for code, about in ((own.code, theirs), (other.code, mine), (other.code, theirs), ("none", mine), (own.code, "\0")):
        assert find_pass_by_answer(code, about, link) is None
    day = reminder_token_of(own, "2026-10-15")
    assert find_pass_by_reminder(own.code, "2026-10-15", day)
    for code, about in ((own.code, "2026-10-16"), (other.code, "2026-10-15"), (own.code, "15.10.2026")):
        assert find_pass_by_reminder(code, about, day) is None
    assert find_pass_by_reminder(own.code, "2026-10-15", link) is None
    void_pass(own.code, actor=SYSTEM)
    assert find_pass_by_answer(own.code, mine, link) is find_pass_by_reminder(own.code, "2026-10-15", day) is None
