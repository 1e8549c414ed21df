"""Lists that were brought: one by its code, its sealed rows, and what they meet in the database."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.imports.queries import get_brought
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import AT_ONCE, db
from eventweek.kernel.sealing import unseal
from eventweek.programme.enums import RegistrationMode
from eventweek.registration.enrolling import Known, Place, Scene
from eventweek.registration.enums import LIVE, PoolClass
from eventweek.registration.models import Attendee, Offering, OfferingSession, Pass, Registration, Roster
from eventweek.registration.queries.desk import is_in_reach, list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering, free_seats, least, load_offerings, title_of
from eventweek.registration.rosters import Blemish, Line, spelt
from eventweek.registration.rules import Reason, why_no_enrolment


def get_roster(week_id: int, code: str) -> Roster:
    """Return a list of this week.

    Raises: Refusal roster.not_found.
    """
    return get_brought(Roster, week_id, code)


def place_of(code: str) -> bytes:
    """Return where the rows of a list are sealed."""
    return f"eventweek/roster/1/{code}".encode()


def packed(lines: Iterable[Line]) -> str:
    """Return rows as a text that can be sealed."""
    return json.dumps([asdict(line) for line in lines], ensure_ascii=False)


def lines_of(own: Roster) -> list[Line]:
    """Return the rows of a list, none once they are gone.

    Raises: Refusal seal.broken, file.not_found.
    """
    if own.file is None:
        return []
    rows = json.loads(unseal(own.key_id, files.read(own.file), place_of(own.code)))
    return [Line(**row | {"blemishes": tuple(Blemish(**one) for one in row["blemishes"])}) for row in rows]


def list_enrollable(week_id: int, *, actor: Actor) -> list[OpenOffering]:
    """Return the offerings for which the actor may register others, by time."""
    return [
        own for own in list_week_offerings(week_id, actor=actor) if is_in_reach(own, Verb.REGISTRATIONS_EDIT, actor)
    ]


def label_of(own: OpenOffering, language: str) -> str:
    """Return an offering as a list can name it beyond doubt: code, name, when it begins."""
    starts = own.starts.astimezone(ZoneInfo(own.window.zone))
    return f"{own.offering.code} {title_of(own, language)} {starts:%m-%d %H:%M}"


def catalogue_of(offerings: Iterable[OpenOffering]) -> dict[str, set[str]]:
    """Return by which names a list can call offerings: code, label, name in both languages, each with its codes."""
    found: dict[str, set[str]] = {}
    for own in offerings:
        names = {own.offering.code, *(say(own, language) for say in (label_of, title_of) for language in ("zh", "en"))}
        for name in names:
            found.setdefault(spelt(name), set()).add(own.offering.code)
    return found


def list_day_slots(offering_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Return, by the id of a slot, id and code of every slot that shares a session with it."""
    mine, other = OfferingSession, OfferingSession.__table__.alias("other")
    query = (
        select(mine.offering_id, Offering.id, Offering.code)
        .join(other, other.c.session_id == mine.session_id)
        .join(Offering, Offering.id == other.c.offering_id)
        .where(mine.offering_id.in_(offering_ids), Offering.slot_start.is_not(None))
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for own, sibling, code in db.session.execute(query):
        found.setdefault(own, []).append((sibling, code))
    return found


def read_scene(week_id: int, offering_ids: Collection[int], keys: Collection[str]) -> Scene:
    """Return what a list meets: seats, who is known by these keys, and who has claimed them without proof."""
    slots = list_day_slots(offering_ids)
    offerings = load_offerings(sorted(offering_ids))
    places = {own.offering.code: _place(own, slots.get(own.offering.id, [])) for own in offerings}
    known: dict[int, Known] = {}
    claims: set[tuple[str, str]] = set()
    for some in _some(keys):
        known |= {own.pass_id: own for own in _known(week_id, some)}
        query = select(Offering.code, Registration.contact_key).join(Registration.offering)
        query = query.where(Registration.offering_id.in_(offering_ids), Registration.contact_key.in_(some))
        claims |= {(code, key) for code, key in db.session.execute(query.where(Registration.state.in_(LIVE))) if key}
    return Scene(places, list(known.values()), claims)


def _place(own: OpenOffering, slots: Sequence[tuple[int, str]]) -> Place:
    pools = {pool.cls: pool for pool in own.offering.pools}
    mine, asks = pools[own.cls], own.asks or own.offering.proven_contact
    return Place(
        code=own.offering.code,
        why=why_no_enrolment(own.window, now()) or (Reason("roster.asks") if asks else None),
        free=least(free_seats(mine), free_seats(pools[PoolClass.ROOM])),
        waiting=mine.waiting,
        queue=own.offering.queue_open,
        reviewed=own.window.mode == RegistrationMode.APPROVAL,
        held=own.offering.review_holds,
        siblings=frozenset(code for number, code in slots if number != own.offering.id),
    )


def _known(week_id: int, keys: Collection[str]) -> list[Known]:
    query = select(Pass.id, Attendee).join(Pass.attendee).where(Pass.week_id == week_id, Pass.status == "active")
    query = query.where(or_(Attendee.contact_key.in_(keys), Attendee.email_key.in_(keys)))
    people = {own.id: (pass_id, own) for pass_id, own in db.session.execute(query)}
    held = select(Registration.attendee_id, Offering.code).join(Registration.offering)
    held = held.where(Registration.week_id == week_id, Registration.state.in_(LIVE))
    holds: Mapping[int, set[str]] = {number: set() for number in people}
    for some in _some(people):
        for number, code in db.session.execute(held.where(Registration.attendee_id.in_(some))):
            holds[number].add(code)
    return [
        Known(
            pass_id=pass_id,
            name=own.name,
            organisation=own.organisation,
            phone=own.phone_e164,
            email=own.email,
            keys=frozenset(key for key in (own.contact_key, own.email_key) if key),
            claim=None if own.proven else own.contact_key,
            holds=frozenset(holds[own.id]),
        )
        for pass_id, own in people.values()
    ]


def _some(values: Collection[Any]) -> Iterator[list[Any]]:
    """Give values in parts that one statement can ask for."""
    ordered = sorted(values)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
