"""Who may do what on the desk's API: every route of the url map with no key, dead keys, foreign keys, small roles."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from eventweek.accounts.actions.users import disable_user, set_administrator
from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.limits import init_limits
from eventweek.programme.actions.keys import create_key, revoke_key
from eventweek.programme.actions.staff import GrantWish, set_grants
from eventweek.programme.actions.tags import create_track
from eventweek.programme.actions.weeks import create_week
from eventweek.programme.models import ApiKey, City, Grant, Organisation, Venue
from eventweek.programme.queries import find_week
from eventweek.programme.queries.keys import list_keys
from tests.api.test_problems import problem
from tests.conftest import SignIn, scaled, share
from tests.factories.keys import actor_of, make_key, make_owner
from tests.factories.programme import SPRING

Headers = dict[str, str]
Route = tuple[str, str, Verb]
RUBBISH = ["%00", "%ED%A0%80", "%0d%0aX:%20y", "x" * 3000, "9" * 20, "%F0%A0%AE%B7"]
NO_PRECONDITION = "POST"
"""What makes something new names an Idempotency-Key instead; everything else that writes names a version."""


@pytest.fixture(autouse=True)
def _no_limit() -> Iterator[None]:
    """Count from nothing, so that the walks below end before a limit."""
    init_limits("")
    yield
    init_limits("")


def routes(app: Flask) -> list[Route]:
    """Return method, address and verb of every route of the desk's API; addresses name nothing that exists."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/desk/"):
            path = adapter.build(rule.endpoint, {name: _value(rule, name) for name in rule.arguments}, method=_of(rule))
            found += [(m, path, app.view_functions[rule.endpoint].verb) for m in rule.methods or () if m != "OPTIONS"]
    return found


def _value(rule: Rule, name: str) -> Any:
    whole = type(rule._converters[name]).__name__ == "IntegerConverter"
    return "jl2026" if name == "week" else 1 if whole else "nix"


def _of(rule: Rule) -> str:
    return min((rule.methods or set()) - {"OPTIONS"})


def wrong(client: FlaskClient, way: list[Route], headers: Headers, status: int, code: str) -> list[Any]:
    """Return the routes that do not answer so."""
    found = []
    for method, path, _verb in way:
        init_limits("")
        answer = client.open(path, method=method, headers=headers)
        told = code if method == "HEAD" or not answer.json else answer.json["code"]
        if (answer.status_code, told) != (status, code):
            found.append((method, path, answer.status_code, told))
    return found


def test_every_route_of_the_desk_declares_a_verb(demo_app: Flask) -> None:
    rules = [rule for rule in demo_app.url_map.iter_rules() if rule.rule.startswith("/api/v1/desk")]
    views = [demo_app.view_functions[rule.endpoint] for rule in rules]
    assert len(views) > 80 and all(view.access == "key" and view.verb in set(Verb) for view in views)
    keyed = [
        rule.rule for rule in demo_app.url_map.iter_rules() if getattr(_view(demo_app, rule), "access", "") == "key"
    ]
    assert all(rule.startswith("/api/v1/desk/") for rule in keyed)


def _view(app: Flask, rule: Rule) -> Any:
    return app.view_functions[rule.endpoint]


def test_nothing_answers_without_a_key(demo_client: FlaskClient) -> None:
    assert wrong(demo_client, routes(demo_client.application), {}, 401, "token.missing") == []


def test_a_session_of_the_desk_is_no_key(demo_app: Flask, sign_in: SignIn) -> None:
    assert wrong(sign_in(demo_app), routes(demo_app), {}, 401, "token.missing") == []


@pytest.mark.parametrize(
    ("turn", "end"), list(enumerate(["expired", "revoked", "disabled", "moved on", "unknown", "cut"]))
)
def test_a_dead_key_opens_nothing_and_does_not_say_why(demo_client: FlaskClient, turn: int, end: str) -> None:
    key, headers = make_key("jl2026")
    assert demo_client.get("/api/v1/desk/venues", headers=headers).status_code == 200
    if end == "revoked":
        revoke_key(key.code, actor=SYSTEM)
    if end == "disabled":
        disable_user(key.owner.code, actor=SYSTEM)
    if end == "moved on":
        set_administrator(key.owner.code, True, actor=SYSTEM)
    if end == "unknown":
        with transaction():
            db.session.delete(db.session.merge(key))
    if end == "cut":
        headers = {"Authorization": headers["Authorization"][:-1]}
    with travel(now() + timedelta(days=91 if end == "expired" else 0)):
        assert wrong(demo_client, share(routes(demo_client.application), turn), headers, 401, "key.unknown") == []
        answer = problem(demo_client.get("/api/v1/desk/venues", headers=headers), 401, "key.unknown")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_opens_until_the_instant_of_its_end(demo_client: FlaskClient) -> None:
    key, headers = make_key("jl2026", days=30)
    end = key.expires_at
    for at, status in ((end - timedelta(seconds=1), 200), (end, 401)):
        with travel(at):
            assert demo_client.get("/api/v1/desk/venues", headers=headers).status_code == status


def test_a_key_dies_with_the_role_of_its_owner(demo_client: FlaskClient) -> None:
    key, headers = make_key("jl2026")
    with transaction():  # a role taken away beside set_grants, which would have raised the epoch too
        db.session.delete(db.session.scalars(select(Grant).where(Grant.user_id == key.owner_id)).one())
    problem(demo_client.get("/api/v1/desk/venues", headers=headers), 401, "key.unknown")
    assert [str(facts.state) for facts in list_keys(key.owner_id)] == ["ended"]


@pytest.mark.parametrize(("turn", "role"), list(enumerate(role for role in Role if TABLE[role])))
def test_roles_are_refused_what_their_verbs_do_not_cover(demo_client: FlaskClient, turn: int, role: Role) -> None:
    kind = {"city": "city", "venue": "venue", "track": "track", "proposer": "organisation"}.get(role, "committee")
    scope = _scope(kind)
    _key, headers = make_key("jl2026", role, kind, scope)
    found = []
    for method, path, verb in share(routes(demo_client.application), turn):
        init_limits("")
        if method == "HEAD":
            continue
        answer = demo_client.open(path, method=method, headers=headers)
        denied = answer.status_code == 403 and answer.json and answer.json["code"] == "permission.denied"
        if bool(denied) == (verb in TABLE[role]):
            found.append((method, path, answer.status_code))
    assert found == []


def _scope(kind: str) -> str:
    """Return the code of something that a role can be narrowed to."""
    if kind == "track":
        week = find_week("jl2026")
        assert week
        return create_track(week.id, {"code": "north", "name_zh": "北线"}, actor=SYSTEM).code
    model: Any = {"city": City, "venue": Venue, "organisation": Organisation}.get(kind)
    return str(db.session.scalars(select(model.code).limit(1)).one()) if model else ""


def test_a_key_of_another_week_finds_no_week(demo_client: FlaskClient) -> None:
    create_week(SPRING, actor=SYSTEM)
    _key, headers = make_key("spring")
    found = []
    for method, path, _verb in routes(demo_client.application):
        init_limits("")
        answer = demo_client.open(path, method=method, headers=headers)
        foreign = answer.status_code == 404 and (method == "HEAD" or (answer.json or {})["code"] == "week.not_found")
        if "/weeks/jl2026" in path and not foreign:
            found.append((method, path, answer.status_code))
    assert found == []


def test_a_key_never_does_more_than_its_owner(demo_app: Flask) -> None:
    reader, committee = make_owner("jl2026", "reader"), make_owner("jl2026")
    for owner, role, fits in [
        (reader, "committee", False),
        (reader, "city", False),
        (reader, "reader", True),
        (committee, "reader", True),
        (committee, "city", True),
        (committee, "auditor", False),
        (committee, "proposer", False),
    ]:
        scope = {"city": ("city", "220100"), "proposer": ("organisation", _scope("organisation"))}.get(role, ())
        wish = GrantWish("jl2026", role, *scope)
        try:
            create_key("测试", wish, 30, actor=actor_of(owner))
        except Exception as refusal:
            assert not fits and [e.code for e in refusal.errors] == ["key.beyond"]  # type: ignore[attr-defined]
        else:
            assert fits, (owner.code, role)
    narrow = make_owner("jl2026", "city", "city", "220100")
    for city, fits in [("220100", True), ("220200", False)]:
        wish = GrantWish("jl2026", "city", "city", city)
        if fits:
            create_key("测试", wish, 30, actor=actor_of(narrow))
        else:
            with pytest.raises(Exception, match="input.invalid"):
                create_key("测试", wish, 30, actor=actor_of(narrow))


@pytest.mark.database
def test_the_last_use_is_written_once_a_minute(demo_client: FlaskClient) -> None:
    key, headers = make_key("jl2026")
    at = now()

    def used(after: int, agent: str) -> tuple[Any, str]:
        with travel(at + timedelta(seconds=after)):
            demo_client.get("/api/v1/desk/venues", headers=headers | {"User-Agent": agent})
        row = db.session.get_one(ApiKey, key.id, populate_existing=True)
        return row.last_used_at and round((row.last_used_at - at).total_seconds()), row.last_client

    assert used(0, "curl/8.5.0 (x86_64; 张三@10.0.0.3)") == (0, "curl")
    assert used(59, "other") == (0, "curl")
    assert used(60, "13800138000") == (60, "")


def test_roles_that_change_end_keys_at_once(demo_client: FlaskClient) -> None:
    key, headers = make_key("jl2026")
    wishes = [GrantWish("jl2026", "committee"), GrantWish("jl2026", "reader")]
    set_grants(key.owner.code, wishes, actor=SYSTEM)
    problem(demo_client.get("/api/v1/desk/venues", headers=headers), 401, "key.unknown")


FILES = ("/api/v1/desk/pictures", "/api/v1/desk/attachments")


def test_every_write_names_the_version_it_was_made_for(demo_client: FlaskClient) -> None:
    """Without If-Match 428; what is new names an Idempotency-Key, but for files: the same one again is the same row."""
    _key, headers = make_key("jl2026")
    every = [(m, p) for m, p, v in routes(demo_client.application) if v in TABLE[Role.COMMITTEE]]
    writes = [(method, path) for method, path in every if method not in ("GET", "HEAD") and path not in FILES]
    assert len(writes) > 55
    found = []
    for method, path in writes:
        init_limits("")
        answer = demo_client.open(path, method=method, headers=headers, json={})
        new = method == NO_PRECONDITION and not path.endswith(("/releases", "/foresight", "/restoration"))
        expected = "idempotency.key" if new else "precondition.missing"
        if answer.json is None or answer.json["code"] != expected:
            found.append((method, path, answer.status_code, (answer.json or {}).get("code")))
    assert found == []


@pytest.mark.database
@pytest.mark.parametrize("rubbish", RUBBISH[: scaled(len(RUBBISH))])
def test_rubbish_in_an_address_is_no_fault(demo_client: FlaskClient, rubbish: str) -> None:
    demo_client.application.config["PROPAGATE_EXCEPTIONS"] = False
    _key, headers = make_key("jl2026")
    headers |= {"If-Match": "*", "Idempotency-Key": "1"}
    found = []
    for method, path, _verb in routes(demo_client.application):
        init_limits("")
        answer = demo_client.open(path.replace("nix", rubbish), method=method, headers=headers, json={})
        if answer.status_code >= 500:
            found.append((method, path, answer.status_code))
    assert found == []
