"""Shapes of free pages and notices."""

from marshmallow import fields

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import INSTANT, Text, said
from eventweek.programme.enums import NoticeLevel


class FreePageName(Schema):
    """A free page by its name."""

    code = said()
    title = fields.Nested(Text, required=True)
    listed = fields.Boolean(required=True, metadata={"description": "named at the foot of every page"})
    changed_at = said(**INSTANT)
    page = said("address of the page")


class FreePage(FreePageName):
    """A free page: frequently asked questions, transport, contact, terms ..."""

    text = fields.Nested(Text, required=True, metadata={"description": "CommonMark"})


class FreePages(Schema):
    """The free pages in their order."""

    items = fields.List(fields.Nested(FreePageName), required=True)


class Notice(Schema):
    """A notice that is told now. At most one of session, venue and city says what it is about."""

    code = said()
    title = fields.Nested(Text, required=True)
    text = fields.Nested(Text, required=True, metadata={"description": "CommonMark"})
    level = fields.String(required=True, metadata={"enum": [str(one) for one in NoticeLevel]})
    pinned = fields.Boolean(required=True)
    since = said(**INSTANT)
    until = fields.String(required=True, allow_none=True, metadata={**INSTANT, "description": "null: no end"})
    updated = said(**INSTANT)
    session = fields.String(required=True, allow_none=True, metadata={"description": "code"})
    venue = fields.String(required=True, allow_none=True, metadata={"description": "code"})
    city = fields.String(required=True, allow_none=True, metadata={"description": "region code"})
    page = said("address of its page")


class Notices(Schema):
    """The notices that are told now, in reading order: pinned, urgent, new ones first."""

    items = fields.List(fields.Nested(Notice), required=True)
