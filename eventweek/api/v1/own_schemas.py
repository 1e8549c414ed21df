"""What the holder of a pass sees of their registrations and sends about them."""

from marshmallow import Schema, fields, validate

from eventweek.api.v1.schemas import INSTANT, RANGE, Reason, counted, said, text


class OwnRegistration(Schema):
    """A registration as its holder sees it."""

    code = said()
    offering = said()
    state = said("confirmed, waitlisted, cancelled …")
    end_reason = said("empty while it lives")
    seats = counted()
    position = counted("place in the queue, from 1; 0: none")
    starts = said(**INSTANT)
    sessions = fields.List(fields.String(), required=True)
    can_cancel = fields.Boolean(required=True)
    can_hand_over = fields.Boolean(required=True)
    offer_until = fields.String(required=True, allow_none=True, metadata=INSTANT)
    answer = said("what the reviewer says")
    why_waiting = fields.Nested(Reason, required=True, allow_none=True)


class Resubmission(Schema):
    """What changed of an application that was sent back."""

    seats = fields.Integer(strict=True, validate=validate.Range(1, 50, error=RANGE))
    remark = text(500, "what you say to the reviewer")


class Move(Schema):
    """Where a registration shall stand."""

    offering = text(16, "code", required=True)


class OwnRegistrations(Schema):
    """All registrations of a pass, by start; ended ones too."""

    items = fields.List(fields.Nested(OwnRegistration), required=True)
