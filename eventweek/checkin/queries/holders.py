"""What a code stands for, what its holder may enter, and the search for people by name or the phone's last four."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from eventweek.kernel.db import db
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import is_code
from eventweek.registration import passes
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Attendee, Offering, OfferingSession, Pass, PassToken, Registration

MOST_FOUND = 12
LONGEST_CODE = 500
_BEST = (State.CONFIRMED, State.OFFERED, State.WAITLISTED, State.APPLIED, State.RETURNED)


@dataclass(frozen=True)
class Holder:
    """Whose code it is. `token`: valid, replaced, void, unknown, other_week, malformed; the rest only when known."""

    token: str
    token_hash: str | None = None
    pass_id: int | None = None
    pass_code: str = ""
    attendee_id: int | None = None
    name: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Entitlement:
    """What a holder's registrations say about one session; `elsewhere`: ids of sessions they are confirmed for."""

    state: str = "none"
    party: int = 1
    registration_code: str | None = None
    slot_start: datetime | None = None
    slot_end: datetime | None = None
    elsewhere: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """A person found at the door: the pass to let in and what tells two people of one name apart."""

    pass_code: str
    name: str
    organisation: str
    last4: str
    here: bool


def is_short_code(text: str) -> bool:
    """Say whether a text is read as a short code, however it is spaced: short codes are few enough to be tried out."""
    return passes.parse_short_code(_plain(text)) is not None


def find_holder(week_id: int, text: str) -> Holder:
    """Return whose code a scanned or typed text is: a token, an address with one, or a short code."""
    plain = _plain(text)
    token, short = passes.parse_token(plain), passes.parse_short_code(plain)
    if token is None and short is None:
        return Holder("malformed")
    hashed = passes.digest(token or short or "")
    column = PassToken.token_hash if token else PassToken.short_hash
    query = select(PassToken, Pass, Attendee).join(Pass, Pass.id == PassToken.pass_id).join(Pass.attendee)
    row = db.session.execute(query.where(column == hashed)).first()
    if row is None:
        return Holder("unknown", token_hash=hashed if token else None)
    own, held, person = row
    if held.week_id != week_id:
        return Holder("other_week", token_hash=own.token_hash)
    return _holder(_state(own.status if held.status == "active" else held.status), own.token_hash, held, person)


def _plain(text: str) -> str:
    """Return a text as typed on a plain keyboard: a wedge under a Chinese input method types full-width."""
    return unicodedata.normalize("NFKC", text[:LONGEST_CODE])


def find_holder_of_pass(week_id: int, pass_code: str) -> Holder:
    """Return the holder of a pass that was found by name."""
    query = select(Pass, Attendee).join(Pass.attendee).where(Pass.week_id == week_id, Pass.code == pass_code)
    row = db.session.execute(query).first() if is_code(pass_code) else None
    if row is None:
        return Holder("unknown")
    return _holder(_state(row[0].status), None, row[0], row[1])


def _state(status: str) -> str:
    return "valid" if status == "active" else status


def find_entitlement(week_id: int, attendee_id: int | None, session_id: int) -> Entitlement:
    """Return what the attendee's registrations of the week say about the session, in one statement."""
    if attendee_id is None:
        return Entitlement()
    rows = db.session.execute(claims(week_id).where(Registration.attendee_id == attendee_id)).all()
    return entitlement_of(rows, session_id)


def claims(week_id: int) -> Any:
    """Return the question what registrations of a week say of sessions, one row for each of both."""
    own = Registration
    query = select(own.attendee_id, OfferingSession.session_id, own.code, own.state, own.cls.label("cls"), own.seats)
    query = query.add_columns(Offering.slot_start, Offering.slot_end).select_from(Registration)
    query = query.join(Offering, Offering.id == own.offering_id)
    query = query.join(OfferingSession, OfferingSession.offering_id == Offering.id)
    return query.where(own.week_id == week_id).order_by(own.id)


def entitlement_of(rows: Sequence[Any], session_id: int) -> Entitlement:
    """Return what the claims of one person say about a session."""
    here = [row for row in rows if row.session_id == session_id]
    elsewhere = tuple(sorted({row.session_id for row in rows if row.session_id != session_id and is_seated(row)}))
    live = sorted((row for row in here if row.state in _BEST), key=lambda row: _BEST.index(row.state))
    if live:
        own = live[0]
        state = State.APPLIED if own.state == State.RETURNED else own.state
        if own.state == State.CONFIRMED and not is_seated(own):
            state = "online"
        return Entitlement(str(state), own.seats, own.code, own.slot_start, own.slot_end, elsewhere)
    if elsewhere:
        return Entitlement("other", elsewhere=elsewhere)
    return Entitlement("cancelled" if here else "none")


def is_seated(claim: Any) -> bool:
    """Say whether a registration gives a seat in the room."""
    return bool(claim.state == State.CONFIRMED and claim.cls != PoolClass.ONLINE)


def list_people(week_id: int, session_id: int, words: str) -> list[Found]:
    """Return holders of active passes by a part of the name or the phone's last four, those of the session first.

    Fewer than two characters find nobody, nor do digits that are not four. At most 12 people.
    """
    wanted = clean_line(words, 50)
    if len(wanted) < 2:
        return []
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    names = or_(Attendee.name.ilike(f"%{escaped}%", escape="\\"), Attendee.name_en.ilike(f"%{escaped}%", escape="\\"))
    match = Attendee.phone_e164.like(f"%{wanted}") if wanted.isascii() and wanted.isdigit() else names
    if wanted.isascii() and wanted.isdigit() and len(wanted) != 4:
        return []
    here = _is_here(session_id)
    query = (
        select(Pass.code, Attendee, here.label("here"))
        .join(Pass.attendee)
        .where(Pass.week_id == week_id, Pass.status == "active", match)
        .order_by(here.desc(), Attendee.name, Pass.id)
        .limit(MOST_FOUND)
    )
    return [
        Found(code, person.name, person.organisation, (person.phone_e164 or "")[-4:], bool(inside))
        for code, person, inside in db.session.execute(query)
    ]


def _is_here(session_id: int) -> Any:
    return (
        select(Registration.id)
        .join(OfferingSession, OfferingSession.offering_id == Registration.offering_id)
        .where(
            OfferingSession.session_id == session_id,
            Registration.attendee_id == Attendee.id,
            Registration.state == State.CONFIRMED,
            Registration.cls != PoolClass.ONLINE,
        )
        .exists()
    )


def _holder(state: str, token_hash: str | None, held: Pass, person: Attendee) -> Holder:
    return Holder(state, token_hash, held.id, held.code, person.id, person.name, person.organisation)
