"""Register the people of a list for organisers: looked at without a lock, then all of them or none."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.models import ConsentText, Week
from eventweek.registration.actions import seats
from eventweek.registration.actions.attendees import find_holder, read_newcomer, write_newcomer
from eventweek.registration.actions.particulars import Particulars
from eventweek.registration.actions.registering import Written, let_in, take_or_wait, write_registrations
from eventweek.registration.actions.uniqueness import list_refused_clashes
from eventweek.registration.baskets import Basket, Item
from eventweek.registration.contacts import read_contact
from eventweek.registration.enrolling import Newcomer, Told, Wanted, foretell
from eventweek.registration.enums import Fate
from eventweek.registration.messages import tell_all_registered
from eventweek.registration.models import Pass, Registration
from eventweek.registration.queries.consents import find_own_text, text_of
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.registrations import queue_places
from eventweek.registration.queries.rosters import (
    catalogue_of,
    label_of,
    list_day_slots,
    list_enrollable,
    read_scene,
)
from eventweek.registration.rosters import MOST_CHOICES, Line, list_wanted

SOURCE = "list"


@dataclass
class Reading:
    """What the rows of a list want, as far as they can be read, and what is wrong with the others."""

    wanted: list[Wanted] = field(default_factory=list)
    wrong: list[Told] = field(default_factory=list)
    offerings: dict[str, OpenOffering] = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        """Return the ids of the offerings that are wanted, in the order of their codes."""
        return [self.offerings[code].offering.id for code in sorted({own.offering for own in self.wanted})]


@dataclass(frozen=True)
class Terms:
    """How the people of a list are registered: where they agreed, as the organiser says, and whether each is told."""

    consent: str
    send: bool


def look_through(week: Week, lines: Sequence[Line], *, actor: Actor) -> list[Told]:
    """Say what would become of each row now; nothing is written or locked."""
    reading = read_lines(week, lines, actor=actor)
    return _foretold(week, reading)


def enrol(
    week: Week, lines: Sequence[Line], terms: Terms, *, actor: Actor, progress: Callable[[int, int], None]
) -> list[Told]:
    """Register everybody inside the caller's transaction, as told under the locks of the seats.

    Where a row is wrong nobody is registered, and what is wrong is returned.
    """
    reading = read_lines(week, lines, actor=actor)
    slots = {sibling for some in list_day_slots(reading.ids).values() for sibling, _code in some}
    seats.lock({*reading.ids, *slots})
    told = _foretold(week, reading)
    if any(own.fate == Fate.WRONG for own in told):
        return told
    offerings = {own.offering.code: own for own in load_offerings(reading.ids)}
    people = {own.row: own.person for own in reading.wanted}
    parties: dict[tuple[str, str], list[Told]] = {}
    for own in told:
        if own.fate == Fate.NEW:
            parties.setdefault((people[own.row].name, people[own.row].key), []).append(own)
    text, written = keep_text(text_of(week, find_own_text(week.id))), list[tuple[Pass, Written]]()
    became: dict[tuple[int, str], Registration] = {}
    for number, party in enumerate(parties.values(), 1):
        basket = _basket(week, people[party[0].row], party, terms)
        held, rows = _register(basket, text, offerings, actor)
        written.append((held, rows))
        became |= {(own.row, own.offering): row for own, (_offering, row) in zip(party, rows, strict=True)}
        progress(number, len(parties))
    let_in([row for _held, rows in written for row in rows])
    if terms.send:
        _tell(week, written)
    return _as_they_stand(told, became)


def read_lines(week: Week, lines: Sequence[Line], *, actor: Actor) -> Reading:
    """Return what rows want; each fault is told at its column."""
    every = list_enrollable(week.id, actor=actor)
    reading = Reading(offerings={own.offering.code: own for own in every})
    catalogue = catalogue_of(every)
    for line in lines:
        person, errors = _person(line)
        codes, more = _offerings(line, catalogue, reading.offerings)
        told = {own.field for own in line.blemishes}
        errors = [FieldError(own.field, own.code, dict(own.facts)) for own in line.blemishes] + [
            error for error in (*errors, *more) if error.field not in told
        ]
        reading.wrong += [_wrong(line.row, error) for error in errors]
        if person is not None and not errors:
            reading.wanted += [Wanted(line.row, person, code) for code in codes]
    return reading


def _person(line: Line) -> tuple[Newcomer | None, list[FieldError]]:
    contact, errors = read_contact(line.name, line.phone, line.email)
    organisation = ""
    try:
        organisation = clean_line(line.organisation, 100)
    except Refusal as refusal:
        errors.append(FieldError("organisation", refusal.code, refusal.facts))
    if contact is None or errors:
        return None, errors
    return Newcomer(contact.name, organisation, contact.phone, contact.email, contact.key, contact.email_key), []


def _offerings(
    line: Line, catalogue: Mapping[str, set[str]], offerings: Mapping[str, OpenOffering]
) -> tuple[list[str], list[FieldError]]:
    codes: dict[str, None] = {}
    errors = []
    for name, found in list_wanted(line.offerings, catalogue):
        if len(found) > 1:
            labels = "； ".join(label_of(offerings[code], "zh") for code in sorted(found)[:5])
            errors.append(FieldError("offerings", "roster.ambiguous", {"name": name[:60], "labels": labels}))
        elif not found:
            errors.append(FieldError("offerings", "roster.unknown", {"name": name[:60]}))
        codes |= dict.fromkeys(found)
    if not codes and not errors:
        errors.append(FieldError("offerings", "field.required"))
    if len(codes) > MOST_CHOICES:
        errors.append(FieldError("offerings", "basket.too_long", {"longest": MOST_CHOICES}))
    return list(codes), errors


def _wrong(row: int, error: FieldError, offering: str = "") -> Told:
    return Told(row, Fate.WRONG, offering, "", error.field, error.code, error.facts)


def _foretold(week: Week, reading: Reading) -> list[Told]:
    keys = {key for own in reading.wanted for key in own.person.keys}
    told = foretell(reading.wanted, read_scene(week.id, reading.ids, keys))
    told = _without_clashes(week, reading, told)
    return sorted([*reading.wrong, *told], key=lambda own: own.row)


def _without_clashes(week: Week, reading: Reading, told: list[Told]) -> list[Told]:
    """Return what becomes of rows, with clashes told where the week refuses them; somebody new has one thing at least
    to clash with."""
    people = {own.row: own.person for own in reading.wanted}
    chosen: dict[tuple[str, str], list[Told]] = {}
    for own in told:
        if own.fate == Fate.NEW:
            chosen.setdefault((people[own.row].name, people[own.row].key), []).append(own)
    kept: dict[Any, list[FieldError]] = {}
    refused: dict[tuple[int, str], FieldError] = {}
    for party in chosen.values():
        pass_id, codes = party[0].pass_id, frozenset(own.offering for own in party)
        if pass_id is None and len(codes) == 1:
            continue
        if (pass_id, codes) not in kept:
            wanted = [reading.offerings[code] for code in sorted(codes)]
            kept[pass_id, codes] = list_refused_clashes(week, wanted, pass_id)
        rows = {own.offering: own.row for own in party}
        refused |= {(rows[error.field], error.field): error for error in kept[pass_id, codes]}
    return [
        _wrong(own.row, replace(error, field="offerings"), own.offering)
        if (error := refused.get((own.row, own.offering)))
        else own
        for own in told
    ]


def _basket(week: Week, person: Newcomer, party: Sequence[Told], terms: Terms) -> Basket:
    """Return what the rows of one person name as if they had sent it themselves, with the pass that they have."""
    return Basket(
        week_id=week.id,
        items=tuple(Item(own.offering) for own in party),
        name=person.name,
        phone=person.phone or "",
        email=person.email or "",
        organisation=person.organisation,
        consent=True,
        consent_origin=terms.consent,
        pass_id=party[0].pass_id,
        source=SOURCE,
    )


def _register(
    basket: Basket, text: ConsentText, offerings: Mapping[str, OpenOffering], actor: Actor
) -> tuple[Pass, Written]:
    """Register one person by the ordinary rules, with a pass of their own, or with the one that they have."""
    who = find_holder(basket, text) if basket.pass_id else read_newcomer(basket, text)
    held = write_newcomer(basket, who)
    chosen = [(offerings[item.offering], item) for item in basket.items]
    taken = [(own, item, take_or_wait(own, item)) for own, item in chosen]
    return held, write_registrations(basket, held, Particulars(), taken, actor)


def _tell(week: Week, written: Sequence[tuple[Pass, Written]]) -> None:
    db.session.flush()
    places = queue_places(row for _held, rows in written for _own, row in rows)
    tell_all_registered(
        week,
        [
            (held, [(own, row, places[row.id].position if row.id in places else 0) for own, row in rows])
            for held, rows in written
        ],
    )


def _as_they_stand(told: Sequence[Told], became: Mapping[tuple[int, str], Registration]) -> list[Told]:
    return [
        replace(own, becomes=became[own.row, own.offering].state) if (own.row, own.offering) in became else own
        for own in told
    ]


def count_fates(told: Sequence[Told]) -> dict[str, int]:
    """Return how many rows have each fate, and how many of the new ones each state."""
    fates, states = Counter(str(own.fate) for own in told), Counter(str(own.becomes) for own in told if own.becomes)
    return {**fates, **states}
