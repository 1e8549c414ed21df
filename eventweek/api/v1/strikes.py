"""No-shows that count against the holder of a pass, and their appeal."""

from typing import Any

from flask import Response
from marshmallow import fields

from eventweek.api.v1.frame import Blueprint, Schema, anybody, private
from eventweek.api.v1.registration import TOKEN, holder_of_token
from eventweek.api.v1.schemas import INSTANT, Text, counted, said, text
from eventweek.api.v1.values import told
from eventweek.audit.actors import VISITOR
from eventweek.kernel.limits import limited
from eventweek.registration.actions.strikes import appeal_strike
from eventweek.registration.models import Pass
from eventweek.registration.queries.strikes import find_record, map_steps

blueprint = Blueprint("strikes", __name__, description="No-shows that count, where a week counts them.")
Facts = dict[str, Any]


class NoShowRule(Schema):
    """From how many no-shows on what follows, and the same in words."""

    misses = counted()
    text = fields.Nested(Text, required=True)


class NoShowStep(Schema):
    """What became of it; `reason`: why the system lifted it, `words`: of the person or the organiser."""

    at = said(**INSTANT)
    to, reason, words = said(), said(), said()


class NoShow(Schema):
    """One no-show."""

    code, registration = said(), said()
    state = said("given, appealed, upheld or lifted")
    given_at = said(**INSTANT)
    steps = fields.List(fields.Nested(NoShowStep), required=True)


class NoShows(Schema):
    """What stands against the holder; `rule` null: nothing is counted."""

    rule = fields.Nested(NoShowRule, required=True, allow_none=True)
    counting = counted("how many count now; an open appeal does not")
    effect = said("what becomes of new registrations now: behind, review, or empty")
    items = fields.List(fields.Nested(NoShow), required=True)


class NewAppeal(Schema):
    """Why it should not count."""

    text = text(500, required=True)


@blueprint.get("/no-shows")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, NoShows)
@anybody
def no_shows() -> Response:
    """List the no-shows that count against the holder of a pass in its week"""
    return _shown(holder_of_token())


@blueprint.put("/no-shows/<code>/appeal")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(NewAppeal)
@blueprint.response(200, NoShows)
@anybody
def no_show_appeal(sent: Facts, code: str) -> Response:
    """Appeal against one, once; until it is decided it does not count"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    appeal_strike(code, sent["text"], owner=own.id, actor=VISITOR)
    return _shown(own)


def _shown(own: Pass) -> Response:
    found = find_record(own)
    if found is None:
        return private({"rule": None, "counting": 0, "effect": "", "items": []})
    steps = map_steps([row.id for row in found.strikes])
    items = [
        {
            "code": row.code,
            "registration": row.registration.code,
            "state": row.state,
            "given_at": row.given_at,
            "steps": [{"at": s.at, "to": s.to_state, "reason": s.reason, "words": s.words} for s in steps[row.id]],
        }
        for row in found.strikes
    ]
    rule = {"misses": found.misses, "text": {"zh": found.rule.zh, "en": found.rule.en}}
    return private(told({"rule": rule, "counting": found.counting, "effect": found.effect, "items": items}))
