"""What a release changed for the holder of a pass: the question, where they could go instead, the answer."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from eventweek.api.v1 import schemas
from eventweek.api.v1.frame import Blueprint, anybody, private
from eventweek.api.v1.registration import TOKEN, holder_of_token, offering_of, own_registration
from eventweek.api.v1.schemas import INSTANT, RANGE, counted, said, text
from eventweek.api.v1.values import told
from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.registration.models import Pass
from eventweek.registration.queries.desk import find_registration
from eventweek.registration.queries.offerings import facts_of as offering_facts
from eventweek.replanning.actions import give_up_place, keep_place, swap_place
from eventweek.replanning.enums import Choice
from eventweek.replanning.queries import Affected, facts_of, find_asked, list_swaps

blueprint = Blueprint("affected", __name__, description="Keep, change or cancel after a release.")
Facts = dict[str, Any]
ANSWERS = [str(one) for one in Choice if one != Choice.OPEN]


class NamedPlace(Schema):
    """A room or a venue."""

    code = said()
    zh = said()
    en = said()


class PublishedSpot(Schema):
    """Time and place."""

    start = said(**INSTANT)
    end = said(**INSTANT)
    room = fields.Nested(NamedPlace, required=True)
    venue = fields.Nested(NamedPlace, required=True)
    cancelled = fields.Boolean(required=True)


class NamedSession(Schema):
    """A session by its code and title."""

    session = said()
    zh = said()
    en = said()


class SessionChange(NamedSession):
    """What changed of a session."""

    before = fields.Nested(PublishedSpot, required=True)
    after = fields.Nested(PublishedSpot, required=True)


class NewClash(Schema):
    """What the person cannot attend any more: `overlap`, or `journey` with the minutes needed and left."""

    kind = said()
    needed = counted()
    left = counted()
    first = fields.Nested(NamedSession, required=True)
    second = fields.Nested(NamedSession, required=True)


class ReleaseQuestion(Schema):
    """What somebody is asked. Without an answer the place is kept."""

    registration = said()
    choice = said("open, kept, changed, cancelled")
    open = fields.Boolean(required=True, metadata={"description": "an answer is still taken"})
    displaced = fields.Boolean(required=True, metadata={"description": "a smaller room: back on the waiting list"})
    changes = fields.List(fields.Nested(SessionChange), required=True)
    clashes = fields.List(fields.Nested(NewClash), required=True)
    target = said("the offering that was chosen instead")


class ReleaseAnswer(Schema):
    """What the person wants."""

    choice = fields.String(required=True, validate=validate.OneOf(ANSWERS, error=RANGE))
    offering = text(16, "code, with `changed`")


@blueprint.get("/registrations/<code>/question")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, ReleaseQuestion)
@anybody
def asked(code: str) -> Response:
    """Show what a release changed, and what the person said to it"""
    return private(_question(_asked(holder_of_token(), code)))


@blueprint.get("/registrations/<code>/alternatives")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, schemas.Offerings)
@anybody
def alternatives(code: str) -> Response:
    """List where the person could go instead: alike, with free seats, without a clash"""
    found = _asked(holder_of_token(), code)
    moment = now()
    return private({"items": [offering_of(offering_facts(own, moment)) for own in list_swaps(found.own)]})


@blueprint.put("/registrations/<code>/question")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(ReleaseAnswer)
@blueprint.response(200, ReleaseQuestion)
@anybody
def answer(sent: Facts, code: str) -> Response:
    """Keep the place, change to an alternative, or cancel; a second call changes nothing"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    if sent["choice"] == Choice.KEPT:
        keep_place(code, actor=VISITOR, owner=own.id)
    elif sent["choice"] == Choice.CHANGED:
        swap_place(code, sent.get("offering") or "", actor=VISITOR, owner=own.id)
    else:
        give_up_place(code, actor=VISITOR, owner=own.id)
    return private(_question(_asked(own, code)))


def _asked(own: Pass, code: str) -> Affected:
    """Return the question about a registration of a pass.

    Raises: Refusal registration.not_found, affected.not_found.
    """
    own_registration(own, code)
    row = find_registration(own.week_id, code)
    found = find_asked(row.id) if row else None
    if found is None:
        raise Refusal("affected.not_found")
    return found


def _question(found: Affected) -> Facts:
    facts, row = facts_of(found), found.row
    plain = {name: getattr(row, name) for name in ("displaced", "changes", "clashes", "target")}
    said_now = {"registration": found.own.code, "choice": str(found.choice), "open": bool(facts and facts.open)}
    return dict(told(said_now | plain))
