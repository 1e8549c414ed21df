"""Rules of re-planning (pure): what counts as a change, which size a smaller room leaves, who goes where in a split."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from eventweek.replanning.enums import Shifting

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Shift:
    """A session that a release moves, calls off or brings back: its published facts before and after."""

    session_id: int
    kind: Shifting
    before: Facts
    after: Facts

    @property
    def starts(self) -> datetime:
        """Return the first moment that it is about."""
        return min(start_of(self.before), start_of(self.after))

    @property
    def is_place_only(self) -> bool:
        """Say whether nothing changes but where it is: that does not concern who takes part on line."""
        times = [(facts["start"], facts["minutes"]) for facts in (self.before, self.after)]
        return self.kind == Shifting.MOVED and times[0] == times[1]


@dataclass(frozen=True)
class Party:
    """Registrations that stay together in a split: a unit's, or one with its companions. `barred`: targets (indices)
    where somebody of them cannot be."""

    ids: tuple[int, ...]
    seats: int
    at: datetime
    barred: frozenset[int] = field(default_factory=frozenset)


def start_of(facts: Facts) -> datetime:
    """Return when a published session starts."""
    return datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def end_of(facts: Facts) -> datetime:
    """Return when a published session ends."""
    return start_of(facts) + timedelta(minutes=facts["minutes"])


def told(shift: Shift) -> dict[str, Any]:
    """Return a shift as a question keeps it: the session, and time and place before and after."""
    title = shift.after["title"]
    names = {"session": shift.after["code"], "zh": title["zh"], "en": title["en"]}
    return {**names, "before": spot(shift.before), "after": spot(shift.after)}


def spot(facts: Facts) -> dict[str, Any]:
    """Return time and place of a published session as plain values."""
    places = {name: {part: facts[name][part] for part in ("code", "zh", "en")} for name in ("room", "venue")}
    times = {"start": start_of(facts).isoformat(), "end": end_of(facts).isoformat()}
    return {**times, **places, "cancelled": bool(facts["cancelled"])}


def shifting(before: Facts | None, after: Facts) -> Shifting | None:
    """Return what a release does to a session, None where nobody has to be asked: time, room and venue stay."""
    if before is None:
        return None
    if after["cancelled"] or before["cancelled"]:
        if after["cancelled"] and before["cancelled"]:
            return None
        return Shifting.CANCELLED if after["cancelled"] else Shifting.RESTORED
    return Shifting.MOVED if _placed(before) != _placed(after) else None


def _placed(facts: Facts) -> tuple[Any, ...]:
    return facts["start"], facts["minutes"], facts["room"]["code"], facts["venue"]["code"]


def capacity_of(sessions: Iterable[Facts]) -> int | None:
    """Return the seats of the smallest room of what takes place, None where no room sets a limit."""
    rooms = (facts["room"]["capacity"] for facts in sessions if not facts["cancelled"])
    return min((seats for seats in rooms if seats), default=None)


def size_after(cap: int | None, before: int | None, after: int | None) -> int | None:
    """Return the size that an offering gets with a smaller room; None where its size stays.

    A room that grows gives no seats by itself, and who has no limit keeps none: both are the organiser's to decide.
    """
    shrinks = after is not None and (before is None or after < before)
    return after if shrinks and cap is not None and after is not None and after < cap else None


def merged(old: Sequence[Facts], new: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return the changes of an open question with those of a later release: from the first before to the last after.

    What is back where it was is left out.
    """
    first = {change["session"]: change for change in old}
    every = {code: dict(change) for code, change in first.items()}
    for change in new:
        own = first.get(change["session"])
        every[change["session"]] = {**change, "before": own["before"] if own else change["before"]}
    return [change for change in every.values() if change["before"] != change["after"]]


def spread(parties: Sequence[Party], free: Sequence[int | None], stay: int | None = None) -> dict[int, int]:
    """Share people out over their own offering and its repeats: registration id -> index of the target.

    Each gets the same share, rounded up; the source keeps who registered first until its share, or `stay` seats where
    that is less, is full. The others go, in the order in which they registered, to the emptiest target that has its
    seats (`free`, None: no limit) and in which nobody of them is barred. A party is never parted; who fits
    nowhere stays.
    """
    total = sum(party.seats for party in parties)
    share = -(-total // (len(free) + 1)) if parties else 0
    keeps = share if stay is None else min(share, stay)
    given, kept = [0] * len(free), 0
    where: dict[int, int] = {}
    for party in sorted(parties, key=lambda own: (own.at, own.ids)):
        if kept + party.seats <= keeps:
            kept += party.seats
            continue
        fits = [
            (given[n], n)
            for n, room in enumerate(free)
            if n not in party.barred and (room is None or given[n] + party.seats <= room)
        ]
        if fits:
            target = min(fits)[1]
            given[target] += party.seats
            where |= dict.fromkeys(party.ids, target)
    return where
