"""Rules of registration (pure): states, when one may register, who is promoted, what a person cannot reach in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.programme.enums import RegistrationMode, WorkMode
from eventweek.registration.enums import AT_ONCE, SELF_SERVICE, State, Verdict

TRANSITIONS: dict[State | None, frozenset[State]] = {
    None: frozenset({State.APPLIED, State.CONFIRMED, State.WAITLISTED}),
    State.APPLIED: frozenset({State.RETURNED, State.CONFIRMED, State.WAITLISTED, State.REJECTED, State.CANCELLED}),
    State.RETURNED: frozenset({State.APPLIED, State.REJECTED, State.CANCELLED}),
    State.WAITLISTED: frozenset({State.CONFIRMED, State.OFFERED, State.CANCELLED}),
    State.OFFERED: frozenset({State.CONFIRMED, State.WAITLISTED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.CANCELLED, State.WAITLISTED}),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}

RETENTION_DAYS = 180
"""Days after the last day of a week within which what is known of its people goes, as the consent text says."""
_WHY_NOT_MODE = {
    RegistrationMode.INVITE_QUOTA: "mode.invite",
    RegistrationMode.MEDIA: "mode.media",
    RegistrationMode.NONE: "mode.none",
}


@dataclass(frozen=True)
class Reason:
    """Why something cannot be, as a code with its facts; the catalogue says it and what to do instead."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """What decides whether an offering takes registrations now. `ends`: the last published moment to come in.

    `cancelling_ends_min`: so many minutes before that, nobody gives seats back by themselves any more. `work_min`: for
    so many minutes from the opening a browser has to work where `work_mode` says `opening`.
    """

    mode: str
    week_state: str
    cancelled: bool
    closed: bool
    opens: datetime | None
    closes: datetime | None
    ends: datetime
    zone: str
    cancelling_ends_min: int = 0
    work_mode: str = WorkMode.NEVER
    work_min: int = 0


@dataclass(frozen=True)
class Waiting:
    """A party in a queue."""

    id: int
    seats: int
    overtaken: int


@dataclass(frozen=True)
class Application:
    """What stands of a review. `passed`: reviewers who agreed; `reviewer`: the first of them, as a value to compare."""

    state: str
    passed: int
    reviewer: str


@dataclass(frozen=True)
class Stop:
    """A session in somebody's day; `room` and `venue` are codes, `city` is a region code or empty on-line."""

    code: str
    title_zh: str
    title_en: str
    start: datetime
    end: datetime
    venue: str
    city: str


@dataclass(frozen=True)
class Clash:
    """Two sessions that one person cannot both attend: `overlap`, or `journey` with the minutes needed and left."""

    kind: str
    first: Stop
    second: Stop
    needed: int = 0
    left: int = 0


def can_move(start: str | None, to: State) -> bool:
    """Say whether a registration may go from one state to another."""
    return to in TRANSITIONS[State(start) if start else None]


def why_no_registration(window: Window, now: datetime) -> Reason | None:
    """Return why nobody can register by themselves now, None when they can."""
    shut = _why_shut(window)
    if shut:
        return shut
    if window.mode not in SELF_SERVICE:
        return Reason(_WHY_NOT_MODE[RegistrationMode(window.mode)])
    if window.opens and now < window.opens and now < window.ends and not window.closed:
        return Reason("offering.not_yet", {"opens": window.opens.astimezone(ZoneInfo(window.zone))})
    return _why_past(window, now)


def why_no_enrolment(window: Window, now: datetime) -> Reason | None:
    """Return why an organiser cannot register others now: before the opening, and where one is invited, they can."""
    return _why_shut(window) or _why_past(window, now)


def _why_shut(window: Window) -> Reason | None:
    if window.cancelled:
        return Reason("offering.cancelled")
    if window.week_state in ("closed", "archived"):
        return Reason("offering.week_over")
    return None if window.week_state == "open" else Reason("offering.week_not_open")


def _why_past(window: Window, now: datetime) -> Reason | None:
    if window.closed:
        return Reason("offering.closed")
    if now >= window.ends:
        return Reason("offering.over")
    return Reason("offering.closed") if window.closes and now >= window.closes else None


def why_no_invitation(revoked: bool, expires: datetime, left: int, now: datetime) -> Reason | None:
    """Return why an invitation opens nothing any more; `left`: registrations that can still be made with it."""
    if revoked:
        return Reason("invite.revoked")
    if now >= expires:
        return Reason("invite.expired")
    return Reason("invite.used") if left < 1 else None


def why_no_allotment(ended: bool, cut_off: datetime, now: datetime) -> Reason | None:
    """Return why the link of a unit opens nothing any more; an empty allotment still shows that it is empty."""
    if ended:
        return Reason("allotment.ended")
    return Reason("allotment.over") if now >= cut_off else None


def why_no_change_of_group(week_state: str, cut_off: datetime, now: datetime, *, adding: bool = False) -> Reason | None:
    """Return why the leader of a group cannot change it any more, or add to it.

    A closed week takes nobody new; as everybody's, a group's seats are still given back and handed on.
    """
    if week_state == "archived" or (adding and week_state == "closed"):
        return Reason("offering.week_over")
    return Reason("group.over") if now >= cut_off else None


def why_no_seats(seats: int, max_party: int, room: int | None) -> Reason | None:
    """Return why a party of that size cannot register together."""
    if seats < 1:
        return Reason("party.empty")
    if seats > max_party:
        return Reason("party.too_large", {"most": max_party})
    if room is not None and seats > room:
        return Reason("party.too_large", {"most": room})
    return None


def needs_work(window: Window, now: datetime) -> bool:
    """Say whether a browser has to work for a registration at this moment."""
    if window.work_mode != WorkMode.OPENING:
        return window.work_mode == WorkMode.ALWAYS
    return window.opens is not None and window.opens <= now < window.opens + timedelta(minutes=window.work_min)


def why_no_handover(state: str, allowed: bool, window: Window, now: datetime) -> Reason | None:
    """Return why the holder cannot give the place to another person, None when they can."""
    if state != State.CONFIRMED:
        return Reason("handover.not_confirmed")
    return why_no_cancelling(state, window, now) if allowed else Reason("handover.not_allowed")


def why_no_mode(mode: str, *, slot: bool, taken: int) -> Reason | None:
    """Return why an offering cannot take this mode. `taken`: seats given to or waited for by a class that it leaves."""
    if mode == RegistrationMode.NONE:
        return Reason("offering.mode_none")
    if slot and mode != RegistrationMode.TIMED_ENTRY:
        return Reason("offering.mode_slot")
    return Reason("offering.mode_taken", {"taken": taken}) if taken else None


def why_no_cancelling(state: str, window: Window, now: datetime) -> Reason | None:
    """Return why the person cannot give the seats back, None when they can."""
    if not can_move(state, State.CANCELLED):
        return Reason("registration.ended")
    if now >= window.ends:
        return Reason("registration.started")
    if state == State.CONFIRMED and now >= window.ends - timedelta(minutes=window.cancelling_ends_min):
        return Reason("registration.cancelling_over", {"minutes": window.cancelling_ends_min})
    return None


def why_no_review(own: Application, verdict: str, who: str) -> Reason | None:
    """Return why this reviewer cannot decide so now: of two who must agree, the second is another person."""
    if own.state != State.APPLIED and not (own.state == State.RETURNED and verdict == Verdict.REJECT):
        return Reason("review.not_waiting")
    if verdict == Verdict.APPROVE and own.passed and own.reviewer == who:
        return Reason("review.same_person")
    return None


def why_no_resubmission(state: str, window: Window, now: datetime) -> Reason | None:
    """Return why an application cannot be sent again."""
    if state != State.RETURNED:
        return Reason("registration.not_returned")
    return Reason("registration.started") if now >= window.ends else None


def why_no_acceptance(state: str, expires: datetime | None, now: datetime) -> Reason | None:
    """Return why an offered seat cannot be taken any more."""
    if state != State.OFFERED or expires is None:
        return Reason("offer.none")
    return Reason("offer.expired") if now >= expires else None


def why_no_move(state: str, old: Window, new: Window, now: datetime, *, by_owner: bool) -> Reason | None:
    """Return why a registration cannot stand for another offering; a holder moves only where one gets in at once.

    Who waits can go where seats are free, like who is in.
    """
    if state not in (State.CONFIRMED, State.WAITLISTED):
        return Reason("registration.not_confirmed")
    if new.cancelled:
        return Reason("offering.cancelled")
    if now >= new.ends:
        return Reason("offering.over")
    if not by_owner:
        return None
    if new.mode not in AT_ONCE:
        return Reason("move.not_open")
    return why_no_cancelling(state, old, now) or why_no_registration(new, now)


def why_no_correcting(state: str, window: Window, now: datetime) -> Reason | None:
    """Return why the person cannot change their answers: it has ended or begun, or registration is closed."""
    if not can_move(state, State.CANCELLED):
        return Reason("registration.ended")
    if now >= window.ends:
        return Reason("registration.started")
    return Reason("answers.over") if window.closed or (window.closes and now >= window.closes) else None


def choose_promoted(
    queue: Sequence[Waiting], free: int | None, largest: int | None, overtakes: int
) -> tuple[list[int], dict[int, int]]:
    """Choose who leaves the queue: in its order, each party that fits; a party may be overtaken `overtakes` times.

    `free` seats now (None: no limit); a party above `largest` can never fit, so nobody waits behind it. Returns the ids
    promoted, and the new count of those overtaken.
    """
    promoted: list[int] = []
    passed: dict[int, int] = {}
    for party in queue:
        if free is None or party.seats <= free:
            promoted.append(party.id)
            free = None if free is None else free - party.seats
            passed = {own: times + 1 for own, times in passed.items()}
        elif largest is None or party.seats <= largest:
            passed[party.id] = party.overtaken
        if free == 0 or any(times >= overtakes for times in passed.values()):
            break
    before = {party.id: party.overtaken for party in queue}
    return promoted, {own: times for own, times in passed.items() if times != before[own]}


def list_clashes(stops: Sequence[Stop], travel: Callable[[Stop, Stop], int | None]) -> list[Clash]:
    """Return the pairs that overlap or leave too little time; `travel` gives minutes, None where unknown."""
    clashes: list[Clash] = []
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.end, stop.code))
    for n, first in enumerate(ordered):
        for second in ordered[n + 1 :]:
            if second.start >= first.end + timedelta(days=1):
                break
            clash = _clash(first, second, travel)
            if clash:
                clashes.append(clash)
    return clashes


def _clash(first: Stop, second: Stop, travel: Callable[[Stop, Stop], int | None]) -> Clash | None:
    if second.start < first.end:
        return Clash("overlap", first, second)
    left = int((second.start - first.end).total_seconds()) // 60
    needed = travel(first, second) if first.venue != second.venue else None
    return Clash("journey", first, second, needed, left) if needed is not None and needed > left else None
