"""The sign-in page: sessions begin, rotate, grow old and end."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek import create_app
from eventweek.accounts.models import User
from eventweek.config import Config
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.web.account.onward import onward
from tests.factories.accounts import PASSWORD, make_user

AT = datetime(2026, 10, 15, 4, tzinfo=UTC)


def token(client: FlaskClient, path: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def enter(client: FlaskClient, email: str, password: str = PASSWORD, query: str = "") -> tuple[int, str, str]:
    answer = client.post(f"/sign-in{query}", data={"email": email, "password": password, "csrf_token": token(client)})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_wrong_and_right(app: Flask, client: FlaskClient) -> None:
    make_user("wang@example.org")
    wrong = enter(client, "wang@example.org", "wrong")
    unknown = enter(client, "nobody@example.org", "wrong")
    assert wrong[0] == unknown[0] == 422 and "邮箱或密码不对" in wrong[2] and 'value="wang@example.org"' in wrong[2]
    assert client.get("/account").status_code == 303
    assert enter(client, "wang@example.org")[0] == 303
    page = client.get("/en/account")
    assert page.status_code == 200 and "wang@example.org" in page.text and "My account" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_empty_fields_are_said_at_the_fields(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/en/sign-in", data={"csrf_token": token(client)})
    assert answer.status_code == 422 and "Enter the e-mail." in answer.text and "Enter the password." in answer.text


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient) -> None:
    make_user("wang@example.org")
    answer = client.post("/sign-in", data={"email": "wang@example.org", "password": PASSWORD})
    assert answer.status_code == 400 and "刷新后再提交" in answer.text
    assert client.post("/sign-out").status_code == 400


def test_a_visitor_is_led_there_and_back(app: Flask, client: FlaskClient) -> None:
    make_user("wang@example.org")
    led = client.get("/en/account?a=1").headers["Location"]
    assert led == "/en/sign-in?next=/en/account?a%3D1"
    assert enter(client, "wang@example.org", query="?next=/en/account?a%3D1")[1] == "/en/account?a=1"
    assert client.get("/sign-in?next=/en/account").headers["Location"] == "/en/account"


def test_a_form_sent_too_late_leads_back_to_its_page(app: Flask, client: FlaskClient) -> None:
    own = {"csrf_token": token(client)}
    for referrer, end in [("http://localhost/account", "?next=/account"), ("http://evil.example/account", "")]:
        led = client.post("/account/name", data=own, headers={"Referer": referrer}).headers["Location"]
        assert led == "/sign-in" + end


@pytest.mark.parametrize(
    "wanted",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)"),
        *("/\t/evil.example", "\t//evil.example", "/a\r\nSet-Cookie: x=1", "evil", "", "/" + "a" * 3000, "/\u2028"),
        *("///evil.example", "/sign-in", "/en/sign-out", "/a\x00"),
    ],
)
def test_no_way_leads_to_strangers(app: Flask, client: FlaskClient, wanted: str) -> None:
    assert onward(wanted) == ""
    make_user("wang@example.org")
    answer = client.post(
        "/sign-in",
        query_string={"next": wanted.encode("utf-8", "replace")},
        data={"email": "wang@example.org", "password": PASSWORD, "csrf_token": token(client)},
    )
    assert answer.headers["Location"] in {"/account", "/desk/", "/desk"}


def test_own_ways_are_kept() -> None:
    for wanted in ("/", "/desk/sessions?q=%E8%B7%AF&page=2", "/w/jl2026/日程"):
        assert onward(wanted) == wanted


def test_a_session_rotates_at_sign_in_and_ends_at_sign_out(app: Flask, client: FlaskClient) -> None:
    make_user("wang@example.org")
    before = token(client)
    with client.session_transaction() as session:
        session["planted"] = 1
    enter(client, "wang@example.org")
    with client.session_transaction() as session:
        assert "planted" not in session and "csrf_token" not in session
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    left = client.post("/sign-out", data={"csrf_token": token(client, "/account")}, follow_redirects=True)
    assert "已退出登录" in left.text
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("steps", "alive"),
    [([119], True), ([121], False), ([100] * 7, True), ([100] * 8, False), ([6, 119], True)],
    ids=["resting", "idle", "busy", "too old", "noted"],
)
def test_a_session_grows_old(app: Flask, client: FlaskClient, steps: list[int], alive: bool) -> None:
    """Two hours without a request, or twelve in all."""
    make_user("wang@example.org")
    at = AT
    with travel(at):
        enter(client, "wang@example.org")
    for minutes in steps:
        at += timedelta(minutes=minutes)
        with travel(at):
            status = client.get("/account").status_code
    assert status == (200 if alive else 303)


@pytest.mark.parametrize("ending", [{"epoch": 2}, {"disabled_at": AT}])
def test_a_risen_epoch_or_a_disabled_user_ends_every_session(
    app: Flask, client: FlaskClient, ending: dict[str, object]
) -> None:
    user = make_user("wang@example.org")
    enter(client, "wang@example.org")
    with transaction():
        row = db.session.get_one(User, user.id)
        for name, value in ending.items():
            setattr(row, name, value)
    assert client.get("/account").status_code == 303


def test_profile_changes_name_and_password(app: Flask, client: FlaskClient) -> None:
    make_user("wang@example.org")
    other = app.test_client()
    for each in (client, other):
        enter(each, "wang@example.org")
    own = {"csrf_token": token(client, "/account")}
    assert client.post("/account/name", data=own | {"name": " \u200b "}).status_code == 422
    done = client.post("/account/name", data=own | {"name": "王\u202e小敏"}, follow_redirects=True)
    assert "姓名已改" in done.text and 'value="王小敏"' in done.text
    weak = client.post("/account/password", data=own | {"old": PASSWORD, "new": "password1234"})
    assert weak.status_code == 422 and "这个密码太常见" in weak.text
    new = client.post("/account/password", data=own | {"old": PASSWORD, "new": "七月 的 雨 落在 伊通河"})
    assert new.status_code == 303 and client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("base", "name"), [("https://week.example", "__Host-eventweek"), ("http://127.0.0.1:8000", "eventweek")]
)
def test_cookie_flags_follow_the_base_address(tmp_path: Path, base: str, name: str) -> None:
    app = create_app(Config(var=tmp_path, secret_key="k" * 48, base_url=base))
    cookie = app.test_client().get("/sign-in", base_url=base).headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert ("Secure" in cookie) == base.startswith("https") and "Domain" not in cookie


def test_guessing_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    for _ in range(10):
        assert enter(client, "nobody@example.org", "wrong")[0] == 422
    answer = client.post(
        "/en/sign-in", data={"email": " Nob\u200body@example.org", "password": "x", "csrf_token": token(client)}
    )
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Try again in" in answer.text
    assert enter(client, "somebody@example.org", "wrong")[0] == 422
