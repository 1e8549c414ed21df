"""Attendance as a fold over scans, and the chain of a device (pure)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventweek.checkin.enums import Colour, ScanKind, Unknown
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Choice, Line, Whole

GENESIS = "0" * 64
GATE = Subject(
    "gate",
    {
        "name_zh": Line(60),
        "name_en": Line(60),
        "opens_before_min": Whole(0, 720, required=True),
        "unknown": Choice(Unknown, required=True),
    },
)
"""What can be changed of a gate."""


@dataclass(frozen=True)
class ScanFacts:
    """What the fold needs of one scan; instants aware."""

    device: int
    seq: int
    kind: str
    at: datetime
    admitted: bool
    party: int = 1
    annuls_seq: int | None = None
    differs: bool = False
    """The verdict at the door was not the one the server would have given."""


@dataclass(frozen=True)
class Presence:
    """What the scans of one holder in one session add up to; `minutes` inside up to the last exit."""

    first_in: datetime | None = None
    last_in: datetime | None = None
    last_out: datetime | None = None
    minutes: int = 0
    entries: int = 0
    inside: bool = False
    party: int = 1
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A scan that somebody has to look at."""

    device: int
    seq: int
    code: str


def fold(scans: Iterable[ScanFacts]) -> tuple[Presence, tuple[Conflict, ...]]:
    """Return presence and conflicts; any order and any duplication of the same scans gives the same result."""
    by_key = {(s.device, s.seq): s for s in scans}
    annulled = {(s.device, s.annuls_seq) for s in by_key.values() if s.kind == ScanKind.ANNUL and s.admitted}
    ordered = sorted(by_key.values(), key=lambda s: (s.at, s.device, s.seq))
    conflicts = [Conflict(s.device, s.seq, "verdict.differs") for s in ordered if s.differs]
    state = Presence()
    for scan in ordered:
        if not scan.admitted or (scan.device, scan.seq) in annulled or scan.kind == ScanKind.ANNUL:
            continue
        state, code = _step(state, scan)
        if code:
            conflicts.append(Conflict(scan.device, scan.seq, code))
    flags = tuple(sorted({c.code for c in conflicts}))
    return Presence(**{**state.__dict__, "flags": flags}), tuple(conflicts)


def _step(state: Presence, scan: ScanFacts) -> tuple[Presence, str]:
    old = state.__dict__
    if scan.kind == ScanKind.OUT:
        if not state.inside or state.last_in is None:
            return state, "out.without_in"
        spent = int((scan.at - state.last_in).total_seconds() // 60)
        return Presence(**{**old, "inside": False, "last_out": scan.at, "minutes": state.minutes + spent}), ""
    if state.inside:
        return state, "in.twice"
    first = state.first_in or scan.at
    party = max(state.party, scan.party)
    new = {"inside": True, "first_in": first, "last_in": scan.at, "entries": state.entries + 1, "party": party}
    return Presence(**{**old, **new}), ""


def link(prev_hash: str, values: Sequence[object]) -> str:
    """Return the SHA-256 that the next scan of the device carries: canonical JSON of the values after the hash."""
    text = json.dumps([prev_hash, *values], ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_admitted(colour: str, *, repeat: bool) -> bool:
    """Say whether a scan counts: a yes that is no repetition."""
    return colour == Colour.YES and not repeat
