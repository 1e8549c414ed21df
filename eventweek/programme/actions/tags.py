"""Verbs of what a week sorts its sessions by: kinds, tag sets, tags, tracks. All take the week's id first.

A tag is called `set:tag`, such as `industry:ei`.
"""

from typing import Any

from sqlalchemy import exists, func, select

from eventweek.accounts.enums import Verb
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError
from eventweek.programme.actions.verbs import Parts
from eventweek.programme.models import Kind, Tag, TagSet, Track
from eventweek.programme.models.sessions import session_tag
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.subjects import KIND, TAG, TAG_SET, TRACK


def _stays(whole: dict[str, Any], row: Any, _directory: Directory) -> list[FieldError]:
    """A tag that is in use means what its set means, so it stays there."""
    moved = row.id is not None and row.set.code != whole["set"]
    return [FieldError("set", "tag.stays")] if moved else []


def _fits(whole: dict[str, Any], row: Any, _directory: Directory) -> list[FieldError]:
    """A set of which a session has several tags cannot become single."""
    if row.id is None or not whole["single"] or row.single:
        return []
    own = session_tag.c.tag_id.in_([tag.id for tag in row.tags])
    crowded = select(session_tag.c.session_id).where(own).group_by(session_tag.c.session_id).having(func.count() > 1)
    count = db.session.scalar(select(func.count()).select_from(crowded.subquery())) or 0
    return [FieldError("single", "tag_set.crowded", {"count": count})] if count else []


def _used(row: Any) -> bool:
    """Say whether a session carries the tag, or a tag of the set."""
    tags = [row.id] if isinstance(row, Tag) else [tag.id for tag in row.tags]
    return db.session.scalar(select(exists().where(session_tag.c.tag_id.in_(tags)))) or False


_KINDS = Parts(KIND, Kind, Verb.MASTERS_EDIT)
_TAG_SETS = Parts(TAG_SET, TagSet, Verb.MASTERS_EDIT, _fits, _used)
_TAGS = Parts(TAG, Tag, Verb.MASTERS_EDIT, _stays, _used)
_TRACKS = Parts(TRACK, Track, Verb.MASTERS_EDIT)

create_kind, edit_kind, delete_kind = _KINDS.create, _KINDS.edit, _KINDS.delete
archive_kind, restore_kind = _KINDS.archive, _KINDS.restore
create_tag_set, edit_tag_set, delete_tag_set = _TAG_SETS.create, _TAG_SETS.edit, _TAG_SETS.delete
archive_tag_set, restore_tag_set = _TAG_SETS.archive, _TAG_SETS.restore
create_tag, edit_tag, delete_tag = _TAGS.create, _TAGS.edit, _TAGS.delete
archive_tag, restore_tag = _TAGS.archive, _TAGS.restore
create_track, edit_track, delete_track = _TRACKS.create, _TRACKS.edit, _TRACKS.delete
archive_track, restore_track = _TRACKS.archive, _TRACKS.restore
