"""What the next release would do to each session, found without drawing the snapshot of each.

A snapshot is drawn from rows. While these say what they said, the answer of last time holds: the rows are read bare, by
a dozen statements for a whole week, and only what is new to this process is drawn.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select

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
from eventweek.scheduling.models import Placement, Published, ReleaseItem
from eventweek.scheduling.queries.drafts import Draft, list_drafts

Said = bytes
"""What rows say, as a digest of all their columns, their versions included."""
MOST = 50_000
"""How many answers a process keeps."""
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


def list_marks(week_id: int) -> dict[str, Mark]:
    """Return the marks of all sessions of a week by code.

    A constant number of statements while nothing changes, and of further ones for all that changed since this process
    looked last. Inside an action, whose changes may be taken back, nothing is kept.
    """
    return _look(week_id)[0]


def list_changed_drafts(week_id: int) -> list[Draft]:
    """Return the drafts of the sessions that differ from what is published, by session id."""
    marks, drawn = _look(week_id)
    others = {code for code, mark in marks.items() if mark.action} - drawn.keys()
    every = [*drawn.values(), *_drawn(week_id, others)]
    return sorted((draft for draft in every if draft.action), key=lambda draft: draft.session.id)


def _look(week_id: int) -> tuple[dict[str, Mark], dict[str, Draft]]:
    """Return all marks, and the drafts that had to be drawn for them."""
    said, database = _said_of_sessions(week_id), str(db.engine.url)
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


def _said_of_sessions(week_id: int) -> dict[str, tuple[bool, Said]]:
    """Return whether a session is published, and what all rows say together from which its mark is drawn."""
    parts, own = _parts(week_id), (ReleaseItem.sha256, Session.id, Session.code)
    rows = select(*own, *_columns(Session, Kind, Track)).select_from(Session)
    rows = rows.join(Session.kind).outerjoin(Session.track)
    rows = rows.outerjoin(Published, Published.session_id == Session.id).outerjoin(Published.item)
    told = db.session.execute(rows.where(Session.week_id == week_id))
    return {row[2]: (row[0] is not None, _digest((*row, *parts[row[1]]))) for row in told}


def _parts(week_id: int) -> Mapping[int, list[Any]]:
    """Return by session the rows that belong to it, each with what the row says that it names."""
    parts: dict[int, list[Any]] = defaultdict(list)
    sessions = select(Session.id).where(Session.week_id == week_id)
    for model, names, query in _naming(week_id):
        table = getattr(model, "__table__", model)
        rows = select(*table.c).where(table.c.session_id.in_(sessions)).order_by(*table.primary_key)
        known = {} if query is None else _said(query)
        for row in db.session.execute(rows):
            parts[row.session_id].append((table.name, tuple(row), known.get(getattr(row, names, 0))))
    return parts


def _naming(week_id: int) -> list[tuple[Any, str, Select[Any] | None]]:
    """Return the tables of what belongs to a session, the column by which each names another row, and those rows."""
    people, units = SessionPerson.person_id, SessionOrganisation.organisation_id
    named = [select(own).join(Session).where(Session.week_id == week_id) for own in (people, units)]
    places = _rows(Room, Venue, City).select_from(Room).join(Room.venue).outerjoin(Venue.city)
    decided = and_(SpeakerConsent.person_id == Person.id, SpeakerConsent.week_id == week_id)
    persons = _rows(Person, SpeakerConsent).select_from(Person).outerjoin(SpeakerConsent, decided)
    return [
        (Placement, "room_id", places),
        (SessionPerson, "person_id", persons.where(Person.id.in_(named[0])).order_by(SpeakerConsent.item)),
        (SessionOrganisation, "organisation_id", _rows(Organisation).where(Organisation.id.in_(named[1]))),
        (SessionLink, "", None),
        (SessionAttachment, "", None),
        (session_tag, "tag_id", _rows(Tag, TagSet).join(Tag.set).where(Tag.week_id == week_id)),
        (SeriesMember, "series_id", _rows(Series).where(Series.week_id == week_id)),
    ]


def _rows(*models: Any) -> Select[Any]:
    return select(*_columns(*models))


def _columns(*models: Any) -> list[Any]:
    return [column for model in models for column in model.__table__.c]


def _said(query: Select[Any]) -> dict[int, Said]:
    """Return what the rows say that have the same first column."""
    rows: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    for row in db.session.execute(query):
        rows[row[0]] += (tuple(row),)
    return {own: _digest(told) for own, told in rows.items()}


def _digest(values: tuple[Any, ...]) -> Said:
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).digest()
