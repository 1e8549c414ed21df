"""What is in an edition, and how a copied one came to be."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, union_all

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.models import Kind, Page, Session, Tag, TagSet, Track, Week
from eventweek.registration.models import Offering, Registration
from eventweek.scheduling.models import Placement, Plan, Release

CONTENTS: tuple[Any, ...] = (Session, Placement, Kind, TagSet, Tag, Track, Page, Offering, Registration, Release)


@dataclass(frozen=True)
class Copy:
    """How an edition was copied: from which (None: it is gone), how many rows of each table, what was left open."""

    source: Week | None
    anchor: str
    counts: dict[str, int]
    permits: int
    without_day: list[Session]
    unplaced: list[Session]


def count_contents(week_id: int) -> dict[str, int]:
    """Return how many rows of each kind an edition has, by the table's name, in one statement.

    Of places those of the working plan count, which a copy brings.
    """
    working = Placement.plan_id.in_(select(Plan.id).where(Plan.week_id == week_id, Plan.working))
    each = [
        select(
            select(func.count())
            .where(model.week_id == week_id, *([working] if model is Placement else []))
            .scalar_subquery()
            .label(model.__tablename__)
        )
        for model in CONTENTS
    ]
    counts = db.session.scalars(union_all(*each)).all()
    return {model.__tablename__: count for model, count in zip(CONTENTS, counts, strict=True)}


def find_copy(week_id: int) -> Copy | None:
    """Return the report of the copy that made an edition, None where it was not copied."""
    query = select(AuditEntry.changes).where(AuditEntry.week_id == week_id, AuditEntry.verb == "week.copy")
    facts = db.session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))
    if facts is None:
        return None
    source = db.session.scalar(select(Week).where(Week.code == facts["source"]))
    codes = {*facts["without_day"], *facts["unplaced"]}
    own = select(Session).where(Session.week_id == week_id, Session.code.in_(codes)).order_by(Session.id)
    sessions = {session.code: session for session in db.session.scalars(own)} if codes else {}
    left = {name: [sessions[c] for c in facts[name] if c in sessions] for name in ("without_day", "unplaced")}
    return Copy(source=source, anchor=facts["anchor"], counts=facts["counts"], permits=facts["permits"], **left)
