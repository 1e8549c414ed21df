"""Send a form as a browser does: with the token of a page seen before."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def post(client: FlaskClient, path: str, data: Mapping[str, Any] | None = None) -> TestResponse:
    """Send a form with the session's token."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    assert found
    return client.post(path, data={**(data or {}), "csrf_token": found[1]})
