"""Shapes of the groups that units register."""

from marshmallow import fields, validate

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import CHOICE, INSTANT, LENGTH, Reason, counted, said, text
from eventweek.registration.members import MOST_MEMBERS


def _line(longest: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(0, longest, error=LENGTH))


def _locale() -> fields.String:
    return fields.String(load_default="zh-CN", validate=validate.OneOf(["zh-CN", "en"], error=CHOICE))


def _agreed(about: str) -> fields.Boolean:
    return fields.Boolean(load_default=False, truthy={True}, falsy={False}, metadata={"description": about})


class NewMember(Schema):
    """One of the people: a name, and a phone number or an e-mail of their own."""

    name = _line(200)
    phone = _line(40)
    email = _line(300)


class NewMembers(Schema):
    """People of a unit, in the order in which they get seats."""

    people = fields.List(
        fields.Nested(NewMember), required=True, validate=validate.Length(1, MOST_MEMBERS, error=LENGTH)
    )


class NewGroup(NewMembers):
    """A unit, who leads its list, and its people."""

    offering = fields.String(required=True, validate=validate.Length(1, 16, error=LENGTH))
    invitation = text(80, "secret of the link by which a unit fills its allotment")
    unit = _line(200)
    leader = _line(200)
    phone = _line(40)
    email = _line(300)
    locale = _locale()
    consent = _agreed("that each of the people has read the week's text and agreed")


class Replacement(NewMember):
    """Who comes instead."""

    consent = _agreed("that the person has read the week's text and agreed")
    locale = _locale()


class GroupMember(Schema):
    """One of a group, as its leader sees them."""

    registration = said("its code")
    name, phone, email = said(), said("E.164, or empty"), said()
    state = said("confirmed, waitlisted, offered, applied or returned")
    position = counted("place in the queue, from 1; 0: none")
    version = counted("for If-Match")


class RegisteredGroup(Schema):
    """A group and the people who stand in it, in the order of registering. `token` is for its leader alone."""

    code, unit = said(), said()
    offering = said("its code; empty where nothing of it is published any more")
    token = said("for `Authorization: Bearer`; keep it as a password")
    list = said("address of the leader's page")
    cut_off = said(**INSTANT)
    why_not = fields.Nested(
        Reason, required=True, allow_none=True, metadata={"description": "null: the list can be changed"}
    )
    why_none = fields.Nested(
        Reason, required=True, allow_none=True, metadata={"description": "null: people can be added"}
    )
    people = fields.List(fields.Nested(GroupMember), required=True)
