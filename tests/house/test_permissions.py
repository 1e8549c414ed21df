"""Who may call which route: each rule x role x method is decided by the declared access, whatever the spelling."""

from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.programme.actions.weeks import create_week
from eventweek.programme.models import Grant
from tests.conftest import SignIn, share
from tests.factories.programme import SPRING

STAFF = ("/desk", "/account")
OPEN = {"static"}


def _access(app: Flask, rule: Rule) -> str:
    return str(getattr(app.view_functions[rule.endpoint], "access", "undeclared"))


def _closed(app: Flask) -> list[tuple[Rule, str]]:
    """Return the rules that are not for anybody, each with an address that fits it."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN or _access(app, rule) in ("anybody", "key"):
            continue  # keys: tests/api/desk/test_access.py
        values = {name: "jl2026" if name == "week" else 1 if _is_number(rule, name) else "x" for name in rule.arguments}
        found.append((rule, adapter.build(rule.endpoint, values, method=min(rule.methods or {"GET"}))))
    return found


def _is_number(rule: Rule, name: str) -> bool:
    return type(rule._converters[name]).__name__ == "IntegerConverter"


def _may(access: str, role: str | None) -> bool:
    return access == "signed_in" or role is None or Verb(access) in TABLE[Role(role)]


def _status(client: FlaskClient, method: str, path: str) -> tuple[int, bool]:
    answer = client.open(path, method=method)
    return answer.status_code, "/sign-in" in answer.headers.get("Location", "")


@pytest.fixture
def house(demo_app: Flask) -> Flask:
    """Give the application without the forms' tokens, so that the guard alone decides."""
    demo_app.config["WTF_CSRF_ENABLED"] = False
    return demo_app


def test_staff_pages_are_for_nobody_else(house: Flask) -> None:
    slack = [str(r) for r in house.url_map.iter_rules() if str(r).startswith(STAFF) and _access(house, r) == "anybody"]
    assert slack == [] and len(_closed(house)) > 10


def test_visitors_are_led_to_the_sign_in_page_from_every_closed_rule(house: Flask) -> None:
    client, wrong = house.test_client(), []
    for rule, path in _closed(house):
        for method in sorted((rule.methods or set()) | {"HEAD", "OPTIONS"}):
            if method in (rule.methods or set()) and _status(client, method, path) != (303, True):
                wrong.append((method, path))
        for spelling, method in product(
            (path.upper(), path.rstrip("/") + "/", f"//{path}", f"/en{path}"), ("GET", "POST")
        ):
            status, led = _status(client, method, spelling)
            if not (led or status in {301, 308, 404, 405}):
                wrong.append((method, spelling))
    assert wrong == []


@pytest.mark.parametrize(("turn", "role"), list(enumerate(map(str, Role))))
def test_roles_are_refused_what_their_verbs_do_not_cover(house: Flask, sign_in: SignIn, turn: int, role: str) -> None:
    client, wrong = sign_in(house, role), []
    for rule, path in share(_closed(house), turn):
        if _may(_access(house, rule), role):
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS"}) + ["OPTIONS"]:
            if _status(client, method, path)[0] != 403:
                wrong.append((method, path))
        for spelling in (path.upper(), path.rstrip("/") + "/"):
            if _status(client, "GET", spelling)[0] not in {301, 308, 403, 404, 405}:
                wrong.append(("GET", spelling))
    assert wrong == []


def test_a_role_of_another_week_opens_nothing_here(house: Flask, sign_in: SignIn) -> None:
    """Somebody who is of the committee next door and reads here is refused here what readers are refused."""
    client, wrong, tried = sign_in(house, "reader"), [], 0
    other = create_week(SPRING | {"code": "other", "cities": []}, actor=SYSTEM)
    with client.session_transaction() as session, transaction():
        db.session.add(Grant(user_id=session["staff"]["id"], week_id=other.id, role=Role.COMMITTEE))
    for rule, path in _closed(house):
        if "week" not in rule.arguments or _may(_access(house, rule), "reader"):
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            tried += 1
            if _status(client, method, path)[0] not in (403, 404):
                wrong.append((method, path))
    assert wrong == [] and tried > 40


def test_an_administrator_is_refused_nothing(house: Flask, sign_in: SignIn) -> None:
    client = sign_in(house)
    refused = [
        str(rule)
        for rule, path in _closed(house)
        if "GET" in (rule.methods or set()) and _status(client, "GET", path) in {(403, False), (303, True)}
    ]
    assert refused == []
