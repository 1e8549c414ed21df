"""Every "no" of the API is a problem with a code, a sentence and the request's id, in the client's language."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def problem(answer: TestResponse, status: int, code: str) -> TestResponse:
    """Check the form of a problem."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body is not None
    assert (body["status"], body["code"], body["request_id"]) == (status, code, answer.headers["X-Request-Id"])
    assert body["detail"] and body["title"] and isinstance(body["errors"], list)
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    return answer


def test_unknown_address_in_both_languages(client: FlaskClient) -> None:
    chinese = problem(client.get("/api/v1/nothing"), 404, "request.not_found")
    assert chinese.json and "没有这个地址" in chinese.json["detail"]
    for wanted in ("en", "en-GB,de;q=0.5", "fr, en;q=0.5"):
        english = problem(client.get("/api/v1/nothing", headers={"Accept-Language": wanted}), 404, "request.not_found")
        assert english.json and "no such address" in english.json["detail"]
        assert english.headers["Content-Language"] == "en"
    problem(client.get("/api/"), 404, "request.not_found")
    problem(client.get("/en/api/v1/nothing"), 404, "request.not_found")


def test_wrong_method_keeps_allow(demo_client: FlaskClient) -> None:
    answer = problem(demo_client.delete("/api/v1/weeks"), 405, "request.method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.database
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("nix", "week.not_found"),
        ("nix/sessions", "week.not_found"),
        ("jl2026/sessions/nix", "session.not_found"),
        ("jl2026/people/nix", "subject.not_found"),
        ("jl2026/venues/99999999999999999999", "subject.not_found"),
        ("jl2026/organisations/𠮷", "subject.not_found"),
    ],
)
def test_unknown_subject(demo_client: FlaskClient, path: str, code: str) -> None:
    problem(demo_client.get(f"/api/v1/weeks/{path}"), 404, code)


def test_lying_host_is_refused(client: FlaskClient) -> None:
    problem(client.get("/api/v1/weeks", headers={"Host": "evil.example"}), 400, "request.host")


@pytest.mark.database
@pytest.mark.parametrize("part", ["%00", "a%00b", "%1b", "%0d%0aX: y", "%f0%9f%8e%ab%e2%80%ae", "%ed%a0%80"])
def test_control_characters_in_an_address_are_not_found(demo_client: FlaskClient, part: str) -> None:
    for path in (f"/api/v1/weeks/{part}", f"/w/{part}/", f"/w/jl2026/s/{part}.ics", f"/w/{part}/feed.ics"):
        assert demo_client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page=0", "page", "json.range"),
        ("page=99999999999999999999", "page", "json.range"),
        ("page=1e30", "page", "json.type"),
        ("page=NaN", "page", "json.type"),
        ("page_size=201", "page_size", "json.range"),
        ("page_size=%00", "page_size", "json.type"),
        ("day=" + "9" * 11, "day", "json.length"),
        ("q=" + "x" * 81, "q", "json.length"),
    ],
)
def test_query_that_makes_no_sense_is_said_at_its_field(
    demo_client: FlaskClient, query: str, field: str, code: str
) -> None:
    answer = problem(demo_client.get(f"/api/v1/weeks/jl2026/sessions?{query}"), 422, "input.invalid")
    assert answer.json and [(e["field"], e["code"]) for e in answer.json["errors"]] == [(field, code)]
    assert answer.json["errors"][0]["detail"]


def test_fault_says_nothing_but_its_number(demo_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    app = demo_client.application
    app.testing = False
    app.view_functions["programme.weeks"] = _broken
    answer = problem(demo_client.get("/api/v1/weeks"), 500, "server.fault")
    assert answer.json and answer.json["request_id"] in caplog.text
    assert "secret path" not in answer.text and "Traceback" not in answer.text


def _broken() -> str:
    raise RuntimeError("secret path")


_broken.access = "anybody"  # type: ignore[attr-defined]
