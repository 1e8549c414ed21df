"""Verbs of the files that visitors may download: take one in."""

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import files, uploads
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Attachment
from eventweek.programme.queries.attachments import find_same


def add_attachment(content: bytes, name: str, *, largest: int, actor: Actor) -> Attachment:
    """Take in a file of at most `largest` bytes as it is, under a name made safe; the same one again is that one.

    Raises: Refusal permission.denied, upload.*, file.disk_full.
    """
    require(actor, Verb.PROGRAMME_EDIT)
    known = uploads.recognise(content, name, largest)
    digest = files.keep(content)
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT)
        return kept_file(digest, known, len(content), actor)


def kept_file(digest: str, known: uploads.Recognised, size: int, actor: Actor) -> Attachment:
    """Return the row of a file whose bytes are kept, a new one where there is none; in the caller's transaction."""
    same = find_same(digest, known.name)
    if same is not None:
        same.created_at = now()
        return same
    own = Attachment(
        name=known.name, kind=known.kind, sha256=digest, size=size, uploaded_by=actor.label, created_at=now()
    )
    db.session.add(own)
    db.session.flush()
    record(actor, "attachment.create", "attachment", own.code)
    return own
