"""Invitations and roles: written with their mail, taken up once, checked against the week."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.accounts.actions.sign_in import sign_in
from eventweek.accounts.actions.users import disable_user, revoke_invitation
from eventweek.accounts.enums import Role
from eventweek.accounts.models import Invitation, User
from eventweek.accounts.queries import list_users
from eventweek.accounts.rules import why_no_scope
from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import CATALOGUE
from eventweek.outbox.models import Message
from eventweek.programme.actions.staff import GrantWish, accept_invitation, invite_user, set_grants
from eventweek.programme.models import City, Grant, Week, WeekCity
from eventweek.programme.queries.staff import list_held
from tests.factories.accounts import PASSWORD, make_user

CITY = GrantWish("w1", "city", "city", "220200")


@pytest.fixture
def week(app: Flask) -> int:
    """Give a week with one city."""
    with transaction():
        city = City(code="220200", name=Bilingual("吉林市", "Jilin City"))
        days = {"first_day": date(2026, 10, 15), "last_day": date(2026, 10, 21)}
        own = Week(
            code="w1",
            title=Bilingual("周", ""),
            theme=Bilingual("题", ""),
            contact=Bilingual("话", ""),
            timezone="Asia/Shanghai",
            **days,
        )
        own.cities = [WeekCity(city=city, role="main")]
        db.session.add(own)
    return own.id


def errors(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        call()
    return [(e.field, e.code) for e in invalid.value.errors]


def grants() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(Grant).order_by(Grant.role))
    return [(g.role, g.scope_kind, g.scope_code) for g in rows]


@pytest.mark.database
def test_an_invitation_makes_an_account_with_its_roles_once(week: int) -> None:
    invitation, token = invite_user(
        " Wang@Example.ORG", "王敏", actor=SYSTEM, grants=[CITY, GrantWish("w1", "reader")], locale="en"
    )
    mail = db.session.scalars(select(Message)).one()
    assert (mail.recipient, mail.locale, mail.context["secret_token"]) == ("wang@example.org", "en", token)
    assert token not in invitation.token_hash
    assert errors(lambda: accept_invitation(token, "\u200b", PASSWORD)) == [("name", "name.missing")]
    assert errors(lambda: accept_invitation(token, "王敏", "short")) == [("password", "password.short")]
    user = accept_invitation(token, "王敏", PASSWORD)
    assert sign_in("wang@example.org", PASSWORD).id == user.id and not user.administrator
    assert grants() == [("city", "city", "220200"), ("reader", "committee", "")]
    with pytest.raises(Refusal, match="invitation.not_found"):
        accept_invitation(token, "王敏", PASSWORD)


@pytest.mark.database
def test_a_known_user_gets_a_new_password_and_keeps_roles(week: int) -> None:
    user = make_user("wang@example.org", failures=4)
    set_grants(user.code, [GrantWish("w1", "reader")], actor=SYSTEM)
    _, token = invite_user("wang@example.org", "", actor=SYSTEM, grants=[GrantWish("w1", "reader"), CITY])
    again = accept_invitation(token, "王敏", "七月 的 雨 落在 伊通河")
    assert (again.id, again.epoch, again.failures) == (user.id, 3, 0)
    assert len(grants()) == 2
    with pytest.raises(Refusal, match="sign_in.failed"):
        sign_in("wang@example.org", PASSWORD)


@pytest.mark.parametrize("end", ["revoked", "expired", "unknown", "disabled"])
def test_a_dead_link_is_one_answer(app: Flask, end: str) -> None:
    make_user("root@example.org", administrator=True)
    user = make_user("wang@example.org")
    invitation, token = invite_user("wang@example.org", "", actor=SYSTEM, administrator=True)
    if end == "revoked":
        revoke_invitation(invitation.code, actor=SYSTEM)
    if end == "disabled":
        disable_user(user.code, actor=SYSTEM)
    at = now() + timedelta(days=7 if end == "expired" else 0)
    with travel(at), pytest.raises(Refusal, match="invitation.not_found"):
        accept_invitation("x" if end == "unknown" else token, "王敏", PASSWORD)
    assert not db.session.scalars(select(User).where(User.email == "wang@example.org")).one().administrator


@pytest.mark.database
@pytest.mark.parametrize(
    "email", ["", "wang", "a@b", "a@b\r\nBcc: c@d.org", "\x00@example.org", "x" * 300 + "@example.org", "\ud800@e.org"]
)
def test_a_bad_address_is_said_at_its_field(app: Flask, email: str) -> None:
    assert errors(lambda: invite_user(email, "", actor=SYSTEM)) == [("email", "email.invalid")]
    assert db.session.scalars(select(Invitation)).all() == [] == db.session.scalars(select(Message)).all()


def test_one_open_invitation_per_address_and_none_for_the_disabled(app: Flask) -> None:
    invite_user("wang@example.org", "", actor=SYSTEM)
    assert errors(lambda: invite_user("ＷＡＮＧ@example.org", "", actor=SYSTEM)) == [("email", "invitation.open")]
    make_user("gone@example.org", disabled_at=now())
    assert errors(lambda: invite_user("gone@example.org", "", actor=SYSTEM)) == [("email", "user.disabled")]


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        (GrantWish("w9", "reader"), "week", "grant.week_unknown"),
        (GrantWish("w1", "emperor"), "role", "grant.role_unknown"),
        (GrantWish("w1", "city"), "scope", "grant.scope_missing"),
        (GrantWish("w1", "city", "venue", "x"), "scope", "grant.scope_wrong"),
        (GrantWish("w1", "reader", "city", "220200"), "scope", "grant.scope_wrong"),
        (GrantWish("w1", "city", "city", "999999"), "scope", "grant.scope_unknown"),
        (GrantWish("w1", "city", "\x00", ""), "scope", "grant.scope_wrong"),
    ],
)
def test_a_role_must_make_sense(week: int, wish: GrantWish, field: str, code: str) -> None:
    user = make_user("wang@example.org")
    assert errors(lambda: set_grants(user.code, [wish], actor=SYSTEM)) == [(field, code)]
    assert errors(lambda: invite_user("li@example.org", "", actor=SYSTEM, grants=[wish])) == [(field, code)]
    assert grants() == [] and code in CATALOGUE


def test_every_role_has_its_scopes() -> None:
    kinds = ("committee", "city", "venue", "track", "organisation")
    allowed = {role: [kind for kind in kinds if why_no_scope(role, kind) is None] for role in Role}
    assert allowed[Role.CITY] == ["city"] and allowed[Role.DOOR] == ["committee", "venue"]
    assert allowed[Role.READER] == ["committee"] and allowed[Role.PROPOSER] == ["organisation"]
    assert all(allowed.values())


@pytest.mark.database
def test_changed_roles_end_the_sessions_and_unchanged_ones_do_not(week: int) -> None:
    user = make_user("wang@example.org")
    assert set_grants(user.code, [CITY, CITY], actor=SYSTEM).epoch == 2
    assert set_grants(user.code, [CITY], actor=SYSTEM).epoch == 2
    assert set_grants(user.code, [], actor=SYSTEM).epoch == 3 and grants() == []


def test_visitors_and_readers_may_not(week: int) -> None:
    user = make_user("wang@example.org")
    invitation, _ = invite_user("li@example.org", "", actor=SYSTEM)
    for call in (
        lambda: invite_user("x@example.org", "", actor=VISITOR),
        lambda: set_grants(user.code, [CITY], actor=VISITOR),
        lambda: revoke_invitation(invitation.code, actor=VISITOR),
    ):
        with pytest.raises(Refusal, match="permission.denied"):
            call()


def test_roles_of_many_take_as_many_statements_as_of_one(
    week: int, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts = []
    for n in (1, 12):
        for i in range(n):
            user = make_user(f"u{n}-{i}@example.org")
            set_grants(user.code, [CITY, GrantWish("w1", "reader")], actor=SYSTEM)
        with statements() as seen:
            held = list_held(list_users())
        counts.append(len(seen))
        assert [h.scope.zh if h.scope else "" for h in held[user.id]] == ["", "吉林市"] or len(held[user.id]) == 2
    assert counts[0] == counts[1]
