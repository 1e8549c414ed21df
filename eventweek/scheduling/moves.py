"""Two plans side by side (pure): where each has every session, and what changes from one to the other."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from eventweek.kernel.db import Bilingual


@dataclass(frozen=True)
class Spot:
    """A place in a plan: start (aware, UTC), the room by id, what may not change, and the version of the row."""

    start: datetime
    room_id: int
    pin_time: bool = False
    pin_room: bool = False
    version: int = 1

    @property
    def where(self) -> tuple[datetime, int]:
        """Return start and room."""
        return self.start, self.room_id

    @property
    def said(self) -> tuple[datetime, int, bool, bool]:
        """Return all that somebody has chosen of it."""
        return self.start, self.room_id, self.pin_time, self.pin_room


@dataclass(frozen=True)
class Subject:
    """A session that plans place: `off` where it is cancelled or archived, `locked` where its permit holds it."""

    id: int
    code: str
    title: Bilingual
    family: str
    minutes: int
    locked: bool = False
    off: bool = False


@dataclass(frozen=True)
class Move:
    """A session in two plans; None where a plan has no place for it."""

    session: Subject
    before: Spot | None
    after: Spot | None

    @property
    def is_moved(self) -> bool:
        """Say whether it has another time or room, or only one of them places it."""
        return (self.before and self.before.where) != (self.after and self.after.where)

    @property
    def is_changed(self) -> bool:
        """Say whether it is moved or pinned in another way."""
        return (self.before and self.before.said) != (self.after and self.after.said)

    @property
    def first(self) -> datetime:
        """Return the earlier of its starts."""
        return min(spot.start for spot in (self.before, self.after) if spot)

    def end(self, spot: Spot) -> datetime:
        """Return when it ends at a place, aware in UTC."""
        return spot.start + timedelta(minutes=self.session.minutes)


def moves(sessions: Iterable[Subject], old: Mapping[int, Spot], new: Mapping[int, Spot]) -> list[Move]:
    """Return every session that a plan places, in the order given; plans hold places by session id."""
    return [Move(own, old.get(own.id), new.get(own.id)) for own in sessions if own.id in old or own.id in new]


def held_by_permit(found: Iterable[Move]) -> list[Move]:
    """Return what would move although its permit names the place that it has."""
    return [move for move in found if move.session.locked and move.before and move.is_moved]


def into_rooms(found: Iterable[Move], rooms: Collection[int]) -> list[Move]:
    """Return what is on and would move into one of these rooms (ids)."""
    return [m for m in found if m.after and m.after.room_id in rooms and m.is_moved and not m.session.off]


def titles(found: Iterable[Move], most: int = 5) -> Bilingual:
    """Return the titles of sessions in both languages, at most so many of them."""
    own = [move.session.title for move in islice(found, most)]
    return Bilingual("、".join(t.best("zh")[0] for t in own), ", ".join(t.best("en")[0] for t in own))


def token(plans: Iterable[int], found: Iterable[Move]) -> int:
    """Return a number below a thousand million by which what was seen of two plans (ids) is known again."""
    changed = [
        (move.session.id, move.session.off, move.session.locked, _told(move.before), _told(move.after))
        for move in found
        if move.is_changed
    ]
    digest = hashlib.sha256(json.dumps([*plans, sorted(changed, key=lambda row: row[0])]).encode()).digest()
    return int.from_bytes(digest[:8]) % 10**9


def _told(spot: Spot | None) -> Any:
    return spot and [spot.start.isoformat(), *spot.said[1:], spot.version]
