"""The settings of offerings, and what a change of many sessions does to those of their offerings."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import subqueryload

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import FieldError
from eventweek.programme.enums import RegistrationMode, WorkMode
from eventweek.programme.models import BulkChange, Session
from eventweek.programme.rules.checks import cleaned
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.urls import Url
from eventweek.programme.rules.values import Choice, Flag, Line, Moment, Prose, Several, Type, Whole
from eventweek.registration.enums import Asked, PoolClass, Tongue
from eventweek.registration.models import CapacityPool, Offering, OfferingSession
from eventweek.registration.queries.offerings import class_of
from eventweek.registration.rules import Reason, why_no_mode

QUEUE = ("review_steps", "review_holds", "offer_minutes", "offer_requeues", "standby_after_min")
WHO: dict[str, Type] = {"proven_contact": Flag(), "work_mode": Choice(WorkMode), "handover": Flag()}
"""Who may come, and how they show it."""
FIELDS = (
    "mode",
    "opens_at",
    "closes_at",
    "queue_open",
    "max_party",
    "promote_until_min",
    "overtakes",
    "real_name",
    "consents",
    *QUEUE,
    *WHO,
)
SETTINGS = Subject(
    "offering",
    {
        "mode": Choice(RegistrationMode, required=True),
        "opens_at": Moment(),
        "closes_at": Moment(),
        "queue_open": Flag(),
        "max_party": Whole(1, 50, required=True),
        "promote_until_min": Whole(0, 10_080, required=True),
        "overtakes": Whole(0, 100, required=True),
        "real_name": Flag(),
        "consents": Several(Choice(Asked, required=True)),
        "room_cap": Whole(1, 1_000_000),
        "class_cap": Whole(1, 1_000_000),
    },
    named=(),
)
"""What can be changed of many offerings at once."""
EDITABLE = Subject(
    "offering",
    {
        **SETTINGS.fields,
        **WHO,
        "review_steps": Whole(1, 2, required=True),
        "review_holds": Flag(),
        "offer_minutes": Whole(0, 10_080, required=True),
        "offer_requeues": Flag(),
        "standby_after_min": Whole(0, 600),
        "overbook": Whole(0, 100_000, required=True),
    },
    named=(),
)
"""What can be changed of one."""
NEW = Subject(
    "offering",
    {
        "sessions": Several(Line(16, required=True), required=True),
        "name_zh": Line(120),
        "name_en": Line(120),
        **SETTINGS.fields,
        **WHO,
        "slot_start": Moment(),
        "slot_end": Moment(),
    },
    named=(),
)
"""What is said of a new one."""
HOLD = Subject(
    "hold",
    {
        "seats_of": Choice(PoolClass, required=True),
        "seats": Whole(1, 1_000_000, required=True),
        "owner": Line(80, required=True),
        "reason": Line(200, required=True),
        "expires_at": Moment(required=True),
        "unit": Flag(),
        "contact": Line(254),
        "language": Choice(Tongue),
    },
    named=(),
)
"""What is said of seats that are kept back; `unit`: an allotment, whose link goes to `contact`."""
HOLD_EDIT = Subject("hold", {name: HOLD.fields[name] for name in ("seats", "owner", "reason", "expires_at")}, named=())
"""What can be changed of them."""
LINK = Subject("hold", {name: HOLD.fields[name] for name in ("contact", "language")}, named=())
"""What is said of a new link to an allotment."""
INVITATION = Subject(
    "invitation",
    {
        "name": Line(80),
        "contact": Line(254),
        "locked": Flag(),
        "send": Flag(),
        "language": Choice(Tongue),
        "label": Line(80),
        "uses": Whole(1, 10_000),
        "seats_of": Choice(PoolClass),
        "expires_at": Moment(required=True),
    },
    named=(),
)
"""What is said of an invitation."""
ONLINE = Subject(
    "online",
    {
        "open": Flag(),
        "before_min": Whole(0, 1440),
        "link": Url(),
        "note_zh": Prose(500),
        "note_en": Prose(500),
    },
    named=(),
)
"""What is said of taking part on line; without `link` the way in and its note stay as they are."""
CLASS = Subject("class", {"cap": Whole(1, 1_000_000), "rank": Whole(0, 9), "consent": Flag()}, named=())
"""What is said of a class of seats."""
Edit = tuple[Offering, dict[str, Any]]


def told(offering: Offering) -> dict[str, Any]:
    """Return what an offering says, as the history keeps it."""
    moments = {name: getattr(offering, name) for name in ("opens_at", "closes_at")}
    values = {name: getattr(offering, name) for name in (*FIELDS, "closed")}
    values |= {name: at.isoformat() if at else None for name, at in moments.items()}
    values |= {cap_name(pool): pool.cap for pool in main_pools(offering)}
    return values | {"overbook": offering.pools[0].overbook}


def main_pools(offering: Offering) -> list[CapacityPool]:
    """Return the pools that the settings are about: the room's, and that of the class which the mode gives out."""
    return [pool for pool in offering.pools if pool.cls in (PoolClass.ROOM, class_of(offering.mode))]


def cap_name(pool: CapacityPool) -> str:
    """Return the setting that is the size of one of these pools."""
    return "room_cap" if pool.cls == PoolClass.ROOM else "class_cap"


def setting_of(offering: Offering, name: str) -> Any:
    """Return one setting of an offering."""
    return getattr(offering, name) if name in ("opens_at", "closes_at") else told(offering)[name]


def backwards(values: Mapping[str, Any]) -> list[FieldError]:
    """Name the end of registration where it lies before its opening."""
    opens, closes = values.get("opens_at"), values.get("closes_at")
    return [FieldError("closes_at", "hours.order")] if opens and closes and opens >= closes else []


def list_of_sessions(week_id: int, codes: Collection[str]) -> list[Offering]:
    """Return the offerings that admit to these sessions, with their pools; always two statements."""
    links = select(OfferingSession.offering_id).join(Session, Session.id == OfferingSession.session_id)
    return _load(Offering.id.in_(links.where(Session.week_id == week_id, Session.code.in_(codes))))


def _load(which: Any) -> list[Offering]:
    query = select(Offering).where(which).order_by(Offering.id).options(subqueryload(Offering.pools))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def differing_settings(offering: Offering, values: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the settings that differ, and what stands against them."""
    changes = {name: new for name, new in values.items() if setting_of(offering, name) != new}
    whole = {name: changes.get(name, setting_of(offering, name)) for name in ("opens_at", "closes_at")}
    why = backwards(whole) if whole.keys() & changes.keys() else []
    for pool in main_pools(offering):
        cap = changes.get(cap_name(pool))
        if cap is not None and pool.taken + pool.held > cap + pool.overbook:
            why.append(FieldError("room_cap", "seat.cap_below_taken", {"taken": pool.taken + pool.held}))
    if "mode" in changes and (reason := why_not_this_mode(offering, changes["mode"])):
        why.append(FieldError("mode", reason.code, reason.facts))
    return changes, why


def why_not_this_mode(offering: Offering, mode: str) -> Reason | None:
    """Return why an offering cannot take this mode: seats given out stay with those whom they were meant for."""
    taken = sum(pool.taken + pool.held + pool.waiting for pool in leaving(offering, mode))
    return why_no_mode(mode, slot=offering.slot_start is not None, taken=taken)


def leaving(offering: Offering, mode: str) -> list[CapacityPool]:
    """Return the pool of the class that the mode gave out until now, if another is given out and has no pool yet."""
    if class_of(mode) in {pool.cls for pool in offering.pools}:
        return []
    return [pool for pool in offering.pools if pool.cls == class_of(offering.mode)]


def settle(bulk: BulkChange, side: int) -> tuple[list[Edit], list[str]]:
    """Return the edits to the old (0) or new (1) values, and the codes of the offerings where that cannot be."""
    rows = [row for row in bulk.offerings if row["changes"]]
    found = {own.code: own for own in _load(Offering.code.in_([row["code"] for row in rows]))}
    edits, touched = [], []
    for row in rows:
        offering = found.get(row["code"])
        values = cleaned(SETTINGS, {name: pair[side] for name, pair in row["changes"].items()})[0]
        if (
            offering is None
            or offering.version != row.get("after", row["version"])
            or differing_settings(offering, values)[1]
        ):
            touched.append(row["code"])
        else:
            edits.append((offering, values))
    return edits, touched


def list_touched_offerings(bulk: BulkChange) -> list[str]:
    """Return the codes of the offerings of a change that are not as they were left."""
    if bulk.undone_at:
        return [row["code"] for row in bulk.offerings if row.get("left")]
    if not bulk.offerings:
        return []
    return settle(bulk, 0 if bulk.applied_at else 1)[1]


def name_offerings(codes: Collection[str]) -> list[tuple[Bilingual, Bilingual]]:
    """Return the title of the first session and the own name of each of these offerings."""
    query = select(Offering).where(Offering.code.in_(codes)).order_by(Offering.id)
    links = subqueryload(Offering.sessions).joinedload(OfferingSession.session)
    return [(own.sessions[0].session.title, own.name) for own in db.session.scalars(query.options(links))]
