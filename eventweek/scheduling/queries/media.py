"""Which kept files the public may have."""

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.scheduling.media import ShownFile
from eventweek.scheduling.models import PublishedFile


def get_public_file(name: str) -> ShownFile:
    """Return a file that a published session shows now, in one statement.

    Raises: Refusal file.not_found, alike for what is unknown, not published yet or withdrawn.
    """
    row = db.session.scalar(select(PublishedFile).where(PublishedFile.name == name).limit(1))
    if row is None:
        raise Refusal("file.not_found")
    return ShownFile(row.name, row.sha256, row.content_type, row.title)
