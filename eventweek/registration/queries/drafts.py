"""What offerings are made from: published sessions that have none."""

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Kind, Series, SeriesMember, Session, Week
from eventweek.registration.drafts import NO_NAME, Material
from eventweek.registration.models import OfferingSession
from eventweek.registration.queries.offerings import is_cancelled
from eventweek.scheduling.queries import map_published

CAMP = "camp"


def find_material(week: Week) -> list[Material]:
    """Return the published, not cancelled sessions of a week that no offering admits to."""
    offered = select(OfferingSession.session_id).where(OfferingSession.week_id == week.id)
    query = select(Session).where(Session.week_id == week.id, Session.id.not_in(offered), Session.archived_at.is_(None))
    sessions = {session.id: session for session in db.session.scalars(query)}
    camps = _camps(week.id)
    return [
        Material(
            session_id=own,
            mode=seen.facts["registration"],
            start=seen.start,
            end=seen.end,
            capacity=seen.facts["room"]["capacity"],
            expected=sessions[own].expected,
            note=sessions[own].note.zh,
            zone=week.timezone,
            camp=camps.get(own, (None, NO_NAME))[0],
            camp_name=camps.get(own, (None, NO_NAME))[1],
        )
        for own, seen in map_published(sessions.keys()).items()
        if not is_cancelled(seen)
    ]


def _camps(week_id: int) -> dict[int, tuple[int, Bilingual]]:
    """Return the linked series of camps by session: an exhibition is linked too, but entered day by day."""
    query = (
        select(SeriesMember.session_id, Series)
        .join(Series, Series.id == SeriesMember.series_id)
        .join(Session, Session.id == SeriesMember.session_id)
        .join(Kind, Kind.id == Session.kind_id)
        .where(Series.week_id == week_id, Series.kind == "linked", Kind.family == CAMP)
    )
    return {session_id: (series.id, series.name) for session_id, series in db.session.execute(query)}
