"""The API describes itself truly, for programs and for people."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.api.shapes import complaints
from tools.build_api_docs import PAGE, written


def description(client: FlaskClient) -> dict[str, Any]:
    """Give the OpenAPI description."""
    body = client.get("/api/v1/openapi.json").json
    assert body is not None
    return body


def test_every_route_is_described_and_nothing_else(client: FlaskClient) -> None:
    def address(rule: Rule) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)

    routed = {
        (address(rule), method.lower())
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api_docs.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    spec = description(client)
    described = {(path, method) for path, item in spec["paths"].items() for method in item if method != "parameters"}
    assert described == routed and len(routed) > 8
    assert spec["openapi"].startswith("3.1")


def test_every_operation_says_what_it_is_and_how_it_refuses(client: FlaskClient) -> None:
    for path, item in description(client)["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert operation["summary"], path
            assert operation["responses"]["default"]["$ref"].endswith("DEFAULT_ERROR")
            assert {p["name"] for p in item.get("parameters", [])} == set(re.findall(r"{(\w+)}", path))


def test_answers_have_the_described_shape(demo_client: FlaskClient) -> None:
    spec = description(demo_client)
    week = "/api/v1/weeks/jl2026"
    for path, shape in [
        ("/api/v1/weeks", "Weeks"),
        (week, "Week"),
        (f"{week}/sessions?page_size=200", "Sessions"),
        (f"{week}/venues", "Subjects"),
        (f"{week}/people", "Subjects"),
        (f"{week}/organisations", "Subjects"),
    ]:
        assert complaints(spec, {"$ref": f"#/components/schemas/{shape}"}, demo_client.get(path).json) == []
    refused = demo_client.get("/api/v1/weeks/nix").json
    assert complaints(spec, {"$ref": "#/components/schemas/Problem"}, refused) == []


def test_page_shows_every_operation_without_script(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs")
    assert (
        page.status_code == 200 and "<script" not in page.text and "http://" not in page.text.replace("http://127", "")
    )
    for path, item in description(client)["paths"].items():
        assert path in page.text
        assert all(one["summary"] in page.text for method, one in item.items() if method != "parameters")
    english = client.get("/en/api/v1/docs").text
    assert "API" in english and "接口" not in english


def test_written_page_is_fresh() -> None:
    """`make docs` was run after the last change of the API."""
    assert PAGE.read_text(encoding="utf-8") == written()
