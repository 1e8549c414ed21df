"""One picked session in the basket: what it offers, which of it was chosen, and for how many people."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from eventweek.programme.enums import RegistrationMode, Visibility
from eventweek.programme.models import Week
from eventweek.registration.queries import OfferingFacts
from eventweek.registration.queries.invitations import Invited, list_invited
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.public import device
from eventweek.web.public.seats import Seats, offerings_of, seats_of


@dataclass
class Choice:
    """`offering` None: nothing to register for, or a slot must be chosen first. `errors` are sentences."""

    session: PublishedSession
    seats_words: Seats | None
    offering: OfferingFacts | None
    slots: list[OfferingFacts]
    also: list[str]
    seats: int
    online: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Say whether one can register for it now, as it was chosen."""
        return self.offering is not None and (self.online or self.offering.why_not is None)

    @property
    def shut_out(self) -> bool:
        """Say whether every seat is gone and nobody can wait for one; what is reviewed can still be applied for."""
        own = self.offering
        if own is None or self.online or not self.ready or own.mode == RegistrationMode.APPROVAL:
            return False
        return own.full and not own.queue_open

    @property
    def both(self) -> bool:
        """Say whether one can choose between the room and on line."""
        return self.offering is not None and self.offering.online and self.offering.why_not is None


def invited_of(week: Week) -> list[Invited]:
    """Return what this device is invited to, by time."""
    held = device.invitations(week.code)
    return list_invited(week.id, held) if held else []


def choosable(week: Week, public: list[PublishedSession]) -> tuple[list[PublishedSession], dict[str, OfferingFacts]]:
    """Return the sessions that this device can pick, and by session what an invitation to it says."""
    opened: dict[str, OfferingFacts] = {}
    hidden: dict[str, PublishedSession] = {}
    for one in invited_of(week):
        for session in one.own.sessions:
            shown = session.visibility == Visibility.PUBLIC
            hidden |= {} if shown else {session.code: session}
            if one.facts.why_not is None or session.code not in opened:
                opened[session.code] = one.facts
    return [*public, *hidden.values()], opened


def choices_of(
    picked: list[PublishedSession],
    sent: Mapping[str, str],
    opened: Mapping[str, OfferingFacts],
    online: Collection[str] = (),
) -> list[Choice]:
    """Return the basket: one entry an offering, so that a camp of several days stands once.

    An invitation that opens nothing any more says why where nobody comes in without one.
    `online`: codes of the sessions that were picked to take part on line; what is sent comes first.
    """
    offerings = offerings_of(picked)
    offerings |= {
        code: [own] for code, own in opened.items() if own.why_not is None or _is_shut(offerings.get(code, []))
    }
    chosen: list[Choice] = []
    taken: set[str] = set()
    for session in sorted(picked, key=lambda s: (s.start, s.code)):
        own = offerings.get(session.code, [])
        slots = [o for o in own if o.slot_start and o.why_not is None]
        offering = _slot(slots, sent.get(f"slot-{session.code}", "")) if slots else (own[0] if own else None)
        if offering and offering.code in taken:
            continue
        taken |= {offering.code} if offering else set()
        also = [code for code in (offering.sessions if offering else ()) if code != session.code]
        seats = _number(sent.get(f"seats-{session.code}", "1"))
        way = sent.get(f"way-{session.code}", "online" if session.code in online else "")
        chosen.append(Choice(session, seats_of(session, own), offering, slots, also, seats, _online(offering, way)))
    return chosen


def _is_shut(own: list[OfferingFacts]) -> bool:
    return all(one.why_not is not None and not one.online for one in own)


def _online(offering: OfferingFacts | None, way: str) -> bool:
    """Say whether it is on line: as wished, and where the room takes nobody any more."""
    if offering is None or not offering.online:
        return False
    return way == "online" or offering.why_not is not None or (way == "" and offering.full and not offering.queue_open)


def _slot(slots: list[OfferingFacts], wanted: str) -> OfferingFacts | None:
    return next((slot for slot in slots if slot.code == wanted), slots[0] if len(slots) == 1 else None)


def _number(text: str) -> int:
    """Return a whole number of people; what is none becomes 0, which the room refuses with its reason."""
    plain = unicodedata.normalize("NFKC", text[:20]).strip()
    return int(plain) if plain.isascii() and plain.isdigit() else 0
