"""What gateways tell of messages: signed, fresh, each once."""

import json
from dataclasses import replace
from time import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import send
from eventweek.outbox.channels import signature
from eventweek.outbox.models import Message
from eventweek.worker import work_off
from tests.api.test_problems import problem

SECRET = "a secret of tests only"
DELIVERED = {"reference": "<message.1@127.0.0.1>", "state": "delivered"}


def tell(client: FlaskClient, body: object, channel: str = "email", secret: str = SECRET, age: int = 0) -> TestResponse:
    """Send receipts as a gateway does."""
    data, stamp = json.dumps(body).encode(), str(int(time()) - age)
    headers = {"X-Eventweek-Time": stamp, "X-Eventweek-Signature": signature(secret, stamp, data)}
    return client.post(f"/api/v1/receipts/{channel}", data=data, headers=headers, content_type="application/json")


@pytest.fixture
def gateway(app: Flask, client: FlaskClient) -> FlaskClient:
    """Give a client of an installation whose mail gateway has a secret, with one message that went out."""
    app.extensions["eventweek"] = replace(app.extensions["eventweek"], mail_receipt_secret=SECRET)
    with transaction():
        send("registration/code", "a@example.org", "en", {"secret_code": "1", "minutes": 1}, "x:1")
    work_off()
    return client


def test_a_delivery_is_noted_once(gateway: FlaskClient) -> None:
    assert tell(gateway, {"receipts": [DELIVERED]}).json == {"noted": 1, "channel": "email"}
    assert tell(gateway, {"receipts": [DELIVERED]}).json == {"noted": 0, "channel": "email"}
    db.session.rollback()
    assert db.session.scalars(select(Message.state)).one() == "delivered"


def test_nobody_else_may_tell(gateway: FlaskClient) -> None:
    body = {"receipts": [DELIVERED]}
    for answer in (
        tell(gateway, body, secret="another"),
        tell(gateway, body, age=301),
        tell(gateway, body, channel="sms", secret=""),
        tell(gateway, body, channel="fax"),
        gateway.post("/api/v1/receipts/email", json=body, headers={"X-Eventweek-Time": "x"}),
    ):
        problem(answer, 403, "receipt.unsigned")
    unknown = [{"reference": "x", "state": "read"}]
    for wrong in ({}, [], *({"receipts": some} for some in ([], unknown, [DELIVERED] * 201))):
        assert tell(gateway, wrong).status_code == 422
