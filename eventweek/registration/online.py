"""Rules of taking part on line (pure): when the way in is open, and who may change between a seat and on line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventweek.registration.enums import AT_ONCE, State
from eventweek.registration.rules import Reason, Window, why_no_cancelling, why_no_registration


@dataclass(frozen=True)
class Sitting:
    """One session of an offering, as published and not cancelled."""

    code: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Switch:
    """Who would change, and into what: `window` of the seats in the room, `free` of them (None: no limit).

    `struck`: no-shows that count have new registrations of such seats looked at first.
    """

    state: str
    online: bool
    seats: int
    open: bool
    window: Window
    free: int | None
    struck: bool = False


def sitting_now(sittings: Sequence[Sitting], before_min: int, now: datetime) -> Sitting | None:
    """Return the session whose way in is open: from so many minutes before its start until its end.

    Where two are, the one that began last: that is where somebody wants to be.
    """
    early = timedelta(minutes=before_min)
    open_now = [own for own in sittings if own.start - early <= now < own.end]
    begun = [own for own in open_now if own.start <= now]
    ahead = sorted(open_now, key=lambda own: (own.start, own.code))
    return max(begun, key=lambda own: (own.start, own.code)) if begun else next(iter(ahead), None)


def why_no_way_in(
    state: str, online: bool, sittings: Sequence[Sitting], before_min: int, now: datetime
) -> Reason | None:
    """Return why the way in is not shown to somebody now."""
    if state != State.CONFIRMED or not online:
        return Reason("online.not_registered")
    if not sittings:
        return Reason("offering.cancelled")
    if sitting_now(sittings, before_min, now):
        return None
    if all(own.end <= now for own in sittings):
        return Reason("online.over")
    return Reason("online.early", {"minutes": before_min})


def why_no_switching(own: Switch, now: datetime) -> Reason | None:
    """Return why the holder cannot change from a seat to on line, or back, by themselves."""
    if own.state not in (State.CONFIRMED, State.WAITLISTED):
        return Reason("registration.not_confirmed")
    if not own.online:
        return why_no_cancelling(own.state, own.window, now) if own.open else Reason("online.closed")
    reason = why_no_registration(own.window, now)
    if reason:
        return reason
    if own.window.mode not in AT_ONCE or own.struck:
        return Reason("online.seat_reviewed")
    return None if own.free is None or own.seats <= own.free else Reason("online.no_seat")
