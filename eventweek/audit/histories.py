"""Reads of the revisions: the history of one row, and of what belongs to it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from eventweek.audit.models import Revision
from eventweek.kernel.db import db

NAMES = ("title_zh", "name_zh", "title_en", "name_en")


@dataclass(frozen=True)
class Stretch:
    """The revisions of some rows, as (subject, row id), from one revision's id on to another's (None: to the last)."""

    rows: tuple[tuple[str, int], ...]
    since: int = 0
    until: int | None = None


@dataclass(frozen=True)
class RevisionFilter:
    """What to show of a stretch: the changes of a field, by an actor."""

    field: str = ""
    actor: str = ""


def stretch_of(subject: str, row_id: int, *others: tuple[str, int]) -> Stretch:
    """Return the history of a row that exists, with that of others; an earlier row of the same id is not its own."""
    made = (Revision.subject == subject, Revision.row_id == row_id, Revision.verb == "create")
    since = db.session.scalar(select(func.max(Revision.id)).where(*made)) or 0
    return Stretch(((subject, row_id), *others), since)


def stretch_of_gone(subject: str, week_id: int | None, code: str) -> Stretch | None:
    """Return the history of the last row that was called so, None where there never was one."""
    named = (Revision.subject == subject, Revision.code == code)
    week = Revision.week_id == week_id if week_id and subject != "week" else Revision.id.is_not(None)
    last = db.session.scalar(select(Revision).where(*named, week).order_by(Revision.id.desc()).limit(1))
    if last is None:
        return None
    own = (Revision.subject == subject, Revision.row_id == last.row_id, Revision.id <= last.id)
    since = db.session.scalar(select(func.max(Revision.id)).where(*own, Revision.verb == "create")) or 0
    return Stretch(((subject, last.row_id),), since, last.id)


def list_revisions(
    own: Stretch, wanted: RevisionFilter, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Revision], int]:
    """Return revisions, newest first, and how many there are; `window` gives offset and limit for that total."""
    query = _of(own)
    if wanted.actor:
        query = query.where(Revision.actor == wanted.actor)
    if wanted.field:
        columns = (Revision.changes, Revision.personal)
        query = query.where(or_(*(column[wanted.field].as_string().is_not(None) for column in columns)))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    return list(db.session.scalars(query.order_by(Revision.id.desc()).offset(offset).limit(limit))), total


def map_last_names(subject: str, codes: Collection[str]) -> dict[str, str]:
    """Return what rows of a subject that are gone were called last, by code; nothing where that was erased."""
    named = (Revision.subject == subject, Revision.code.in_(codes), Revision.verb.in_(("create", "edit")))
    query = select(Revision.code, Revision.changes).where(*named).order_by(Revision.id)
    found: dict[str, dict[str, str]] = {}
    for row in db.session.execute(query) if codes else ():
        texts = {name: pair[1] for name, pair in row.changes.items() if name in NAMES}
        found[row.code] = found.get(row.code, {}) | texts
    names = {code: next(filter(None, map(texts.get, NAMES)), "") for code, texts in found.items()}
    return {code: name for code, name in names.items() if name}


def changed_since(subjects: Collection[str], since: datetime) -> Select[int]:
    """Select the ids of the rows of these subjects that somebody has changed since a time."""
    return select(Revision.row_id).where(Revision.subject.in_(subjects), Revision.at >= since)


def list_deleted(subject: str, week_id: int | None, since: datetime) -> list[tuple[str, datetime]]:
    """Return what rows of a subject, of a week where it is a week's own, were called and when they were deleted."""
    gone = (Revision.subject == subject, Revision.verb == "delete", Revision.at >= since)
    query = select(Revision.code, Revision.at).where(*gone).order_by(Revision.id)
    own = query if week_id is None else query.where(Revision.week_id == week_id)
    return [(row.code, row.at) for row in db.session.execute(own)]


def list_makers(own: Stretch) -> list[str]:
    """Return the labels of all who changed something."""
    labels = _of(own).with_only_columns(Revision.actor).distinct().order_by(Revision.actor)
    return list(db.session.scalars(labels))


def find_revision(own: Stretch, number: int) -> Revision | None:
    """Return one revision of the stretch by its id."""
    return db.session.scalars(_of(own).where(Revision.id == number)).one_or_none() if number < 2**31 else None


def _of(own: Stretch) -> Select[Revision]:
    rows: list[ColumnElement[bool]] = [and_(Revision.subject == name, Revision.row_id == n) for name, n in own.rows]
    query = select(Revision).where(or_(*rows), Revision.id >= own.since)
    return query if own.until is None else query.where(Revision.id <= own.until)
