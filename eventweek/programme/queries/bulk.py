"""Changes to many sessions, and the sessions that they are about: read bare by a constant number of statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, subqueryload

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import (
    BulkChange,
    City,
    Kind,
    Organisation,
    Session,
    SessionDay,
    SessionOrganisation,
    Tag,
    TagSet,
    Track,
)
from eventweek.programme.models.sessions import session_tag
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.bulk import JUDGED
from eventweek.programme.rules.values import plain

REFERENCES = {"kind": Kind, "track": Track, "city": City}
COLUMNS = [
    *("id", "week_id", "code", "archived_at", "version", *(f"{name}_id" for name in REFERENCES)),
    *(name for name in JUDGED.fields if name in Session.__table__.c),
]


@dataclass(frozen=True)
class Row:
    """One session of a change: what changes, what stands against it.

    `theirs`: the values stored now of those fields where the session does not go along, else None: somebody changed it
    since it was looked at or since the change was applied, or an undo has left it out.
    """

    code: str
    title: Bilingual
    family: str
    changes: dict[str, Any]
    why: list[Any]
    theirs: dict[str, Any] | None


@dataclass(frozen=True)
class Offer:
    """What a bulk change chooses from; archived rows are there too."""

    kinds: list[Kind]
    tracks: list[Track]
    tag_sets: list[TagSet]
    organisations: list[Organisation]


def list_judged_sessions(week_id: int, codes: Collection[str]) -> list[Any]:
    """Return the sessions of these codes as bare rows that say what JUDGED asks, by id; always nine statements.

    They have the same names as a mapped session, so that their values are read in the same way.
    """
    own = Session.__table__.c
    query = select(*(own[name] for name in COLUMNS)).where(own.week_id == week_id, own.code.in_(codes))
    rows = db.session.execute(query.order_by(own.id)).all()
    others = {name: _coded(model) for name, model in REFERENCES.items()}
    lists = {"tags": _tags(week_id), "organisations": _organisations(week_id), "days": _days(week_id)}
    return [
        SimpleNamespace(
            **row._mapping,
            **{name: known.get(row._mapping[f"{name}_id"]) for name, known in others.items()},
            **{name: entries.get(row.id, []) for name, entries in lists.items()},
        )
        for row in rows
    ]


def _coded(model: Any) -> dict[int, Any]:
    return {row.id: row for row in db.session.execute(select(model.id, model.code))}


def _tags(week_id: int) -> dict[int, list[Any]]:
    own = session_tag.c
    tags = {
        tag.id: tag
        for tag in db.session.scalars(select(Tag).options(joinedload(Tag.set)).where(Tag.week_id == week_id))
    }
    rows = db.session.execute(select(own.session_id, own.tag_id).where(own.week_id == week_id))
    return _gathered((session_id, tags[tag_id]) for session_id, tag_id in rows)


def _organisations(week_id: int) -> dict[int, list[Any]]:
    own, units = SessionOrganisation, _coded(Organisation)
    query = select(own.session_id, own.organisation_id, own.role).join(Session, Session.id == own.session_id)
    rows = db.session.execute(query.where(Session.week_id == week_id).order_by(own.position))
    return _gathered((one, SimpleNamespace(organisation=units[unit], role=role)) for one, unit, role in rows)


def _days(week_id: int) -> dict[int, list[Any]]:
    query = select(SessionDay.session_id, SessionDay.day).join(Session, Session.id == SessionDay.session_id)
    rows = db.session.execute(query.where(Session.week_id == week_id).order_by(SessionDay.day))
    return _gathered((row.session_id, row) for row in rows)


def _gathered(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for session_id, entry in pairs:
        found.setdefault(session_id, []).append(entry)
    return found


def list_whole_sessions(week_id: int, codes: Collection[str]) -> list[Session]:
    """Return the mapped sessions of these codes with the lists that a wish can change; as many statements as one."""
    query = (
        select(Session)
        .where(Session.week_id == week_id, Session.code.in_(codes))
        .order_by(Session.id)
        .options(
            subqueryload(Session.organisations).joinedload(SessionOrganisation.organisation),
            subqueryload(Session.tags).joinedload(Tag.set),
            subqueryload(Session.days),
        )
    )
    return list(db.session.scalars(query))


def get_bulk(week_id: int, code: str) -> BulkChange:
    """Return a change of the week.

    Raises: Refusal bulk.not_found.
    """
    found = db.session.scalar(select(BulkChange).where(BulkChange.week_id == week_id, BulkChange.code == code))
    if found is None:
        raise Refusal("bulk.not_found")
    return found


def list_bulk_rows(bulk: BulkChange, held: Collection[str] = ()) -> list[Row]:
    """Return the sessions of a change as they are now, in the order of the change; deleted ones are left out.

    `held`: codes of sessions of which an action has just said that they cannot go along.
    """
    own = Session.__table__.c
    query = select(own.code, own.version, own.title_zh, own.title_en, Kind.family).join(Kind, Kind.id == own.kind_id)
    codes = [row["code"] for row in bulk.rows]
    stored = {
        one.code: one for one in db.session.execute(query.where(own.week_id == bulk.week_id, own.code.in_(codes)))
    }
    touched = [row["code"] for row in bulk.rows if row["code"] in held or _is_touched(bulk, row, stored)]
    now = {s.code: values_of(JUDGED, s) for s in list_judged_sessions(bulk.week_id, touched)} if touched else {}
    return [_row(row, one, now.get(row["code"])) for row in bulk.rows if (one := stored.get(row["code"]))]


def _is_touched(bulk: BulkChange, row: dict[str, Any], stored: dict[str, Any]) -> bool:
    if bulk.undone_at:
        return bool(row.get("left"))
    own = stored.get(row["code"])
    return bool(own and row["changes"] and own.version != row.get("after", row["version"]))


def _row(row: dict[str, Any], stored: Any, now: dict[str, Any] | None) -> Row:
    theirs = {name: plain(now[name]) for name in row["changes"]} if now else None
    title = Bilingual(stored.title_zh, stored.title_en)
    return Row(row["code"], title, stored.family, row["changes"], row["why"], theirs)


def find_last_bulk(week_id: int) -> BulkChange | None:
    """Return the latest change that was applied and not undone."""
    query = select(BulkChange).where(
        BulkChange.week_id == week_id, BulkChange.applied_at.is_not(None), BulkChange.undone_at.is_(None)
    )
    return db.session.scalar(query.order_by(BulkChange.applied_at.desc(), BulkChange.id.desc()).limit(1))


def list_offer(week_id: int) -> Offer:
    """Return what sessions can be given at once, in the order of lists to choose from."""
    kinds = select(Kind).where(Kind.week_id == week_id).order_by(Kind.position, Kind.id)
    tracks = select(Track).where(Track.week_id == week_id).order_by(Track.position, Track.id)
    sets = select(TagSet).where(TagSet.week_id == week_id).order_by(TagSet.position, TagSet.id)
    units = select(Organisation).order_by(Organisation.__table__.c.name_zh, Organisation.id)
    return Offer(
        kinds=list(db.session.scalars(kinds)),
        tracks=list(db.session.scalars(tracks)),
        tag_sets=list(db.session.scalars(sets.options(subqueryload(TagSet.tags)))),
        organisations=list(db.session.scalars(units)),
    )
