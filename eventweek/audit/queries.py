"""Reads of the audit log."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db


@dataclass(frozen=True)
class EntryFilter:
    """What to show: entries of these weeks (None: of all and of none), of a subject, an actor, a span of time."""

    weeks: Collection[int] | None = None
    subject: str = ""
    code: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_entries(wanted: EntryFilter, window: Callable[[int], tuple[int, int]]) -> tuple[list[AuditEntry], int]:
    """Return entries, newest first, and how many there are; `window` gives offset and limit for that total."""
    terms = _terms(wanted)
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(*terms)) or 0
    offset, limit = window(total)
    rows = select(AuditEntry).where(*terms).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    return list(db.session.scalars(rows)), total


def list_latest(wanted: EntryFilter, number: int) -> list[AuditEntry]:
    """Return the newest entries, at most so many, the newest first."""
    query = select(AuditEntry).where(*_terms(wanted)).order_by(AuditEntry.id.desc())
    return list(db.session.scalars(query.limit(number)))


def list_since(week_id: int, number: int, subject: str) -> list[AuditEntry]:
    """Return what was done to subjects of a week after the entry of a number, the oldest first, at most a hundred."""
    terms = (AuditEntry.week_id == week_id, AuditEntry.id > number, AuditEntry.subject == subject)
    return list(db.session.scalars(select(AuditEntry).where(*terms).order_by(AuditEntry.id).limit(100)))


def list_actors(weeks: Collection[int] | None) -> list[str]:
    """Return the labels that occur as actors."""
    return list(
        db.session.scalars(
            select(AuditEntry.actor).where(*_terms(EntryFilter(weeks))).distinct().order_by(AuditEntry.actor)
        )
    )


def list_subjects(weeks: Collection[int] | None) -> list[str]:
    """Return the kinds of subject that occur."""
    return list(
        db.session.scalars(
            select(AuditEntry.subject).where(*_terms(EntryFilter(weeks))).distinct().order_by(AuditEntry.subject)
        )
    )


def _terms(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    columns = {"subject": AuditEntry.subject, "code": AuditEntry.code, "actor": AuditEntry.actor}
    terms = [column == getattr(wanted, name) for name, column in columns.items() if getattr(wanted, name)]
    if wanted.since:
        terms.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        terms.append(AuditEntry.at < wanted.until)
    if wanted.weeks is not None:
        terms.append(AuditEntry.week_id.in_(wanted.weeks))
    return terms
