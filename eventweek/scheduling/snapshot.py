"""The published snapshot of one session: a denormalised plain value, both languages, schema 1 (pure)."""

import hashlib
import json
from datetime import UTC
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.programme.models import SessionOrganisation
from eventweek.scheduling.models import Placement

SCHEMA = 1
TIMED_FIELDS = ("start", "minutes", "room", "venue")


def snapshot(placement: Placement) -> dict[str, Any]:
    """Return what readers may know of a placed session, without any draft left to join."""
    session, room = placement.session, placement.room
    venue, city, kind = room.venue, room.venue.city, session.kind
    return {
        "schema": SCHEMA,
        "code": session.code,
        "uid": session.uid,
        "title": _pair(session.title),
        "note": _pair(session.note),
        "kind": {"code": kind.code, "family": kind.family, **_pair(kind.name)},
        "start": placement.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "minutes": session.duration_min,
        "room": {"code": room.code, "capacity": room.capacity, **_pair(room.name)},
        "venue": {"code": venue.code, **_pair(venue.name)},
        "city": {"code": city.code, **_pair(city.name)} if city else None,
        "people": [{"code": p.person.code, "role": p.role, **_pair(p.person.name)} for p in session.people],
        "lead": _lead(session.organisations),
        "industry": next((t.code for t in session.tags if t.set.code == "industry"), ""),
        "language": session.language,
        "visibility": session.visibility,
        "registration": session.registration,
    }


def _lead(parts: list[SessionOrganisation]) -> dict[str, str] | None:
    host = next((p.organisation for p in parts if p.role == "host"), None)
    return {"code": host.code, **_pair(host.name)} if host else None


def digest(value: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def next_sequence(old: dict[str, Any] | None, new: dict[str, Any], sequence: int) -> int:
    """Return the iCalendar SEQUENCE (RFC 5545 3.8.7.4): +1 when time or place moved, else unchanged."""
    if old is None:
        return 0
    return sequence + any(old[field] != new[field] for field in TIMED_FIELDS)


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
