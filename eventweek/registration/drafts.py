"""Which offerings a published week needs: a pure function of its sessions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from eventweek.kernel.db import Bilingual
from eventweek.programme.enums import RegistrationMode

_SLOT = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
NO_NAME = Bilingual("", "")


@dataclass(frozen=True)
class Material:
    """A published session without an offering; `camp`: id of the linked series that is registered as one."""

    session_id: int
    mode: str
    start: datetime
    end: datetime
    capacity: int
    expected: int
    note: str
    zone: str
    camp: int | None = None
    camp_name: Bilingual = NO_NAME


@dataclass(frozen=True)
class Draft:
    """An offering to be opened."""

    sessions: tuple[int, ...]
    mode: RegistrationMode
    room_cap: int | None = None
    class_cap: int | None = None
    name: Bilingual = NO_NAME
    slot_start: datetime | None = None
    slot_end: datetime | None = None


def list_drafts(material: Iterable[Material]) -> list[Draft]:
    """Return the offerings: one per session, one per camp, one per slot; none for mode `none`."""
    camps: dict[int, list[Material]] = {}
    drafts: list[Draft] = []
    for own in sorted(material, key=lambda own: (own.start, own.session_id)):
        if own.mode == RegistrationMode.NONE:
            continue
        if own.camp is not None:
            camps.setdefault(own.camp, []).append(own)
            continue
        slots = list_slots(own) if own.mode == RegistrationMode.TIMED_ENTRY else []
        drafts += [_slot(own, start, end) for start, end in slots] or [_whole([own])]
    return drafts + [_whole(days, days[0].camp_name) for days in camps.values()]


def list_slots(own: Material) -> list[tuple[datetime, datetime]]:
    """Return the entry windows that the session's note names as local `HH:MM-HH:MM`, those inside the session only."""
    zone = ZoneInfo(own.zone)
    day = own.start.astimezone(zone).date()
    slots = []
    for first, last in _SLOT.findall(own.note):
        try:
            start, end = (datetime.strptime(f"{day} {t}", "%Y-%m-%d %H:%M").replace(tzinfo=zone) for t in (first, last))
        except ValueError:
            continue
        if own.start <= start < end <= own.end:
            slots.append((start, end))
    return slots


def _slot(own: Material, start: datetime, end: datetime) -> Draft:
    """Return a slot: whoever is inside counts against the room, so each slot has the whole of it."""
    span = f"{start:%H:%M}-{end:%H:%M}"
    return Draft((own.session_id,), RegistrationMode.TIMED_ENTRY, own.capacity, None, Bilingual(span, span), start, end)


def _whole(days: Sequence[Material], name: Bilingual = NO_NAME) -> Draft:
    """Return one offering for sessions registered together: the smallest room, the smallest audience planned."""
    room = min(own.capacity for own in days)
    planned = min((own.expected for own in days if own.expected > 0), default=room)
    return Draft(tuple(own.session_id for own in days), RegistrationMode(days[0].mode), room, min(planned, room), name)
