"""Rules of the waiting list (pure): what becomes of a freed seat, how long an offer lasts, why somebody still waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventweek.registration.enums import PoolClass, Way
from eventweek.registration.rules import Reason

SHORTEST_OFFER = timedelta(minutes=5)
"""Nobody can be asked and answer in less."""
MOST_OFFERS = 2
"""Who has let so many offers pass is not asked again."""


@dataclass(frozen=True)
class Terms:
    """What an offering says of its queue. `starts`, `ends`: as published; the others: see models.Offering."""

    starts: datetime
    ends: datetime
    promote_until_min: int
    offer_minutes: int
    cancelled: bool = False


@dataclass(frozen=True)
class Place:
    """Where a party stands: from 1; the seats of all before it; whether seats are saved for one of these."""

    position: int
    seats_ahead: int = 0
    saved_ahead: bool = False


@dataclass(frozen=True)
class Room:
    """The seats of a class inside its room: free now, and the most that it ever has; None = no limit."""

    free: int | None
    largest: int | None


def cut_off(terms: Terms) -> datetime:
    """Return when a freed seat stops going to the next without asking, and the list at the door begins."""
    return terms.starts - timedelta(minutes=terms.promote_until_min)


def offer_until(terms: Terms, now: datetime) -> datetime | None:
    """Return the end of an offer made now: the policy, at most a quarter of the time left; None: none is made."""
    lasts = min(timedelta(minutes=terms.offer_minutes), (terms.starts - now) / 4)
    return now + lasts if lasts >= SHORTEST_OFFER else None


def way_of(terms: Terms, cls: str, consent: bool, now: datetime) -> Way:
    """Return what becomes of a freed seat of a class: given, offered, or kept for the door.

    The standby list is made of people who stand at the door, so they are never asked, and served until the end.
    """
    if terms.cancelled or now >= terms.ends:
        return Way.KEEP
    late = now >= cut_off(terms)
    if cls == PoolClass.STANDBY:
        return Way.CONFIRM if late else Way.KEEP
    if not late and not consent:
        return Way.CONFIRM
    return Way.OFFER if offer_until(terms, now) else Way.KEEP


def why_no_standby(terms: Terms, now: datetime) -> Reason | None:
    """Return why nobody can be put on the list at the door now."""
    if terms.cancelled:
        return Reason("offering.cancelled")
    if now >= terms.ends:
        return Reason("standby.over")
    return Reason("standby.not_yet", {"minutes": terms.promote_until_min}) if now < cut_off(terms) else None


def is_release_due(terms: Terms, after_min: int | None, now: datetime) -> bool:
    """Say whether seats of those who have not come go to the list at the door: so many minutes after the start."""
    if after_min is None or terms.cancelled:
        return False
    return terms.starts + timedelta(minutes=after_min) <= now < terms.ends


def why_waiting(seats: int, place: Place, room: Room, way: Way, cls: str) -> Reason:
    """Return why a party has not been let in yet; the first of these that is so."""
    if cls == PoolClass.STANDBY:
        ahead = place.position - 1
        return Reason("waiting.standby", {"ahead": ahead}) if ahead else Reason("waiting.standby_first")
    if way == Way.KEEP:
        return Reason("waiting.cut_off")
    if room.largest is not None and seats > room.largest:
        return Reason("waiting.too_large", {"seats": seats, "most": room.largest})
    if room.free == 0 and place.position == 1:
        return Reason("waiting.first")
    if room.free == 0:
        return Reason("waiting.full", {"ahead": place.position - 1, "seats": place.seats_ahead})
    if place.saved_ahead:
        return Reason("waiting.saved")
    if room.free is not None and seats > room.free:
        return Reason("waiting.party", {"seats": seats, "free": room.free})
    return Reason("waiting.next")


@dataclass(frozen=True)
class Seated:
    """A party that has seats, or is offered some, and may lose them: its rank, and when it registered."""

    id: int
    seats: int
    priority: int
    at: datetime
    offered: bool = False


def choose_displaced(parties: Sequence[Seated], short: int) -> list[int]:
    """Choose who goes back to the waiting list where `short` seats are too many, whole parties only.

    Seats that are only offered go first, then the lowest priority, then who registered last. Who fits after all,
    because a larger party went, stays: the earliest first. Returns ids; their seats may be fewer than `short`.
    """
    order = sorted(parties, key=lambda own: (not own.offered, own.priority, -own.at.timestamp(), -own.id))
    gone: list[Seated] = []
    for own in order:
        if sum(one.seats for one in gone) >= short:
            break
        gone.append(own)
    spare = sum(one.seats for one in gone) - short
    for own in reversed(gone[:]):
        if own.seats <= spare:
            gone.remove(own)
            spare -= own.seats
    return [own.id for own in gone]
