"""Verbs of pictures: take one in, give it other words."""

from collections.abc import Mapping, Sequence
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import files, images
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid
from eventweek.programme.models import Picture, PictureRendition
from eventweek.programme.queries.pictures import find_same
from eventweek.programme.queries.uploads import get_upload
from eventweek.programme.rules.checks import cleaned, defaults
from eventweek.programme.rules.subjects import PICTURE


def add_picture(content: bytes, words: Mapping[str, object], *, actor: Actor) -> Picture:
    """Take in a picture with its `alt_zh`, `alt_en` and `credit`; only its sizes are kept, never the file itself.

    Raises: Refusal permission.denied, image.*, file.disk_full; Invalid.
    """
    require(actor, Verb.PROGRAMME_EDIT)
    kept = keep_renditions(content)
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT)
        picture = make_picture(kept, words, actor)
        record(actor, "picture.create", "picture", picture.code)
    return picture


def reword_picture(code: str, words: Mapping[str, object], *, actor: Actor) -> Picture:
    """Return the picture of these words over the same files: the picture itself where they are its own.

    Raises: Refusal permission.denied, subject.not_found; Invalid.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT)
        old = get_upload(Picture, code)
        own = {name: getattr(old, name) for name in PICTURE.fields}
        if _clean(own | dict(words)) == own:
            return old
        kept = [
            PictureRendition(width=each.width, height=each.height, sha256=each.sha256, size=each.size)
            for each in old.renditions
        ]
        picture = make_picture(kept, own | dict(words), actor)
        record(actor, "picture.reword", "picture", picture.code)
    return picture


def keep_renditions(content: bytes) -> list[PictureRendition]:
    """Keep the files of a picture's sizes, before any transaction; what no picture comes to name is swept later.

    Raises: Refusal image.*, file.disk_full.
    """
    return [
        PictureRendition(width=each.width, height=each.height, sha256=files.keep(each.content), size=len(each.content))
        for each in images.render(content)
    ]


def make_picture(kept: Sequence[PictureRendition], words: Mapping[str, object], actor: Actor) -> Picture:
    """Add a picture in the caller's transaction, which asked for the permission; the same one again is that one.

    Raises: Invalid.
    """
    own = _clean(words)
    same = find_same([each.sha256 for each in kept], own)
    if same is not None:
        same.created_at = now()
        return same
    picture = Picture(renditions=list(kept), uploaded_by=actor.label, created_at=now(), **own)
    db.session.add(picture)
    db.session.flush()
    return picture


def _clean(words: Mapping[str, object]) -> dict[str, Any]:
    values, errors = cleaned(PICTURE, words)
    if errors:
        raise Invalid(errors)
    return defaults(PICTURE) | values
