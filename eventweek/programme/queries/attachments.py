"""Reads of the files that visitors may download."""

from collections.abc import Collection

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Attachment


def map_attachments(codes: Collection[str]) -> dict[str, Attachment]:
    """Return the files of these codes, by code, in one statement."""
    return {own.code: own for own in db.session.scalars(select(Attachment).where(Attachment.code.in_(codes)))}


def get_attachment(code: str) -> Attachment:
    """Return a file.

    Raises: Refusal subject.not_found.
    """
    own = db.session.scalar(select(Attachment).where(Attachment.code == code))
    if own is None:
        raise Refusal("subject.not_found")
    return own


def find_same(digest: str, name: str) -> Attachment | None:
    """Return the file of this content and name, None where there is none yet."""
    query = select(Attachment).where(Attachment.sha256 == digest, Attachment.name == name)
    return db.session.scalar(query.order_by(Attachment.id).limit(1))
