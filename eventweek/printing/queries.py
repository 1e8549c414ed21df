"""What a paper is made of, what can be chosen for one, and how those that were ordered stand."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.kernel import files
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.printing.enums import OPEN, PERSONAL, BadgeRole, PrintState
from eventweek.printing.models import PrintJob
from eventweek.printing.rules import chosen_people
from eventweek.printing.scene import Entry, Scene, entry_of
from eventweek.programme.enums import Family, Visibility
from eventweek.programme.models import City, Kind, Room, Session, Venue, Week, WeekCity, WeekDay
from eventweek.programme.rules.scopes import WHOLE, scopes
from eventweek.registration.models import Offering, Pass
from eventweek.registration.queries.offerings import load_offerings
from eventweek.scheduling.queries import find_last_release, list_public_sessions
from eventweek.scheduling.queries.drafts import list_drafts

AGAIN = timedelta(minutes=10)
"""After which a book that could not be made is tried again when somebody asks for it."""


def read_scene(week_id: int, *, draft: bool) -> Scene:
    """Return the week with its public sessions by start and code, in a constant number of statements."""
    cities = selectinload(Week.cities).joinedload(WeekCity.city)
    week = db.session.scalars(select(Week).where(Week.id == week_id).options(cities, joinedload(Week.host_venue))).one()
    release = find_last_release(week_id)
    return Scene(
        week=week.code,
        **{name: _pair(getattr(week, own)) for name, own in _NAMED.items()},
        phone=week.phone,
        accent=week.accent,
        zone=week.timezone,
        first_day=week.first_day,
        last_day=week.last_day,
        cities=tuple(row.city.code for row in week.cities),
        host=week.host_venue.code if week.host_venue else "",
        number=release.number if release else 0,
        released_at=release.at if release else None,
        draft=draft,
        entries=tuple(list_entries(week, draft=draft)),
    )


_NAMED = {"title": "title", "short": "short_name", "theme": "theme", "organiser": "organiser", "contact": "contact"}


def list_entries(week: Week, *, draft: bool) -> list[Entry]:
    """Return the public sessions of a week by start and code, as published or as the working plan has them.

    A working plan has no cancelled ones, because nobody plans them any more.
    """
    if draft:
        told = [own.after for own in list_drafts(week.id) if own.session.placement and own.after]
        shown = [facts for facts in told if facts["visibility"] == Visibility.PUBLIC and not facts["cancelled"]]
    else:
        shown = [session.facts for session in list_public_sessions(week.id)]
    return sorted((entry_of(facts, week.timezone) for facts in shown), key=lambda entry: (entry.start, entry.code))


@dataclass(frozen=True)
class Choice:
    """A value of a facet, what it is called, and to what it belongs (a room to its venue)."""

    value: str
    name: Bilingual
    of: Bilingual | None = None


@dataclass(frozen=True)
class Offer:
    """What can be printed: whether anything is released, how many sessions, and the values they have, by facet."""

    released: bool
    count: int
    facets: Mapping[str, Sequence[Choice]]

    def name_of(self, facet: str, value: str) -> Bilingual:
        """Return what a value is called, its code where no session has it any more."""
        found = (own.name for own in self.facets.get(facet, ()) if own.value == value)
        return next(found, Bilingual(value, value))


def find_offer(week: Week) -> Offer:
    """Return what the public sessions of a week can be narrowed to; before the first release those of the plan."""
    released = find_last_release(week.id) is not None
    entries = list_entries(week, draft=not released)
    found: dict[str, dict[str, Choice]] = {name: {} for name in ("city", "venue", "room", "kind")}
    for entry in entries:
        for name, values in found.items():
            if own := entry.facts[name]:
                of = _text(entry.facts["venue"]) if name == "room" else None
                values.setdefault(own["code"], Choice(own["code"], _text(own), of))
    facets = {name: sorted(values.values(), key=_order) for name, values in found.items()}
    facets["day"] = [Choice(day, Bilingual(day, day)) for day in sorted({entry.day.isoformat() for entry in entries})]
    facets["session"] = [Choice(entry.code, _text(entry.facts["title"])) for entry in entries]
    return Offer(released, len(entries), facets)


def map_offering_titles(week_id: int, codes: Collection[str]) -> dict[str, Bilingual]:
    """Return what offerings are called: their own name, else that of their first session."""
    query = select(Offering.id).where(Offering.week_id == week_id, Offering.code.in_(codes))
    found = load_offerings(db.session.scalars(query).all()) if codes else []
    return {
        own.offering.code: own.offering.name if own.offering.name.zh or own.offering.name.en else own.sessions[0].title
        for own in found
    }


def list_unknown(week: Week, part: Mapping[str, str]) -> list[str]:
    """Return the facets whose value the week does not know, one statement for each that is asked for."""
    return [facet for facet, value in part.items() if not _IS_KNOWN[facet](week, value)]


def _has_day(week: Week, value: str) -> bool:
    day = date.fromisoformat(value)
    own = (WeekDay.week_id == week.id, WeekDay.day == day)
    return week.first_day <= day <= week.last_day or bool(db.session.scalar(select(exists().where(*own))))


def _has(model: Any, *, weekly: bool = False) -> Callable[[Week, str], bool]:
    def find(week: Week, value: str) -> bool:
        own = (model.code == value, *((model.week_id == week.id,) if weekly else ()))
        return bool(db.session.scalar(select(exists().where(*own))))

    return find


def _are_passes(week: Week, codes: list[str]) -> bool:
    query = select(func.count()).where(Pass.week_id == week.id, Pass.status == "active", Pass.code.in_(codes))
    return db.session.scalar(query) == len(codes)


_IS_KNOWN: Mapping[str, Callable[[Week, str], bool]] = {
    "day": _has_day,
    "city": _has(City),
    "venue": _has(Venue),
    "room": _has(Room),
    "kind": _has(Kind, weekly=True),
    "session": _has(Session, weekly=True),
    "offering": _has(Offering, weekly=True),
    "people": lambda week, value: _are_passes(week, chosen_people({"people": value})),
    "role": lambda _week, value: value in set(BadgeRole),
    "family": lambda _week, value: value in set(Family),
}


def list_prints(week_id: int, most: int = 20, *, actor: Actor | None = None) -> Sequence[PrintJob]:
    """Return the last papers that people have ordered, the newest first; what names people only to who may see it."""
    query = select(PrintJob).where(PrintJob.week_id == week_id, PrintJob.key.is_(None), _is_shown(week_id, actor))
    return db.session.scalars(query.order_by(PrintJob.id.desc()).limit(most)).all()


def list_open(week_id: int) -> Sequence[PrintJob]:
    """Return the papers of a week that the worker has still to make, without the books for everybody."""
    query = select(PrintJob).where(PrintJob.week_id == week_id, PrintJob.key.is_(None), PrintJob.state.in_(OPEN))
    return db.session.scalars(query.order_by(PrintJob.id)).all()


def get_print(week_id: int, code: str, *, actor: Actor | None = None) -> PrintJob:
    """Return a paper that was ordered in this week.

    Raises: Refusal print.not_found, also where it names people and the actor may not see it.
    """
    query = select(PrintJob).where(PrintJob.week_id == week_id, PrintJob.code == code, PrintJob.key.is_(None))
    found = db.session.scalar(query.where(_is_shown(week_id, actor)))
    if found is None:
        raise Refusal("print.not_found")
    return found


def _is_shown(week_id: int, actor: Actor | None) -> ColumnElement[bool]:
    """Select what somebody may see: papers about people where their role covers the week, or they ordered them."""
    own = scopes(actor, Verb.REGISTRATIONS_READ, week_id) if actor else []
    if WHOLE in own:
        return true()
    mine = PrintJob.actor == actor.label if actor and own else false()
    return or_(PrintJob.paper.not_in(PERSONAL), mine)


def file_of(job: PrintJob) -> str:
    """Return the digest of the PDF of a paper.

    Raises: Refusal print.not_ready, print.not_found where its file is gone.
    """
    if job.file is None:
        raise Refusal(job.failure, **job.facts) if job.failure else Refusal("print.not_ready")
    if not files.is_kept(job.file):
        raise Refusal("print.not_found")
    return job.file


@dataclass(frozen=True)
class Book:
    """The book for everybody: of the newest release (`number`), and the newest one that is ready to be read."""

    number: int
    own: PrintJob | None
    ready: PrintJob | None

    @property
    def is_current(self) -> bool:
        """Say whether what can be read is the newest release."""
        return self.ready is not None and self.ready is self.own

    def is_due(self, at: datetime) -> bool:
        """Say whether the newest book has to be ordered: nobody has, its file is gone, or it failed a while ago."""
        return self.own is None or is_lost(self.own, at)


def find_book(week_id: int, language: str) -> Book:
    """Return how the book for everybody stands.

    What was published before is shown only while the new book is on its way.
    Raises: Refusal book.not_found before the first release.
    """
    release = find_last_release(week_id)
    if release is None:
        raise Refusal("book.not_found")
    query = select(PrintJob).where(PrintJob.week_id == week_id, PrintJob.key.is_not(None))
    rows = db.session.scalars(query.where(PrintJob.language == language).order_by(PrintJob.release.desc()).limit(5))
    books = {book.release: book for book in rows}
    ready = next((book for book in books.values() if book.file and files.is_kept(book.file)), None)
    own = books.get(release.number)
    lost = own is not None and own.state == PrintState.FAILED
    return Book(release.number, own, None if lost else ready)


def is_lost(book: PrintJob, at: datetime) -> bool:
    """Say whether a book has to be made once more."""
    if book.state == PrintState.FAILED:
        return book.done_at is not None and book.done_at < at - AGAIN
    return book.file is not None and not files.is_kept(book.file)


def list_book_languages(week_id: int) -> list[str]:
    """Return the languages in which somebody has asked for the book."""
    query = select(PrintJob.language).where(PrintJob.week_id == week_id, PrintJob.key.is_not(None)).distinct()
    return sorted(db.session.scalars(query))


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _text(named: Mapping[str, str]) -> Bilingual:
    return Bilingual(named["zh"], named["en"])


def _order(choice: Choice) -> tuple[str, str, str]:
    return (choice.of.zh if choice.of else "", choice.name.zh or choice.name.en, choice.value)
