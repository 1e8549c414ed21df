"""Shapes of what people agree to, of proofs of contacts and of work, and of handing places over."""

from marshmallow import fields, validate

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import CHOICE, Pass, Text, counted, said, text


class Challenge(Schema):
    """A proof of work to be done: find the counter whose key begins with `keyPrefix` (ALTCHA, protocol v2)."""

    parameters = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    signature = said("ours, over the parameters")


class NewContactCode(Schema):
    """Where a code goes: a phone or an e-mail address. Without `work` few are sent."""

    phone = text(40)
    email = text(300)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(["zh-CN", "en"], error=CHOICE))
    work = text(4000, "solution of a challenge: base64 of its JSON, as the widget makes it")


class ContactCode(Schema):
    """The secret under which a code is typed; once it was, the proof."""

    proof = said()


class NewContactProof(Schema):
    """The code that the person received; five tries, ten minutes."""

    proof = text(32, required=True)
    code = text(40, required=True)


class OwnProof(Schema):
    """What was proven."""

    proof = text(32, required=True)


class NewHandover(Schema):
    """Who comes instead. `consent`: that they agreed to the text."""

    name = text(200, required=True)
    phone = text(40)
    email = text(300)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(["zh-CN", "en"], error=CHOICE))
    consent = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class HandedOver(Schema):
    """The registration that is another person's now."""

    code = said()


class OwnPasses(Schema):
    """The passes in which a proven contact stands."""

    items = fields.List(fields.Nested(Pass), required=True)


class ConsentText(Schema):
    """What a person agrees to with `consent`; show it to them before you send `true`."""

    id = said("to send as `consent_text`")
    version = counted("counts from 1; a newer version has to be agreed to anew")
    text = fields.Nested(Text, required=True)
