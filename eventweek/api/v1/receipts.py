"""Receipts of gateways: what became of messages that they took over. Signed like the messages themselves."""

import hmac
from time import time

from flask import Response, current_app, request
from marshmallow import fields, validate

from eventweek.api.v1.frame import Blueprint, Schema, anybody, private
from eventweek.api.v1.schemas import CHOICE, LENGTH, said
from eventweek.config import Config
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.outbox.actions import note_receipts
from eventweek.outbox.channels import signature

blueprint = Blueprint("receipts", __name__, description="What became of messages, told by the gateways that took them.")
OLDEST_S = 300
MOST = 200
STATES = ("delivered", "failed", "bounced")
HEADERS = [
    {"in": "header", "name": name, "required": True, "schema": {"type": "string"}, "description": about}
    for name, about in (
        ("X-Eventweek-Time", "seconds since 1970, at most five minutes away"),
        ("X-Eventweek-Signature", "HMAC-SHA256 of time, a full stop and the body under the channel's secret"),
    )
]


class Receipt(Schema):
    """What became of one message."""

    reference = fields.String(
        required=True, validate=validate.Length(1, 80, error=LENGTH), metadata={"description": "the gateway's"}
    )
    state = fields.String(required=True, validate=validate.OneOf(STATES, error=CHOICE), metadata={"enum": list(STATES)})
    reason = fields.String(load_default="", validate=validate.Length(max=60, error=LENGTH))


class Receipts(Schema):
    """Receipts of one channel."""

    receipts = fields.List(fields.Nested(Receipt), required=True, validate=validate.Length(1, MOST, error=LENGTH))


class Noted(Schema):
    """How many receipts fitted a message that was sent and had none yet."""

    noted = fields.Integer(required=True)
    channel = said()


@blueprint.post("/receipts/<channel>")
@blueprint.doc(parameters=HEADERS)
@blueprint.arguments(Receipts)
@blueprint.response(200, Noted)
@anybody
def receipt_create(sent: dict[str, list[dict[str, str]]], channel: str) -> Response:
    """Tell what became of messages

    `bounced` says that the address takes nothing any more. A receipt counts once; others change nothing.
    """
    limited("api.receipts", "600/minute", request.remote_addr or "")
    _refuse_unsigned(channel)
    return private({"noted": note_receipts(channel, sent["receipts"]), "channel": channel})


def _refuse_unsigned(channel: str) -> None:
    """Let the gateway of a channel go on.

    Raises: Refusal receipt.unsigned, also where the channel has no secret or does not exist.
    """
    config: Config = current_app.extensions["eventweek"]
    secrets = {"email": config.mail_receipt_secret, "sms": config.sms.secret, "wechat": config.wechat.secret}
    secret = secrets.get(channel, "")
    stamp = request.headers.get("X-Eventweek-Time", "")
    given = request.headers.get("X-Eventweek-Signature", "")
    fresh = stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(time() - int(stamp)) <= OLDEST_S
    right = signature(secret, stamp, request.get_data(cache=True)) if secret and fresh else ""
    if not right or not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
        raise Refusal("receipt.unsigned")
