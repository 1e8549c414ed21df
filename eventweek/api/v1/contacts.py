"""Whose contact it is: challenges to work on, one-time codes, and what a proof opens."""

from typing import Any

from flask import Response, request

from eventweek.api.v1 import contact_schemas as schemas
from eventweek.api.v1.frame import Blueprint, anybody, private
from eventweek.api.v1.programme import find_edition
from eventweek.api.v1.registration import TOKEN, holder_of_token, own_registration, pass_of
from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.kernel.work import new_challenge
from eventweek.registration.actions import CodeWish, Successor, hand_over, open_passes, prove_contact, request_code
from eventweek.registration.contacts import parse_email, parse_phone
from eventweek.registration.queries.codes import is_proven

blueprint = Blueprint("contacts", __name__, description="Prove contacts, find passes again, hand places over.")
Facts = dict[str, Any]


@blueprint.get("/challenge")
@blueprint.response(200, schemas.Challenge)
@anybody
def challenge() -> Response:
    """Give a challenge of ALTCHA (protocol v2), to be worked on and sent as `work`, once, within 20 minutes"""
    limited("work.challenge", "1200/minute", request.remote_addr or "")
    return private(new_challenge())


@blueprint.post("/weeks/<week>/contact-codes")
@blueprint.arguments(schemas.NewContactCode)
@blueprint.response(202, schemas.ContactCode)
@anybody
def contact_code_create(sent: Facts, week: str) -> Response:
    """Send a one-time code to a phone or an e-mail address

    The answer is the same whether somebody of that contact is registered or not.
    """
    own = find_edition(week)
    kind, value = _contact(sent)
    wish = CodeWish(own.id, kind, value, sent["locale"], "", request.remote_addr or "", sent.get("work", ""))
    return private({"proof": request_code(wish)}, 202)


@blueprint.post("/contact-proofs")
@blueprint.arguments(schemas.NewContactProof)
@blueprint.response(200, schemas.ContactCode)
@anybody
def contact_proof_create(sent: Facts) -> Response:
    """Take the code that the person received; from then on `proof` shows for an hour that the contact is theirs"""
    limited("code.proof", "600/minute", request.remote_addr or "")
    prove_contact(sent["proof"], sent["code"])
    return private({"proof": sent["proof"]})


@blueprint.post("/weeks/<week>/own-passes")
@blueprint.arguments(schemas.OwnProof)
@blueprint.response(200, schemas.OwnPasses)
@anybody
def own_passes(sent: Facts, week: str) -> Response:
    """Give the passes of the week to whoever proved that the contact in them is theirs"""
    own = find_edition(week)
    limited("code.passes", "600/minute", request.remote_addr or "")
    if not is_proven(sent["proof"]):
        raise Refusal("code.expired")
    return private({"items": [pass_of(each) for each in open_passes(own.id, sent["proof"])]})


@blueprint.post("/registrations/<code>/handover")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(schemas.NewHandover)
@blueprint.response(200, schemas.HandedOver)
@anybody
def handover_create(sent: Facts, code: str) -> Response:
    """Give a confirmed place to another person; the old pass opens that door no more"""
    own = holder_of_token()
    limited("my.handover", "5/hour;10/day", own.code)
    own_registration(own, code)
    hand_over(code, Successor(**sent), actor=VISITOR, owner=own.id)
    return private({"code": code})


def _contact(sent: Facts) -> tuple[str, str]:
    """Return the one contact that is sent, normalised.

    Raises: Invalid phone.invalid, email.invalid, contact.required.
    """
    for kind, parse in (("phone", parse_phone), ("email", parse_email)):
        try:
            value = parse(sent.get(kind, ""))
        except Refusal as refusal:
            raise Invalid([FieldError(kind, refusal.code)]) from refusal
        if value:
            return kind, value
    raise Invalid([FieldError("phone", "contact.required")])
