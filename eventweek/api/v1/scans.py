"""Scans of door devices: the same action as the door's page, many at a time. The caller holds a device's key."""

from typing import Any

from flask import Response, request
from marshmallow import ValidationError

from eventweek.api.v1 import schemas
from eventweek.api.v1.frame import Blueprint, anybody, bearer, complaints, private
from eventweek.api.v1.problems import errors_of, spoken
from eventweek.api.v1.values import INSTANT
from eventweek.checkin.actions.answers import ScanAnswer
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.queries.gates import DeviceFacts, get_device
from eventweek.checkin.queries.holders import is_short_code
from eventweek.checkin.queries.scans import next_seq
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited

blueprint = Blueprint("scans", __name__, description="Scans of door devices, enrolled on the desk.")
Facts = dict[str, Any]
KEY = {
    "in": "header",
    "name": "Authorization",
    "required": True,
    "schema": {"type": "string"},
    "description": "Bearer and the key of a device",
}


@blueprint.post("/scans")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(schemas.NewScans)
@blueprint.response(200, schemas.Acknowledgements)
@anybody
def scan_create(sent: Facts) -> Response:
    """Keep scans and answer each with its verdict

    Each is kept once per device and `seq`: send the batch again after a lost answer. A scan that is refused does not
    stop the others; its number is free until a higher one is kept. At most 60 batches and 60 typed codes a minute.
    """
    device = calling_device("api.scans")
    reader = schemas.NewScan()
    body = {"items": [_acknowledged(device, reader, one) for one in sent["scans"]], "next_seq": next_seq(device.id)}
    response = private(body)
    response.headers["Vary"] = "Accept-Language"
    return response


def calling_device(counted: str) -> DeviceFacts:
    """Return the device of the Bearer key; `counted`: what it may do 60 times a minute.

    Raises: Refusal token.missing, device.unknown, device.revoked, device.expired, limit.reached.
    """
    key = bearer()
    limited("api.device", "1200/minute", request.remote_addr or "")
    device = get_device(key)
    limited(counted, "60/minute", device.code)
    return device


def _acknowledged(device: DeviceFacts, reader: schemas.NewScan, sent: Any) -> Facts:
    try:
        wanted = _read(reader, sent)
        if is_short_code(wanted.code):
            limited("gate.typed", "60/minute", device.code)
        answer = record_scan(device, wanted, actor=device.actor)
    except Refusal as refusal:
        if refusal.code in ("device.revoked", "device.expired", "device.unknown"):
            raise
        said = {"code": refusal.code, "detail": spoken(refusal.code, refusal.facts), "errors": errors_of(refusal)}
        return {"seq": _seq(sent), "verdict": None, "error": said}
    return {"seq": answer.seq, "verdict": _verdict(answer), "error": None}


def _read(reader: schemas.NewScan, sent: Any) -> ScanRequest:
    try:
        values = reader.load(sent)
    except ValidationError as error:
        located = ValidationError({"json": error.messages})
        raise Invalid([FieldError(field, code) for field, code in complaints(located)]) from error
    del values["mode"]
    return ScanRequest(**values)


def _seq(sent: Any) -> int | None:
    seq = sent.get("seq") if isinstance(sent, dict) else None
    return seq if type(seq) is int else None


def _verdict(answer: ScanAnswer) -> Facts:
    right, before, count = answer.right, answer.before, answer.turnout
    return {
        "colour": str(answer.colour),
        "code": answer.code,
        "detail": spoken(f"verdict.{answer.code}", {}),
        "overridden": answer.overridden,
        "repeat": answer.repeat,
        "rehearsal": answer.rehearsal,
        "kind": answer.kind,
        "name": answer.name,
        "organisation": answer.organisation,
        "party": answer.party,
        "before": {"at": before[0].strftime(INSTANT), "gate": _text(before[1])} if before else None,
        "go_to": {"code": right.code, "name": _text(right.title)} if right else None,
        "people": {"registered": count.registered, "arrived": count.arrived, "inside": count.inside},
        "link": answer.link,
    }


def _text(pair: Bilingual | None) -> dict[str, str] | None:
    return {"zh": pair.zh, "en": pair.en} if pair else None
