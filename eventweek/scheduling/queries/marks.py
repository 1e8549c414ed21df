"""What the next release would do to each session, found without drawing the snapshot of each.

A snapshot is drawn from rows. While these say what they said, the answer of last time holds: the rows are read bare, by
a dozen statements for a whole week, and only what is new to this process is drawn.
"""

import hashlib
import marshal
from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Double,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from eventweek.kernel.db import db, in_action
from eventweek.programme.models import (
    City,
    Kind,
    Organisation,
    Person,
    Room,
    Series,
    SeriesMember,
    Session,
    SessionAttachment,
    SessionLink,
    SessionOrganisation,
    SessionPerson,
    SpeakerConsent,
    Tag,
    TagSet,
    Track,
    Venue,
)
from eventweek.programme.models.sessions import session_tag
from eventweek.scheduling.enums import Action
from eventweek.scheduling.models import Placement, Plan, Published, ReleaseItem
from eventweek.scheduling.queries.drafts import Draft, list_drafts

Said = bytes
"""What rows say, as a digest of all their columns, their versions included."""
MOST = 50_000
"""How many answers a process keeps."""
HELD = (String, Integer, Double, Boolean)
"""Types of which every driver gives the value as text or as a number."""
FEW = 500
"""Up to so many sessions are drawn by themselves, more with all of the week."""
_known: dict[tuple[str, Said], Action | None] = {}


@dataclass(frozen=True)
class Mark:
    """What the next release would do to a session (None: nothing), and whether anything is published of it."""

    action: Action | None
    published: bool

    @property
    def publication(self) -> str:
        """Return `new` before its first release, `changed` where the next release would change it, else `same`."""
        return ("changed" if self.action else "same") if self.published else "new"


def list_marks(week_id: int, codes: Collection[str] | None = None) -> dict[str, Mark]:
    """Return the marks of all sessions of a week, or of those of these codes, by code.

    A constant number of statements while nothing changes, and of further ones for all that changed since this process
    looked last. Inside an action, whose changes may be taken back, nothing is kept.
    """
    return _look(week_id, codes)[0]


def list_changed_drafts(week_id: int) -> list[Draft]:
    """Return the drafts of the sessions that differ from what is published, by session id."""
    marks, drawn = _look(week_id)
    others = {code for code, mark in marks.items() if mark.action} - drawn.keys()
    every = [*drawn.values(), *_drawn(week_id, others)]
    return sorted((draft for draft in every if draft.action), key=lambda draft: draft.session.id)


def _look(week_id: int, codes: Collection[str] | None = None) -> tuple[dict[str, Mark], dict[str, Draft]]:
    """Return all marks, and the drafts that had to be drawn for them."""
    said, database = _said_of_sessions(week_id, codes), str(db.engine.url)
    keys = {code: (database, row) for code, (_published, row) in said.items()}
    found = {code: _known[key] for code, key in keys.items() if key in _known}
    drawn = {draft.session.code: draft for draft in _drawn(week_id, keys.keys() - found.keys())}
    found |= {code: draft.action for code, draft in drawn.items()}
    if not in_action():
        if len(_known) + len(drawn) > MOST:
            _known.clear()
        _known.update({keys[code]: found[code] for code in drawn})
    return {code: Mark(found[code], published) for code, (published, _row) in said.items()}, drawn


def _drawn(week_id: int, codes: Set[str]) -> list[Draft]:
    if len(codes) <= FEW:
        return list_drafts(week_id, codes) if codes else []
    return [draft for draft in list_drafts(week_id) if draft.session.code in codes]


class _Part(NamedTuple):
    """What belongs to a session: its table, the statement for its rows, and the one for the rows that these name."""

    name: str
    rows: Select[Any]
    named: Select[Any] | None


class _Statements(NamedTuple):
    """The statements for `:week_id` (and `:codes`): made once, for making them costs more than running them."""

    sessions: Select[Any]
    kinds: Select[Any]
    tracks: Select[Any]
    parts: list[_Part]


def _said_of_sessions(week_id: int, codes: Collection[str] | None) -> dict[str, tuple[bool, Said]]:
    """Return whether a session is published, and what all rows say together from which its mark is drawn."""
    asked = {"week_id": week_id} | ({} if codes is None else {"codes": list(codes)})
    told = _statements(all_=codes is None)
    kinds, tracks = _said(told.kinds, asked), _said(told.tracks, asked)
    parts: dict[int, list[Any]] = defaultdict(list)
    for name, rows, named in told.parts:
        known = {} if named is None else _said(named, asked)
        for session_id, other, *row in db.session.execute(rows, asked).all():
            parts[session_id].append((name, row, known.get(other)))
    return {
        code: (sha256 is not None, _digest((sha256, row, kinds[kind], tracks.get(track), parts[session_id])))
        for sha256, session_id, code, kind, track, *row in db.session.execute(told.sessions, asked).all()
    }


def _said(query: Select[Any], asked: Mapping[str, Any]) -> dict[int, Said]:
    """Return by id, the first column, what the rows say that have it."""
    found: dict[int, list[Any]] = defaultdict(list)
    for own, *row in db.session.execute(query, asked).all():
        found[own].append(row)
    return {own: _digest(rows) for own, rows in found.items()}


def _digest(values: Any) -> Said:
    """Return the digest of texts and numbers; version 2 of the format writes equal values in equal bytes."""
    return hashlib.blake2b(marshal.dumps(values, 2), digest_size=16).digest()


@cache
def _statements(*, all_: bool) -> _Statements:
    own, pointer, item = (model.__table__ for model in (Session, Published, ReleaseItem))
    week_id: Any = bindparam("week_id")
    chosen = and_(own.c.week_id == week_id, *([] if all_ else [own.c.code.in_(bindparam("codes", expanding=True))]))
    joined = own.outerjoin(pointer, pointer.c.session_id == own.c.id).outerjoin(item, item.c.id == pointer.c.item_id)
    named = (item.c.sha256, own.c.id, own.c.code, own.c.kind_id, own.c.track_id)
    kinds, tracks = (_rows(model).where(model.__table__.c.week_id == week_id) for model in (Kind, Track))
    sessions = select(own.c.id).where(chosen)
    working = select(Plan.id).where(Plan.week_id == week_id, Plan.working)
    parts = []
    for of, other, query in _naming(week_id):
        table = getattr(of, "__table__", of)
        mine = table.c.session_id.in_(sessions)
        parts.append(_part(table, other, query, and_(mine, table.c.plan_id.in_(working)) if of is Placement else mine))
    return _Statements(select(*named, *_columns(own)).select_from(joined).where(chosen), kinds, tracks, parts)


def _part(table: Any, other: str, query: Select[Any] | None, mine: ColumnElement[bool]) -> _Part:
    names = table.c[other or "session_id"]
    rows = select(table.c.session_id, names, *_columns(table)).where(mine).order_by(*table.primary_key)
    named = None if query is None else query.where(query.selected_columns[0].in_(select(names).where(mine)))
    return _Part(str(table.name), rows, named)


def _naming(week_id: Any) -> list[tuple[Any, str, Select[Any] | None]]:
    """Return the tables of what belongs to a session, the column by which each names another row, and those rows."""
    room, venue, city, person, said, tag, tags = (
        model.__table__ for model in (Room, Venue, City, Person, SpeakerConsent, Tag, TagSet)
    )
    decided = and_(said.c.person_id == person.c.id, said.c.week_id == week_id)
    places = _rows(Room, Venue, City).select_from(room.join(venue).outerjoin(city))
    people = _rows(Person, SpeakerConsent).select_from(person.outerjoin(said, decided)).order_by(said.c.item)
    return [
        (Placement, "room_id", places),
        (SessionPerson, "person_id", people),
        (SessionOrganisation, "organisation_id", _rows(Organisation)),
        (SessionLink, "", None),
        (SessionAttachment, "", None),
        (session_tag, "tag_id", _rows(Tag, TagSet).select_from(tag.join(tags))),
        (SeriesMember, "series_id", _rows(Series)),
    ]


def _rows(*models: Any) -> Select[Any]:
    """Return the query for all columns of these tables, after the id of the first."""
    return select(models[0].__table__.c.id, *_columns(*(model.__table__ for model in models)))


def _columns(*tables: Any) -> list[Any]:
    """Return all columns as the database holds them, as text where that is neither text nor a number."""
    held = [(own, isinstance(own.type, HELD)) for table in tables for own in table.c]
    return [type_coerce(own, NullType()) if plain else cast(own, Text).label(None) for own, plain in held]
