"""Shapes of invitations over the public API."""

from marshmallow import fields

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import INSTANT, Named, Offering, Text, said, text


class InvitedSession(Schema):
    """What somebody who is invited needs of a session."""

    code = said()
    title = fields.Nested(Text, required=True)
    start = said(**INSTANT)
    end = said(**INSTANT)
    venue = fields.Nested(Named, required=True)
    room = fields.Nested(Named, required=True)


class InvitationOpening(Schema):
    """The secret of an invitation."""

    invitation = text(80, "its code", required=True)


class InvitedTo(Schema):
    """What an invitation opens: the offering, and its sessions as published, also those that are not public."""

    offering = fields.Nested(Offering, required=True)
    sessions = fields.List(fields.Nested(InvitedSession), required=True)
    expires_at = said(**INSTANT)
