"""What tests of the desk's pages share."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SignIn


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator at work on the demo week, whose forms need no token."""
    demo_app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(demo_app)
