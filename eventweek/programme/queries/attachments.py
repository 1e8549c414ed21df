"""Reads of the files that visitors may download."""

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Attachment


def find_same(digest: str, name: str) -> Attachment | None:
    """Return the file of this content and name, None where there is none yet."""
    query = select(Attachment).where(Attachment.sha256 == digest, Attachment.name == name)
    return db.session.scalar(query.order_by(Attachment.id).limit(1))
