"""What the holder of a pass sees of their registrations and sends about them."""

from marshmallow import fields, validate

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import INSTANT, RANGE, Reason, Text, counted, said, text


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
    online = fields.Boolean(required=True, metadata={"description": "on line, with no seat in the room"})
    can_switch = fields.Boolean(required=True, metadata={"description": "from a seat to on line, or back"})
    can_join = fields.Boolean(required=True, metadata={"description": "the way in is open now"})


class Resubmission(Schema):
    """What changed of an application that was sent back."""

    seats = fields.Integer(strict=True, validate=validate.Range(1, 50, error=RANGE))
    remark = text(500, "what you say to the reviewer")


class Attendance(Schema):
    """How the holder takes part."""

    online = fields.Boolean(required=True, truthy={True}, falsy={False})


class WayIn(Schema):
    """The way into a session on line; it is for this person alone."""

    link = said("address of the room on line")
    note = fields.Nested(Text, required=True)
    session = said("code")


class Move(Schema):
    """Where a registration shall stand."""

    offering = text(16, "code", required=True)


class OwnRegistrations(Schema):
    """All registrations of a pass, by start; ended ones too."""

    items = fields.List(fields.Nested(OwnRegistration), required=True)
