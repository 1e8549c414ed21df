"""How pictures and files that nothing names any more are forgotten."""

from datetime import timedelta

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Attachment, Picture
from eventweek.programme.queries.uploads import unused

KEPT = timedelta(days=30)
"""How long a picture or a file that nothing names stays: until then a field can be set back to it."""


def purge_pictures() -> int:
    """Delete the pictures that nothing has shown for `KEPT` since they were made; return how many there were."""
    return _purge(Picture, "picture")


def purge_attachments() -> int:
    """Delete the files that nothing has named for `KEPT` since they came; return how many there were."""
    return _purge(Attachment, "attachment")


def _purge(model: type[Picture] | type[Attachment], noun: str) -> int:
    with transaction():
        gone = list(db.session.scalars(unused(model, now() - KEPT)))
        for own in gone:
            db.session.delete(own)
        if gone:
            record(SYSTEM, f"{noun}.purge", noun, "", count=len(gone))
    return len(gone)
