"""A visitor with a phone: picks sessions, fills the form, holds a pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.kernel.db import db
from eventweek.programme.models import Session

Code = Callable[[str], str]
HERE = {"Origin": "http://127.0.0.1:8000"}


@pytest.fixture
def code(demo_app: Flask) -> Code:
    """Give a function from the demo's own id to the code of the session."""
    return lambda key: db.session.scalars(select(Session.code).where(Session.source_key == f"demo:{key}")).one()


def hidden_in(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    fields = r'<input id="\w+" name="(csrf_token|key|consent_text|proof|asked)" type="hidden" value="([^"]*)">'
    return {name: unescape(value) for name, value in re.findall(fields, page)}


@dataclass
class Visitor:
    """One browser."""

    client: FlaskClient
    code: Code

    def pick(self, *keys: str) -> TestResponse:
        """Send what was ticked in the programme."""
        return self.client.post("/w/jl2026/picks", data={"s": [self.code(key) for key in keys]}, headers=HERE)

    def hidden(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a form."""
        return hidden_in(self.client.get(path).text)

    def send(self, **fields: str) -> TestResponse:
        """Send the form of the basket."""
        person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"}
        return self.client.post("/w/jl2026/basket", data=self.hidden("/w/jl2026/basket") | person | fields)

    def register(self, *keys: str, **fields: str) -> TestResponse:
        """Pick and send; returns the answer after the redirect."""
        self.pick(*keys)
        return self.client.get(self.send(**fields).headers["Location"])


@pytest.fixture
def visitor(demo_app: Flask, at_demo_noon: object, code: Code) -> Callable[[], Visitor]:
    """Give a function that makes a visitor with a browser of their own, at noon of the demo's first day."""
    return lambda: Visitor(demo_app.test_client(), code)
