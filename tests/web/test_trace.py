"""What the log says of a request, and what it never says; whom we believe about hosts and peers."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.config import Config
from eventweek.kernel.logs import init_logs
from eventweek.programme.actions.staff import invite_user
from eventweek.web.frame import anybody
from tests.factories.accounts import PASSWORD


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what is logged, as JSON lines."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = StringIO()
    init_logs(stream)
    yield stream
    root.handlers = before
    root.setLevel(level)


def lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_with_token_name_and_password_leaves_none_of_them(app: Flask, log: StringIO) -> None:
    _, token = invite_user("wang@example.org", "王敏", actor=SYSTEM)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post(
        f"/en/invitations/{token}?q=wang@example.org",
        data={"name": "王敏", "password": PASSWORD},
        headers={"X-Request-Id": "forged"},
    )
    assert answer.status_code == 303
    client.post("/sign-in", data={"email": "wang@example.org", "password": PASSWORD})
    client.get("/nowhere/wang@example.org")
    said = log.getvalue()
    for private in (token, "wang@", "王敏", PASSWORD, "forged"):
        assert private not in said
    first = next(line for line in lines(log) if line["event"] == "request")
    assert (first["route"], first["status"], first["method"]) == ("/invitations/<token>", 303, "POST")
    assert (first["language"], first["request_id"]) == ("en", answer.headers["X-Request-Id"])
    assert isinstance(first["ms"], int) and len(str(first["request_id"])) == 12


def test_a_fault_is_told_by_kind_and_place_not_by_its_words(app: Flask, log: StringIO) -> None:
    @anybody
    def broken() -> str:
        raise ValueError("wang@example.org typed this")

    app.view_functions["account.sign_in"] = broken
    app.testing = False
    page = app.test_client().get("/sign-in")
    assert page.status_code == 500 and "wang@" not in page.text + log.getvalue()
    fault = next(line for line in lines(log) if "fault" in line)
    assert fault["fault"] == "ValueError" and any("broken" in str(frame) for frame in list(fault["at"]))  # type: ignore[call-overload]
    assert fault["request_id"] == page.headers["X-Request-Id"] and page.headers["X-Request-Id"] in page.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "a b", ""])
def test_a_lying_host_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400 and "evil" not in answer.text


@pytest.mark.parametrize(
    ("proxies", "peer", "secure"), [(0, "127.0.0.1", False), (1, "198.51.100.9", True), (2, "1.2.3.4", False)]
)
def test_only_our_own_proxies_are_believed(tmp_path: Path, proxies: int, peer: str, secure: bool) -> None:
    app = create_app(Config(var=tmp_path, secret_key="k" * 48, proxies=proxies))

    @anybody
    def whoami() -> dict[str, object]:
        return {"peer": request.remote_addr, "secure": request.is_secure, "host": request.host}

    app.add_url_rule("/whoami", "whoami", whoami)
    forged = {
        "X-Forwarded-For": "1.2.3.4, 198.51.100.9",
        "X-Forwarded-Proto": "http, https",
        "X-Forwarded-Host": "evil.example",
    }
    assert app.test_client().get("/whoami", headers=forged).json == {
        "peer": peer,
        "secure": secure,
        "host": "localhost",
    }
