"""Sessions as their snapshots tell of them, read as bare rows that bear the names of the mapped classes.

As mapped objects with their relations, 1,000 sessions took most of the time of a release; a handful of statements and
plain objects say the same. What a snapshot is stands in `snapshot` alone, which takes either.
"""

import hashlib
import marshal
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Select, String, and_, bindparam, literal, select, union_all

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import (
    Attachment,
    City,
    Kind,
    Organisation,
    Person,
    Picture,
    PictureRendition,
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
from eventweek.scheduling.models import Placement, Plan, Published, ReleaseItem

Rows = Mapping[int, list[Any]]
Said = bytes
"""What the rows of a session say together, as a digest."""
S, K, T, P, W, RI, R, V, C = (
    model.__table__.c for model in (Session, Kind, Track, Placement, Plan, ReleaseItem, Room, Venue, City)
)
PAIRS = ("title", "note", "subtitle", "cancel_reason")
PLAIN: tuple[str, ...] = (
    "code",
    "uid",
    "text_zh",
    "text_en",
    "abstract_zh",
    "abstract_en",
    "duration_min",
    "language",
    "visibility",
)
PLAIN += ("registration", "expected_online", "poster_id", "tentative")
OF_PERSON = ("name", "affiliation", "honour", "bio")
OF_VENUE = ("name", "short_name", "address", "transport")


def _pair_of(columns: Any, name: str) -> tuple[Any, Any]:
    return columns[f"{name}_zh"], columns[f"{name}_en"]


def _pairs(columns: Any, *names: str) -> tuple[Any, ...]:
    return tuple(column for name in names for column in _pair_of(columns, name))


class Bare:
    """A session as its rows have it; what a snapshot is drawn from is only made where it is asked for.

    `mark`: the row of what is published of it, or None; `said`: the digest of all that its mark is drawn from.
    """

    def __init__(self, row: Any, sheet: "_Sheet") -> None:
        self._row, self._sheet = row, sheet
        self.id: int = row.id
        self.code: str = row.code
        self.title = Bilingual(row.title_zh, row.title_en)
        self.tentative: bool = row.tentative
        self.mark = (row.id, *row[1:_FIRST]) if row.sha256 else None
        self.said = sheet.said(row)

    @cached_property
    def session(self) -> Any:
        """Return it under the names of a mapped session."""
        return self._sheet.session(self._row)

    @cached_property
    def placement(self) -> Any:
        """Return where the plan has it, under the names of a mapped placement; None without a place."""
        if not self._row.start:
            return None
        room = self._sheet.room(self._row.room_id)
        return SimpleNamespace(session=self.session, room=room, start=self._row.start)


def list_bare(week_id: int, codes: Collection[str] | None = None, plan_id: int | None = None) -> list[Bare]:
    """Return the sessions of a week (or those of these codes) by id, in at most six statements.

    `plan_id`: as that scenario has them; else as the working plan.
    """
    asked: dict[str, Any] = {"week_id": week_id, "plan_id": plan_id, "codes": list(codes or ())}
    told = _statements(all_=codes is None, working=plan_id is None)
    rows = db.session.execute(told.sessions, asked).all()
    sheet = _Sheet(
        week_id,
        rooms={row.room_id: row for row in db.session.execute(told.rooms, asked)},
        people=_grouped(db.session.execute(told.people, asked).all()),
        parts=_grouped(db.session.execute(told.parts, asked).all()),
        extras=_grouped(db.session.execute(told.extras, asked).all()),
    )
    sheet.load_pictures(rows)
    return [Bare(row, sheet) for row in rows]


def _grouped(rows: Iterable[Any]) -> Rows:
    """Return rows by their first column, in their order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def digest_of(values: Any) -> Said:
    """Return the digest of texts and numbers; version 2 of the format writes equal values in equal bytes."""
    return hashlib.blake2b(marshal.dumps(values, 2), digest_size=16).digest()


class _Sheet:
    """What sessions refer to, each place, person and organisation made once."""

    def __init__(self, week_id: int, *, rooms: Mapping[int, Any], people: Rows, parts: Rows, extras: Rows) -> None:
        self.week_id, self.parts, self.extras = week_id, parts, extras
        self.room_rows, self.person_rows, self.pictures = rooms, people, dict[int, Any]()
        self.saids: dict[tuple[str, int], Said] = {}
        self.rooms: dict[int, Any] = {}
        self.people: dict[int, Any] = {}
        self.venues: dict[int, Any] = {}
        self.others: dict[tuple[Any, ...], Any] = {}

    def load_pictures(self, sessions: Iterable[Any]) -> None:
        """Read the pictures that anything of these sessions shows; no statement where there is none."""
        wanted = {row.poster_id for row in sessions}
        wanted |= {own for row in self.room_rows.values() for own in (row.photo_id, row.floor_plan_id)}
        wanted |= {rows[0].portrait_id for rows in self.person_rows.values()}
        wanted |= {row.other for rows in self.extras.values() for row in rows if row.part == "organisations"}
        self.pictures = _pictures(wanted - {None, 0})

    def said(self, row: Any) -> Said:
        """Return what all rows of a session say together."""
        start, place = (row.start.timestamp(), self._room_said(row.room_id)) if row.start else (None, b"")
        told = [(part[2], self._person_said(part[1])) for part in self.parts.get(row.id, ())]
        extras = [tuple(extra) for extra in self.extras.get(row.id, ())]
        return digest_of((row.sha256, row.sequence, tuple(row[_FIRST:-1]), start, place, told, extras))

    def session(self, row: Any) -> Any:
        """Return a session of which this is the row."""
        own = SimpleNamespace(id=row.id, week_id=self.week_id, cancelled_at=row.cancelled, archived_at=row.archived)
        for name in PLAIN:
            setattr(own, name, getattr(row, name))
        for name in PAIRS:
            setattr(own, name, Bilingual(*_pair_of(row._mapping, name)))
        own.kind = self._named("kind", row.kind, row.family, row.kind_zh, row.kind_en)
        own.track = self._named("track", row.track, row.colour, row.track_zh, row.track_en) if row.track else None
        own.poster = self.pictures.get(row.poster_id)
        parts = self.parts.get(row.id, ())
        own.people = [SimpleNamespace(role=part.role, person=self._person(part.person_id)) for part in parts]
        lists: dict[str, list[Any]] = defaultdict(list)
        for extra in self.extras.get(row.id, ()):
            lists[extra.part].append(self._extra(extra))
        for name in ("organisations", "links", "attachments", "tags", "memberships"):
            setattr(own, name, lists[name])
        return own

    def _named(self, what: str, code: str, word: str, zh: str, en: str) -> Any:
        """Return a kind, with its family, or a track, with its colour."""
        key = what, code
        if key not in self.others:
            self.others[key] = SimpleNamespace(code=code, family=word, colour=word, name=Bilingual(zh, en))
        return self.others[key]

    def _extra(self, row: Any) -> Any:
        """Return an organisation, link, attachment, tag or place in a series, by the word of its row; each once."""
        key = tuple(row[1:])
        if key not in self.others:
            self.others[key] = getattr(self, f"_{row.part}")(row)
        return self.others[key]

    def _organisations(self, row: Any) -> Any:
        role, code, *names = row[5:11]
        unit = SimpleNamespace(code=code, short_name=Bilingual(*names[:2]), name=Bilingual(*names[2:]))
        unit.logo = self.pictures.get(row.other)
        return SimpleNamespace(role=role, organisation=unit)

    def _links(self, row: Any) -> Any:
        return SimpleNamespace(kind=row[5], url=row[6], title=Bilingual(row[7], row[8]))

    def _attachments(self, row: Any) -> Any:
        code, kind, name, sha256 = row[8:12]
        file = SimpleNamespace(code=code, kind=kind, name=name, sha256=sha256, size=row.other)
        return SimpleNamespace(kind=row[5], title=Bilingual(row[6], row[7]), file=file)

    def _tags(self, row: Any) -> Any:
        own = SimpleNamespace(code=row[5], position=row.second, name=Bilingual(row[7], row[8]))
        own.set = SimpleNamespace(code=row[6], position=row.first)
        return own

    def _memberships(self, row: Any) -> Any:
        series = SimpleNamespace(code=row[5], kind=row[6], name=Bilingual(row[7], row[8]))
        return SimpleNamespace(series=series, position=row.other)

    def _person(self, person_id: int) -> Any:
        if person_id not in self.people:
            rows = self.person_rows[person_id]
            own = SimpleNamespace(code=rows[0].code, portrait=self.pictures.get(rows[0].portrait_id))
            for name in OF_PERSON:
                setattr(own, name, Bilingual(*_pair_of(rows[0]._mapping, name)))
            decided = [(row.item, row.given) for row in rows if row.item]
            own.consents = [SimpleNamespace(week_id=self.week_id, item=i, given=g) for i, g in decided]
            self.people[person_id] = own
        return self.people[person_id]

    def _person_said(self, person_id: int) -> Said:
        key = "person", person_id
        if key not in self.saids:
            self.saids[key] = digest_of([tuple(row) for row in self.person_rows[person_id]])
        return self.saids[key]

    def _room_said(self, room_id: int) -> Said:
        key = "room", room_id
        if key not in self.saids:
            self.saids[key] = digest_of(tuple(self.room_rows[room_id]))
        return self.saids[key]

    def room(self, room_id: int) -> Any:
        """Return a room with its venue and city."""
        if room_id not in self.rooms:
            row = self.room_rows[room_id]
            names = Bilingual(*row[5:7]), Bilingual(*row[7:9])
            room = SimpleNamespace(code=row.code, capacity=row.capacity, name=names[0], short_name=names[1])
            room.venue = self._venue(row)
            self.rooms[room_id] = room
        return self.rooms[room_id]

    def _venue(self, row: Any) -> Any:
        if row.venue_id not in self.venues:
            own = SimpleNamespace(code=row.venue, latitude=row.latitude, longitude=row.longitude, city=None)
            for name, at in zip(OF_VENUE, range(9, 17, 2), strict=True):
                setattr(own, name, Bilingual(*row[at : at + 2]))
            own.photo, own.floor_plan = (self.pictures.get(number) for number in (row.photo_id, row.floor_plan_id))
            if row.city:
                own.city = SimpleNamespace(code=row.city, name=Bilingual(row.city_zh, row.city_en))
            self.venues[row.venue_id] = own
        return self.venues[row.venue_id]


def _pictures(ids: Collection[int]) -> dict[int, Any]:
    """Return pictures with their sizes, the smallest first; a picture never changes, so that its id says it all."""
    if not ids:
        return {}
    size, own = PictureRendition, Picture.__table__.c
    columns = (own.alt_zh, own.alt_en, own.credit, size.width, size.height, size.sha256)
    query = select(own.id, *columns).outerjoin_from(Picture.__table__, size, size.picture_id == own.id)
    found: dict[int, Any] = {}
    for number, zh, en, credit, *sizes in db.session.execute(query.where(own.id.in_(ids)).order_by(own.id, size.width)):
        picture = found.setdefault(number, SimpleNamespace(alt=Bilingual(zh, en), credit=credit, renditions=[]))
        if sizes[0] is not None:
            names = zip(("width", "height", "sha256"), sizes, strict=True)
            picture.renditions.append(SimpleNamespace(**dict(names)))
    return found


class _Statements(NamedTuple):
    """The statements for `:week_id`, `:plan_id` and `:codes`: made once, for that costs more than running them."""

    sessions: Select[Any]
    rooms: Select[Any]
    people: Select[Any]
    parts: Select[Any]
    extras: Any


_FIRST = 5
"""The first columns of a session's row, which say what is published of it; the last is its start."""


@cache
def _statements(*, all_: bool, working: bool) -> _Statements:
    week_id: Any = bindparam("week_id")
    chosen = and_(S.week_id == week_id, *([] if all_ else [S.code.in_(bindparam("codes", expanding=True))]))
    mine = select(S.id).where(chosen)
    return _Statements(
        _sessions(chosen, W.working if working else W.id == bindparam("plan_id")),
        _rooms(week_id),
        _people(week_id, mine),
        _parts(mine),
        _extras(mine),
    )


def _sessions(chosen: Any, plan: Any) -> Select[Any]:
    columns = (
        *(S.id, RI.sha256, RI.sequence, RI.changed_at, RI.id.label("item_id")),
        *(S[name] for name in PLAIN),
        *_pairs(S, *PAIRS),
        *(S.cancelled_at.is_not(None).label("cancelled"), S.archived_at.is_not(None).label("archived")),
        *(K.code.label("kind"), K.family, K.name_zh.label("kind_zh"), K.name_en.label("kind_en")),
        *(T.code.label("track"), T.colour, T.name_zh.label("track_zh"), T.name_en.label("track_en")),
    )
    at = Published.__table__.c
    return (
        select(*columns, P.room_id, P.start)
        .select_from(Session.__table__)
        .join(Kind.__table__, K.id == S.kind_id)
        .outerjoin(Track.__table__, T.id == S.track_id)
        .outerjoin(Plan.__table__, and_(W.week_id == S.week_id, plan))
        .outerjoin(Placement.__table__, and_(P.plan_id == W.id, P.session_id == S.id))
        .outerjoin(Published.__table__, at.session_id == S.id)
        .outerjoin(ReleaseItem.__table__, RI.id == at.item_id)
        .where(chosen)
        .order_by(S.id)
    )


def _rooms(week_id: Any) -> Select[Any]:
    columns = (
        *(R.id.label("room_id"), R.venue_id, R.code, R.capacity, V.code.label("venue")),
        *_pairs(R, "name", "short_name"),
        *_pairs(V, *OF_VENUE),
        *(V.latitude, V.longitude, V.photo_id, V.floor_plan_id),
        *(C.code.label("city"), C.name_zh.label("city_zh"), C.name_en.label("city_en")),
    )
    joined = Room.__table__.join(Venue.__table__, V.id == R.venue_id).outerjoin(City.__table__, C.id == V.city_id)
    return select(*columns).select_from(joined).where(R.id.in_(select(P.room_id).where(P.week_id == week_id)))


def _people(week_id: Any, mine: Any) -> Select[Any]:
    own, said, part = (model.__table__.c for model in (Person, SpeakerConsent, SessionPerson))
    decided = and_(said.person_id == own.id, said.week_id == week_id)
    query = select(own.id, own.code, own.portrait_id, *_pairs(own, *OF_PERSON), said.item, said.given)
    query = query.outerjoin_from(Person.__table__, SpeakerConsent.__table__, decided).order_by(own.id, said.item)
    return query.where(own.id.in_(select(part.person_id).where(part.session_id.in_(mine))))


def _parts(mine: Any) -> Select[Any]:
    part = SessionPerson.__table__.c
    order = part.session_id, part.position, part.person_id, part.role
    return select(part.session_id, part.person_id, part.role).where(part.session_id.in_(mine)).order_by(*order)


def _extras(mine: Any) -> Any:
    """Return the statement for all other lists of a session: what it is, two ranks, a number, and up to seven texts."""
    part, unit = SessionOrganisation.__table__.c, Organisation.__table__.c
    link, own, file = SessionLink.__table__.c, SessionAttachment.__table__.c, Attachment.__table__.c
    tag, kept, member, series = (model.__table__.c for model in (Tag, TagSet, SeriesMember, Series))
    tied = session_tag.c
    units = (part.role, unit.code, *_pairs(unit, "short_name", "name"))
    files = (own.kind, *_pairs(own, "title"), file.code, file.kind, file.name, file.sha256)
    queries = [
        _extra("organisations", part.session_id, (part.position, unit.id), unit.logo_id, units).join(
            Organisation.__table__, unit.id == part.organisation_id
        ),
        _extra("links", link.session_id, (link.position, link.id), None, (link.kind, link.url, *_pairs(link, "title"))),
        _extra("attachments", own.session_id, (own.position, own.id), file.size, files).join(
            Attachment.__table__, file.id == own.file_id
        ),
        _extra(
            "tags", tied.session_id, (kept.position, tag.position), None, (tag.code, kept.code, *_pairs(tag, "name"))
        )
        .join(Tag.__table__, tag.id == tied.tag_id)
        .join(TagSet.__table__, kept.id == tag.set_id),
        _extra(
            "memberships",
            member.session_id,
            (member.series_id, member.session_id),
            member.position,
            (series.code, series.kind, *_pairs(series, "name")),
        ).join(Series.__table__, series.id == member.series_id),
    ]
    every = union_all(*(query.where(query.selected_columns[0].in_(mine)) for query in queries)).subquery()
    return select(every).order_by(every.c.session_id, every.c.part, every.c.first, every.c.second, every.c.text0)


def _extra(name: str, session_id: Any, ranks: tuple[Any, Any], number: Any, texts: tuple[Any, ...]) -> Select[Any]:
    filled = [*texts, *(literal("", String) for _ in range(7 - len(texts)))]
    named = [text.label(f"text{n}") for n, text in enumerate(filled)]
    numbers = ranks[0].label("first"), ranks[1].label("second"), (literal(0) if number is None else number)
    other = numbers[2].label("other")
    return select(
        session_id.label("session_id"), literal(name, String).label("part"), *numbers[:2], other, *named
    ).select_from(session_id.table)
