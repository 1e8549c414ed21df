"""A week's working plan as a conference, for the formats of conference software."""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.text import plain_html
from eventweek.programme.enums import Language, LinkKind, Visibility
from eventweek.programme.models import Room, Session, SessionPerson, Venue, Week
from eventweek.scheduling.formats.conference.model import Conference, Event, Hall, Link, Speaker
from eventweek.scheduling.models import Placement, Plan

ATTACHMENTS = {
    LinkKind.SLIDES: "slides",
    LinkKind.VIDEO: "video",
    LinkKind.AUDIO: "audio",
    LinkKind.PAPER: "paper",
    LinkKind.ATTACHMENT: "other",
}
_BARE = re.compile(r"(.*?) ?<([^<>]*)>", re.DOTALL)
"""How the reader keeps an address that no browser can open: in the title."""


def conference_of(week: Week, base: str) -> Conference:
    """Return every placed session that is public and not cancelled; pages are addressed below `base`.

    A session speaks its own language where it has that text, else the other; what the public may not know stays out.
    """
    placements = list(db.session.scalars(_placed(week.id)))
    halls = _halls(placements)
    venue = Counter(p.room.venue for p in placements).most_common(1)[0][0] if placements else week.host_venue
    city = venue.city if venue else None
    return Conference(
        title=_best(week.title),
        acronym=re.sub("[^a-z0-9_]", "_", week.code).ljust(4, "_"),
        venue=_best(venue.name) if venue else "",
        city=_best(city.name) if city else "",
        zone=week.timezone,
        first_day=week.first_day.isoformat(),
        last_day=week.last_day.isoformat(),
        slot=week.slot_min,
        url=f"{base}/w/{week.code}/",
        version=f"{week.code}",
        halls=tuple(Hall(name, room.capacity) for room, name in halls.items()),
        events=tuple(_event(p, halls[p.room], week, base) for p in placements),
    )


def _placed(week_id: int) -> Any:
    kept = (Session.cancelled_at.is_(None), Session.archived_at.is_(None), Session.visibility == Visibility.PUBLIC)
    own = contains_eager(Placement.session)
    return (
        select(Placement)
        .join(Placement.plan)
        .join(Placement.session)
        .where(Placement.week_id == week_id, Plan.working, *kept)
        .order_by(Placement.start, Session.id)
        .options(
            own.joinedload(Session.kind),
            own.joinedload(Session.track),
            own.selectinload(Session.people).joinedload(SessionPerson.person),
            own.selectinload(Session.links),
            joinedload(Placement.room).joinedload(Room.venue).joinedload(Venue.city),
        )
    )


def _halls(placements: Iterable[Placement]) -> dict[Room, str]:
    """Name the rooms that are used; where two have one name, their venues tell them apart."""
    rooms = sorted({placement.room for placement in placements}, key=lambda room: room.id)
    names = Counter(_best(room.name) for room in rooms)
    return {
        room: name if names[name := _best(room.name)] == 1 else f"{_best(room.venue.name)} {name}" for room in rooms
    }


def _event(placement: Placement, hall: str, week: Week, base: str) -> Event:
    session = placement.session
    own = "en" if session.language != Language.ZH and not session.language.startswith("zh") else "zh"
    texts = {
        "title": session.title,
        "subtitle": session.subtitle,
        "track": session.track.name if session.track else Bilingual("", ""),
        "type": session.kind.name,
    }
    rows = [(LinkKind(link.kind), Link(*_address(link, own))) for link in session.links]
    page = next((link.href for kind, link in rows if kind == LinkKind.PAGE), "")
    people = list(dict.fromkeys(part.person for part in session.people))
    return Event(
        key=str(_number(session)),
        place="",
        guid=_guid(session.uid),
        start=placement.start.astimezone(ZoneInfo(week.timezone)),
        minutes=session.duration_min,
        room=hall,
        slug=session.slug or re.sub("[^a-z0-9_-]", "-", f"{week.code}-{session.code}".lower()),
        url=page or f"{base}/w/{week.code}/s/{session.code}",
        language="" if session.language == Language.OTHER else session.language,
        abstract=plain_html(_best(Bilingual(session.abstract_zh, session.abstract_en), own)),
        description=plain_html(_best(Bilingual(session.text_zh, session.text_en), own)),
        persons=tuple(Speaker(str(_number(p)), _best(p.name, own), plain_html(_best(p.bio, own))) for p in people),
        links=tuple(link for kind, link in rows if kind not in ATTACHMENTS and kind != LinkKind.PAGE),
        attachments=tuple(Link(link.href, link.title, ATTACHMENTS[kind]) for kind, link in rows if kind in ATTACHMENTS),
        **{name: _best(text, own) for name, text in texts.items()},
    )


def _address(link: Any, own: str) -> tuple[str, str]:
    title = _best(link.title, own)
    bare = None if link.url else _BARE.fullmatch(title)
    return (bare[2], bare[1]) if bare else (link.url, title)


def _best(text: Bilingual, language: str = "zh") -> str:
    return text.best(language)[0]


def _number(row: Any) -> int:
    """Return the number by which its source knows a row, else one that is always the same for it.

    Conference software wants positive integers.
    """
    own = str(row.source_key).rpartition(":")[2]
    if re.fullmatch("[1-9][0-9]{0,8}", own):
        return int(own)
    return int.from_bytes(sha256(str(row.source_key).encode()).digest()[:4]) % 1_000_000_000 + 1_000_000_000


def _guid(uid: str) -> str:
    """Return a UID as the UUID that the formats want: itself where it is one, else one derived from it."""
    try:
        return str(UUID(uid))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, uid))
