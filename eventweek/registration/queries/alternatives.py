"""What somebody can change to by themselves: other slots of the same day, other dates of the same thing."""

from sqlalchemy import or_, select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.enums import Visibility
from eventweek.programme.models import Series, SeriesMember
from eventweek.registration.models import OfferingSession, Registration
from eventweek.registration.queries.offerings import OpenOffering, as_held, facts_of, load_offerings
from eventweek.registration.rules import why_no_move

REPEAT = "repeat"


def is_open_to_all(own: OpenOffering) -> bool:
    """Say whether everybody may see all that an offering admits to."""
    return all(session.facts["visibility"] == Visibility.PUBLIC for session in own.sessions)


def list_alternatives(row: Registration) -> list[OpenOffering]:
    """Return the offerings to which the holder can move now and that have seats for the party, by time.

    Who takes part on line stays so where that is open, else it is a seat.
    """
    mine = select(OfferingSession.session_id).where(OfferingSession.offering_id == row.offering_id)
    repeats = (
        select(SeriesMember.series_id)
        .join(Series, Series.id == SeriesMember.series_id)
        .where(SeriesMember.session_id.in_(mine), Series.kind == REPEAT)
    )
    others = select(SeriesMember.session_id).where(SeriesMember.series_id.in_(repeats))
    query = select(OfferingSession.offering_id).where(
        OfferingSession.week_id == row.week_id,
        OfferingSession.offering_id != row.offering_id,
        or_(OfferingSession.session_id.in_(mine), OfferingSession.session_id.in_(others)),
    )
    found = load_offerings(sorted({row.offering_id, *db.session.scalars(query)}))
    old = next((own for own in found if own.offering.id == row.offering_id), None)
    others_now = [as_held(own, row.cls) for own in found if own is not old]
    return [own for own in others_now if old and _is_possible(row, old, own)]


def _is_possible(row: Registration, old: OpenOffering, new: OpenOffering) -> bool:
    moment = now()
    free = facts_of(new, moment).free
    fits = free is None or row.seats <= free
    return (
        fits and is_open_to_all(new) and why_no_move(row.state, old.window, new.window, moment, by_owner=True) is None
    )
