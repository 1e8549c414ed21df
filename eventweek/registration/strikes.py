"""Rules of no-shows that count (pure): when one counts against somebody, what follows, how it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eventweek.kernel.db import Bilingual
from eventweek.registration.enums import PoolClass, State, StrikeDecision, StrikeEffect, StrikeState
from eventweek.registration.rules import Reason

MOST_MISSES = 10
"""So many no-shows a rule may wait for at most."""
STANDING = (StrikeState.GIVEN, StrikeState.APPEALED, StrikeState.UPHELD)
COUNTING = (StrikeState.GIVEN, StrikeState.UPHELD)
"""While an appeal waits for its answer, its strike does not count."""
BEHIND = -1
"""The priority in the queue of whoever stands behind everybody else."""
_AFTER = {
    StrikeDecision.ACCEPT: (StrikeState.APPEALED, StrikeState.LIFTED),
    StrikeDecision.REJECT: (StrikeState.APPEALED, StrikeState.UPHELD),
}
_RULES = {
    StrikeEffect.BEHIND: Bilingual(
        "本届有 %(n)s 次报上名、没有取消、也没有来，之后的新报名排在候补的其他人后面；有空席照样马上报上。",
        "After %(misses)s in this week (registered, not cancelled, not there), new registrations wait behind everybody "
        "else on waiting lists; a free seat is still given at once.",
    ),
    StrikeEffect.REVIEW: Bilingual(
        "本届有 %(n)s 次报上名、没有取消、也没有来，之后的新报名要先经主办方审核。",
        "After %(misses)s in this week (registered, not cancelled, not there), the organiser looks at new "
        "registrations first.",
    ),
}


@dataclass(frozen=True)
class Taken:
    """A step by which a registration was in, or stayed so: whether its holder took it, and its reason."""

    by_holder: bool
    reason: str


@dataclass(frozen=True)
class Spot:
    """Time and place of a session as a release told them at `at`; `place`: codes of venue and room."""

    at: datetime
    start: str
    minutes: int
    place: tuple[str, str]
    cancelled: bool

    def is_like(self, other: "Spot") -> bool:
        """Say whether it is the same time and place, and takes place."""
        same = (self.start, self.minutes, self.place) == (other.start, other.minutes, other.place)
        return same and not self.cancelled


@dataclass(frozen=True)
class Miss:
    """A registration whose sessions are over, as a strike is decided by it.

    `grouped`: a unit registered them; `seen`: a door scanned them at one of the sessions, whatever it answered; `kept`:
    at every session the door let in somebody of the same offering; `told`: what releases said of each session, the
    oldest first.
    """

    state: str
    cls: str
    grouped: bool
    registered_at: datetime
    starts: datetime
    taken: Sequence[Taken]
    told: Sequence[Sequence[Spot]]
    seen: bool
    kept: bool


def why_no_strike(miss: Miss, since: datetime) -> str:
    """Return why a no-show does not count, empty when it does; `since`: when counting was switched on.

    Every doubt speaks for the person: only a public seat that they took themselves, at a time and place that never
    changed after that, where the door was kept.
    """
    if miss.seen:
        return "came"
    if miss.state != State.CONFIRMED or miss.cls != PoolClass.PUBLIC:
        return "not_in"
    if miss.grouped or not all(_is_own(step) for step in miss.taken):
        return "not_own"
    if any(not _is_unchanged(spots, miss.registered_at) for spots in miss.told):
        return "changed"
    if not miss.kept:
        return "no_door"
    return "" if miss.starts >= since else "before"


def why_no_appeal(state: str) -> Reason | None:
    """Return why nothing can be said to a strike any more."""
    if state == StrikeState.APPEALED:
        return Reason("strike.appealed")
    return None if state == StrikeState.GIVEN else Reason("strike.closed")


def decided(state: str, decision: StrikeDecision) -> StrikeState | Reason:
    """Return where a strike stands after an organiser's decision, or why it cannot be taken."""
    if state == StrikeState.LIFTED:
        return Reason("strike.closed")
    if decision == StrikeDecision.LIFT:
        return StrikeState.LIFTED
    before, after = _AFTER[decision]
    return after if state == before else Reason("strike.not_appealed")


def say_rule(misses: int, effect: str) -> Bilingual:
    """Return the rule of a week in words."""
    words = _RULES[StrikeEffect(effect)]
    return Bilingual(
        words.zh % {"n": misses}, words.en % {"misses": "1 no-show" if misses == 1 else f"{misses} no-shows"}
    )


def _is_own(step: Taken) -> bool:
    """Say whether the holder took the seat, or asked for it and was let in by a reviewer."""
    return step.reason == "approved" or (step.by_holder and step.reason != "handed_over")


def _is_unchanged(spots: Sequence[Spot], since: datetime) -> bool:
    """Say whether a session stayed where it was told to be when somebody registered."""
    if not spots:
        return False
    known = [spot for spot in spots if spot.at <= since][-1:] or spots[:1]
    return all(spot.is_like(known[0]) for spot in spots if spot.at >= known[0].at)
