"""Shapes of the list that a door device decides by off-line."""

from marshmallow import fields, validate

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import INSTANT, RANGE, Text, counted, said, text
from eventweek.checkin.enums import Unknown

HIGHEST, LATEST = 2_000_000_000, 10**14


class ListWanted(Schema):
    """What the device holds already."""

    list = fields.Integer(
        load_default=0,
        validate=validate.Range(0, HIGHEST, error=RANGE),
        metadata={"description": "`list` of the answer before; another one is sent whole"},
    )
    since = fields.Integer(
        load_default=0,
        validate=validate.Range(0, HIGHEST, error=RANGE),
        metadata={"description": "`seq` of the answer before; 0: nothing"},
    )
    clock = fields.Integer(
        load_default=None,
        validate=validate.Range(0, LATEST, error=RANGE),
        metadata={"description": "the device's clock in milliseconds since 1970; the desk sees how far it is off"},
    )


class NamesWanted(ListWanted):
    """What names the device does not hold yet."""

    after = text(16, "`next` of the answer before, for the next page")


class ListGate(Schema):
    """A gate at which the device may stand."""

    code = said()
    name = fields.Nested(Text, required=True)
    venue = said("code")
    opens_before_min = counted("minutes before a session from which it lets in")
    unknown_policy = fields.String(required=True, metadata={"enum": [str(one) for one in Unknown]})
    stopped = fields.Boolean(required=True, metadata={"description": "nobody goes in until the desk says so"})


class ListSession(Schema):
    """A published session at one of these venues; `id` is what the rows call it."""

    id = counted()
    code = said()
    title = fields.Nested(Text, required=True)
    room = fields.Nested(Text, required=True)
    venue = said("code")
    start = said(**INSTANT)
    end = said(**INSTANT)
    capacity = fields.Integer(required=True, allow_none=True, metadata={"description": "of the room; null: unknown"})
    open_entry = fields.Boolean(required=True, metadata={"description": "nobody has to register"})
    cancelled = fields.Boolean(required=True)


class DoorList(Schema):
    """The list, or what changed in it after `since`. Decide by `/gate/rules.json`, as the server does."""

    list = counted("the list that `seq` counts in")
    seq = counted("the number of its newest change")
    whole = fields.Boolean(required=True, metadata={"description": "all of it: throw away what else is held"})
    week = said("code")
    clock = counted("the server's clock in milliseconds since 1970")
    gates = fields.List(fields.Nested(ListGate), required=True)
    sessions = fields.List(fields.Nested(ListSession), required=True)
    rows = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "by the first 12 bytes of the SHA-256 of a token in URL-safe base64: what it may"},
    )
    gone = fields.List(fields.String(), required=True, metadata={"description": "tokens that are on the list no more"})


class DoorNames(Schema):
    """Names by token, each sealed with a key made of its token (docs/door-list.md)."""

    list = counted()
    seq = counted()
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    next = said("for `after` of the next page; empty: that was all")
