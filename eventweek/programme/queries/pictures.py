"""Reads of pictures."""

from collections.abc import Mapping

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Picture, PictureRendition


def find_same(digests: list[str], words: Mapping[str, object]) -> Picture | None:
    """Return the picture of these files and words, None where there is none yet."""
    sized = select(PictureRendition.picture_id).where(PictureRendition.sha256 == digests[-1])
    found = db.session.scalars(select(Picture).where(Picture.id.in_(sized)).filter_by(**words).order_by(Picture.id))
    return next((own for own in found if [each.sha256 for each in own.renditions] == digests), None)


def digest_of(picture: Picture, width: int) -> str:
    """Return the file of the size that fits a width best: the next larger one, else the largest.

    Raises: Refusal file.not_found for a width that is none.
    """
    if width < 1:
        raise Refusal("file.not_found")
    fitting = [each for each in picture.renditions if each.width >= width]
    return (fitting[0] if fitting else picture.renditions[-1]).sha256
