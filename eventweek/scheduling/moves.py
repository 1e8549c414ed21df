"""Two plans side by side (pure): where each has every session, and what changes from one to the other."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.scheduling.problems import Problem


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


def only_in(own: Iterable[Problem], other: Iterable[Problem]) -> list[Problem]:
    """Return the problems that one plan has and the other has not, in their order."""
    known = {(problem.rule, problem.sessions) for problem in other}
    return [problem for problem in own if (problem.rule, problem.sessions) not in known]


def titles(found: Iterable[Move], most: int = 5) -> Bilingual:
    """Return the titles of sessions in both languages, at most so many of them."""
    own = [move.session.title for move in islice(found, most)]
    return Bilingual("、".join(t.best("zh")[0] for t in own), ", ".join(t.best("en")[0] for t in own))


@dataclass(frozen=True)
class Promotion:
    """What it changes to put a plan (id) in place of another; `rooms`: those of the archived (ids) that it names."""

    plan_id: int
    every: Sequence[Move]
    rooms: frozenset[int] = frozenset()

    @property
    def changed(self) -> list[Move]:
        """Return what has another place or is pinned in another way."""
        return [move for move in self.every if move.is_changed]

    @property
    def moved(self) -> list[Move]:
        """Return what is on and has another time or room afterwards, or a place for the first time."""
        return [move for move in self.every if move.is_moved and move.after and not move.session.off]

    @property
    def unplaced(self) -> list[Move]:
        """Return what is on and has no place any more."""
        return [move for move in self.every if move.is_moved and not move.after and not move.session.off]

    @property
    def held(self) -> list[Move]:
        """Return what would move although its permit names the place that it has."""
        return [move for move in self.every if move.session.locked and move.before and move.is_moved]

    @property
    def shut(self) -> list[Move]:
        """Return what is on and would move into an archived room."""
        return [move for move in self.moved if move.after and move.after.room_id in self.rooms]

    @property
    def token(self) -> int:
        """Return a number below a thousand million by which what was seen of it is known again."""
        rows = [(m.session.id, m.session.off, m.session.locked, _told(m.before), _told(m.after)) for m in self.changed]
        said = [self.plan_id, sorted(rows, key=lambda row: row[0]), sorted(self.rooms)]
        return int.from_bytes(hashlib.sha256(json.dumps(said).encode()).digest()[:8]) % 10**9


def _told(spot: Spot | None) -> Any:
    return spot and [spot.start.isoformat(), *spot.said[1:], spot.version]
