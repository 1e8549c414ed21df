"""Rubbish sent to every route, as a stranger and as an administrator: answered with a no, never with a fault."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from tests.conftest import SignIn, scaled, share

RUBBISH = ["%00", "%ED%A0%80", "%0d%0aSet-Cookie:%20a=b", "%E2%80%AE%E2%80%8B", "%F0%A0%AE%B7", "x" * 5000, "9" * 20]
TYPED = ["\udc80\r\nBcc: evil@b.cn\u202e\u200b𠮷{{7*7}}", "\x00", "字" * 100_000, "9" * 20, "1e30", "NaN"]
ASKED = ["q", "day", "page", "sort", "s", "of", "next", "city", "venue", "kind", "type", "seats", "actor", "state"]
NUMBERS = ["9" * 20, "999999999", "0"]


def _paths(app: Flask, rubbish: str, number: str, week: str) -> list[tuple[Rule, str]]:
    """Return each rule with rubbish in its place; `week` stands where the address names one."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "account.sign_out"):
            continue
        path = rule.rule
        for name in rule.arguments:
            value = number if type(rule._converters[name]).__name__ == "IntegerConverter" else rubbish
            value = week if name == "week" and len(rule.arguments) > 1 and week else value
            start, end = path.index("<"), path.index(">")
            path = path[:start] + value + path[end + 1 :]
        found.append((rule, path))
    return found


def _faults(client: FlaskClient, paths: list[tuple[Rule, str]], query: str) -> list[tuple[str, str, int]]:
    wrong = []
    for rule, path in paths:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(f"{path}?{query}", method=method)
            if answer.status_code >= 500 or b"Traceback" in answer.data or "\n" in str(answer.headers.get("Location")):
                wrong.append((method, path[:80], answer.status_code))
    return wrong


@pytest.mark.database
@pytest.mark.parametrize("role", [None, "administrator"])
def test_rubbish_in_addresses(demo_app: Flask, sign_in: SignIn, role: str | None) -> None:
    demo_app.config |= {"WTF_CSRF_CHECK_DEFAULT": False, "PROPAGATE_EXCEPTIONS": False}
    wrong = []
    for number, rubbish in enumerate(RUBBISH[: scaled(len(RUBBISH))]):
        client = sign_in(demo_app) if role else demo_app.test_client()
        query = "&".join(f"{name}={rubbish}" for name in ASKED)
        wrong += _faults(client, _paths(demo_app, rubbish, NUMBERS[number % 3], ""), query)
        wrong += _faults(client, _paths(demo_app, rubbish, NUMBERS[number % 3], "jl2026"), query)
    assert wrong == []


class _Forms(HTMLParser):
    """The forms of a page: (action, field names); and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str, str]]]] = []
        self.links: list[str] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        own = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(own.get("href", ""))
        if tag == "form":
            self.open = own.get("method", "").lower() == "post"
            if self.open:
                self.forms.append((own.get("action", ""), []))
        elif tag in ("input", "textarea", "select", "button") and self.open and own.get("name"):
            self.forms[-1][1].append((own["name"], own.get("type", tag), own.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a form."""
        self.open = self.open and tag != "form"


def _forms_of(client: FlaskClient, app: Flask, starts: list[str]) -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """Return one form of each endpoint that pages lead to: endpoint -> (address, fields), breadth first."""
    adapter, waiting, seen, forms = app.url_map.bind("localhost"), list(starts), set[str](), dict[str, Any]()
    while waiting:
        path = waiting.pop(0).split("#")[0]
        bare = path.split("?")[0]
        try:
            endpoint = str(adapter.match(bare)[0])
        except (HTTPException, RequestRedirect):
            continue
        if endpoint in seen or "static" in endpoint:
            continue
        seen.add(endpoint)
        page, answer = _Forms(), client.get(path)
        if answer.mimetype != "text/html":
            continue
        page.feed(answer.text)
        waiting += [link for link in page.links if link.startswith("/") and not link.startswith("/en")]
        for action, fields in page.forms:
            address = action or path
            forms.setdefault(str(adapter.match(address.split("?")[0], method="POST")[0]), (address, fields))
    return forms


@pytest.mark.database
def test_rubbish_in_forms(demo_app: Flask, sign_in: SignIn) -> None:
    demo_app.config |= {"WTF_CSRF_CHECK_DEFAULT": False, "PROPAGATE_EXCEPTIONS": False}
    client, wrong = sign_in(demo_app), []
    forms = _forms_of(
        client, demo_app, ["/desk/", "/w/jl2026", "/desk/w/jl2026/registrations", "/sign-in", "/my/finding"]
    )
    assert len(forms) > 30
    forms.pop("account.sign_out")
    for endpoint, (address, fields) in share(list(forms.items()), 0):
        for text in TYPED[: scaled(len(TYPED))]:
            sent = {name: value if name in ("version", "csrf_token") else text for name, _kind, value in fields}
            body = urlencode(sent, errors="surrogatepass")
            answer = client.post(address, data=body, content_type="application/x-www-form-urlencoded")
            if answer.status_code >= 500 or b"Traceback" in answer.data or "evil" in str(answer.headers):
                wrong.append((endpoint, text[:12], answer.status_code))
    assert wrong == []
