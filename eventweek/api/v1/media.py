"""Pictures and materials of the published programme, as data."""

from typing import Any

from flask import current_app, url_for
from marshmallow import fields

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import Text, counted, said
from eventweek.kernel.uploads import TYPES
from eventweek.programme.enums import AttachmentKind, LinkKind
from eventweek.scheduling.media import attachment_name, picture_name

Facts = dict[str, Any]
USES = ["poster", "portrait", "photo", "floor_plan", "logo"]


class Link(Schema):
    """An address beside a session; its title may be empty."""

    kind = fields.String(required=True, metadata={"enum": [str(one) for one in LinkKind]})
    url = said(format="iri")
    title = fields.Nested(Text, required=True)


class Attachment(Schema):
    """A file beside a session; its title may be empty."""

    kind = fields.String(required=True, metadata={"enum": [str(one) for one in AttachmentKind]})
    title = fields.Nested(Text, required=True)
    name = said("name under which it is saved")
    content_type = said()
    size = counted("bytes")
    href = said("address of the file; what it says never changes")


class PictureSize(Schema):
    """One size of a picture, as WebP; what its address says never changes."""

    href = said("address of the file")
    width = counted("pixels")
    height = counted("pixels")


class Picture(Schema):
    """A picture with the words for those who cannot see it."""

    use = fields.String(required=True, metadata={"enum": USES})
    alt = fields.Nested(Text, required=True)
    credit = said("who made it, and its licence")
    sizes = fields.List(fields.Nested(PictureSize), required=True, metadata={"description": "the smallest first"})


def pictures_of(holder: Facts) -> list[Facts]:
    """Return the pictures that a snapshot holds of a session, venue, person or organisation."""
    found = [(use, holder[use]) for use in USES if use in holder]
    return [{"use": use, **_words(own), "sizes": [_size(each) for each in own["sizes"]]} for use, own in found]


def attachments_of(facts: Facts) -> list[Facts]:
    """Return the files that a snapshot holds beside a session."""
    return [
        {
            "kind": own["kind"],
            "title": {"zh": own["zh"], "en": own["en"]},
            "name": own["name"],
            "content_type": TYPES[own["type"]],
            "size": own["size"],
            "href": file_address(attachment_name(own)),
        }
        for own in facts.get("attachments", [])
    ]


def file_address(name: str) -> str:
    """Return the address of a published file for the world."""
    return str(current_app.extensions["eventweek"].base_url + url_for("public.media", name=name))


def _words(picture: Facts) -> Facts:
    alt = picture["alt"]
    return {"alt": {"zh": alt["zh"], "en": alt["en"]}, "credit": picture["credit"]}


def _size(size: Facts) -> Facts:
    return {"href": file_address(picture_name(size["file"])), "width": size["width"], "height": size["height"]}
