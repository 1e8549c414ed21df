"""Which kept files the public may have: those that a published session shows, and the logos of weeks."""

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import PictureRendition, Week
from eventweek.scheduling.media import WEBP, ShownFile, digest_in
from eventweek.scheduling.models import PublishedFile


def get_public_file(name: str) -> ShownFile:
    """Return a file that a published session shows now, or a week as its logo.

    Raises: Refusal file.not_found, alike for what is unknown, not published yet or withdrawn.
    """
    row = db.session.scalar(select(PublishedFile).where(PublishedFile.name == name).limit(1))
    if row is not None:
        return ShownFile(row.name, row.sha256, row.content_type, row.title)
    size = PictureRendition.sha256
    logo = db.session.scalar(
        select(size).join(Week, Week.logo_id == PictureRendition.picture_id).where(size == digest_in(name)).limit(1)
    )
    if logo is None:
        raise Refusal("file.not_found")
    return ShownFile(name, logo, WEBP)
