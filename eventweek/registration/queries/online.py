"""Taking part on line: the way in, for who may read it, and how many went in."""

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.sealing import unseal
from eventweek.registration.enums import PoolClass, State, StrikeEffect
from eventweek.registration.models import (
    InvitationUse,
    OfferingInvitation,
    OnlineAttendance,
    OnlineLink,
    Registration,
)
from eventweek.registration.online import Sitting, Switch
from eventweek.registration.queries.invitations import opened_by
from eventweek.registration.queries.offerings import OpenOffering, has_online, is_cancelled, room_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WayIn:
    """The address of a room on line and what is said beside it; `session`: the code of the one that it leads to."""

    url: str = field(repr=False)
    note: Bilingual = field(repr=False)
    changed_at: datetime
    session: str = ""


def place_of(offering_id: int) -> bytes:
    """Return where the seal of a way in stands."""
    return f"eventweek/online/1/{offering_id}".encode()


def find_way_in(offering_id: int) -> WayIn | None:
    """Return the way in of an offering, None while there is none; whoever asks has looked at who wants to know.

    One that its key opens no more is none: the log says so, and an organiser can give it anew.
    """
    row = db.session.get(OnlineLink, offering_id, populate_existing=True)
    if row is None:
        return None
    try:
        told = json.loads(unseal(row.key_id, row.sealed, place_of(offering_id)))
    except Refusal:
        logger.exception("the way in of offering %s cannot be opened", offering_id)
        return None
    return WayIn(told["url"], Bilingual(told["zh"], told["en"]), row.changed_at)


def find_opened_way(code: str, session_id: int) -> WayIn | None:
    """Return the way into a session that the holder of a registration (code) has opened already, None for others.

    Whoever asks has looked at whose registration it is, and whether the way in is open now.
    """
    query = (
        select(Registration.offering_id)
        .join(OnlineAttendance, OnlineAttendance.registration_id == Registration.id)
        .where(Registration.code == code, OnlineAttendance.session_id == session_id)
    )
    offering = db.session.scalar(query)
    return find_way_in(offering) if offering is not None else None


def session_ids(own: OpenOffering) -> dict[str, int]:
    """Return the ids of an offering's sessions by code."""
    return {session.code: session.id for session in own.sessions}


def sittings_of(own: OpenOffering) -> list[Sitting]:
    """Return the sessions of an offering that take place."""
    return [Sitting(one.code, one.start, one.end) for one in own.sessions if not is_cancelled(one)]


def seat_of(own: OpenOffering, invitation: OfferingInvitation | None) -> OpenOffering:
    """Return an offering as whoever changes from on line to a seat comes in: by their invitation, if they had one."""
    return opened_by(own, invitation) if invitation else own


def switch_of(row: Registration, own: OpenOffering, seat: OpenOffering, effect: str | None) -> Switch:
    """Return what decides whether a registration may change between a seat and on line.

    `effect`: of the holder's no-shows, on public seats without an invitation.
    """
    pools = {pool.cls: pool for pool in own.offering.pools}
    mine, online = pools.get(seat.cls), row.cls == PoolClass.ONLINE
    free = room_of(pools, seat.cls).free if mine else 0
    queued = online and mine is not None and mine.waiting > 0
    opened = has_online(own.offering) and own.offering.online_open
    struck = effect == StrikeEffect.REVIEW and seat.cls == PoolClass.PUBLIC and seat.invitation is None
    return Switch(row.state, online, row.seats, opened, seat.window, 0 if queued else free, struck)


def map_invitations(registration_ids: Collection[int]) -> dict[int, OfferingInvitation]:
    """Return by which invitation registrations were made."""
    query = select(InvitationUse.registration_id, OfferingInvitation).join(
        OfferingInvitation, OfferingInvitation.id == InvitationUse.invitation_id
    )
    rows = db.session.execute(query.where(InvitationUse.registration_id.in_(registration_ids)))
    return {number: invitation for number, invitation in rows}


def count_joined(offering_ids: Collection[int]) -> dict[int, int]:
    """Return how many people, companions included, went in on line at least once, by offering."""
    came = select(OnlineAttendance.registration_id)
    query = select(Registration.offering_id, func.sum(Registration.seats)).where(
        Registration.offering_id.in_(offering_ids),
        Registration.cls == PoolClass.ONLINE,
        Registration.state == State.CONFIRMED,
        Registration.id.in_(came),
    )
    return {offering: int(number) for offering, number in db.session.execute(query.group_by(Registration.offering_id))}


def describe_online(own: OpenOffering) -> dict[str, Any]:
    """Return all that organisers know of taking part on line, the way in too; whoever asks may edit registrations."""
    way = find_way_in(own.offering.id)
    pool = next((one for one in own.offering.pools if one.cls == PoolClass.ONLINE), None)
    return {
        "open": own.offering.online_open,
        "before_min": own.offering.online_before_min,
        "link": way.url if way else "",
        "note_zh": way.note.zh if way else "",
        "note_en": way.note.en if way else "",
        "changed_at": way.changed_at if way else None,
        "registered": pool.taken if pool else 0,
        "joined": count_joined([own.offering.id]).get(own.offering.id, 0),
    }


def list_joined(registration_ids: Collection[int]) -> dict[int, list[OnlineAttendance]]:
    """Return when the holders of registrations first went in on line, by registration."""
    query = select(OnlineAttendance).where(OnlineAttendance.registration_id.in_(registration_ids))
    found: dict[int, list[OnlineAttendance]] = {}
    for row in db.session.scalars(query.order_by(OnlineAttendance.first_at)):
        found.setdefault(row.registration_id, []).append(row)
    return found
