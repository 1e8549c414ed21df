"""Lists of what a week sorts its sessions by, with how many sessions each has, as the desk shows them."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from eventweek.accounts.models import User
from eventweek.kernel.db import db
from eventweek.programme.models import (
    Grant,
    Kind,
    Series,
    Session,
    SessionOrganisation,
    SessionPerson,
    TagSet,
    Track,
)
from eventweek.programme.models.sessions import session_tag
from eventweek.programme.queries.masters import MasterFilter, shelf, terms


def list_kinds(week_id: int, *, archived: bool = False) -> list[Kind]:
    """Return the kinds of a week in their order."""
    own = select(Kind).where(Kind.week_id == week_id, shelf(Kind, archived))
    return list(db.session.scalars(own.order_by(Kind.position, Kind.id)))


def list_tag_sets(week_id: int, *, archived: bool = False) -> list[TagSet]:
    """Return the tag sets of a week with their tags, archived tags too."""
    own = select(TagSet).where(TagSet.week_id == week_id, shelf(TagSet, archived))
    return list(db.session.scalars(own.options(selectinload(TagSet.tags)).order_by(TagSet.position, TagSet.id)))


def list_tracks(week_id: int, *, archived: bool = False) -> list[Track]:
    """Return the tracks of a week with their managers."""
    own = select(Track).where(Track.week_id == week_id, shelf(Track, archived))
    return list(db.session.scalars(own.options(joinedload(Track.manager)).order_by(Track.position, Track.id)))


def list_series(week_id: int, wanted: MasterFilter) -> list[Series]:
    """Return the series of a week with their members; `type` is the kind of series."""
    own = select(Series).where(Series.week_id == week_id, *terms(Series, wanted))
    if wanted.type:
        own = own.where(Series.kind == wanted.type)
    return list(db.session.scalars(own.options(selectinload(Series.members)).order_by(Series.kind, Series.id)))


def list_choosable_sessions(week_id: int) -> list[Session]:
    """Return the sessions of a week in use, to choose from."""
    own = select(Session).where(Session.week_id == week_id, shelf(Session, False))
    return sorted(db.session.scalars(own), key=lambda session: session.title.best("zh-CN")[0])


def list_week_users(week_id: int) -> list[User]:
    """Return who holds a role in the week and is not disabled, to choose from."""
    ids = select(Grant.user_id).where(Grant.week_id == week_id)
    return list(
        db.session.scalars(select(User).where(User.id.in_(ids), User.disabled_at.is_(None)).order_by(User.name))
    )


def list_sessions_of_organisation(week_id: int, organisation_id: int) -> list[tuple[Session, str]]:
    """Return the sessions of a week in which an organisation takes part, with the role."""
    link = SessionOrganisation
    query = select(Session, link.role).join(link, link.session_id == Session.id)
    query = query.where(Session.week_id == week_id, link.organisation_id == organisation_id)
    rows = db.session.execute(query.options(joinedload(Session.kind)).order_by(Session.id))
    return [(session, role) for session, role in rows]


def count_sessions(week_id: int, by: str) -> dict[int, int]:
    """Return how many sessions of the week each `kind`, `track`, `tag`, `person` or `organisation` has, by its id."""
    keys: dict[str, Any] = {
        "kind": Session.kind_id,
        "track": Session.track_id,
        "tag": session_tag.c.tag_id,
        "person": SessionPerson.person_id,
        "organisation": SessionOrganisation.organisation_id,
    }
    query = select(keys[by], func.count(Session.id.distinct())).where(Session.week_id == week_id)
    if by == "tag":
        query = query.join(session_tag, session_tag.c.session_id == Session.id)
    elif by in ("person", "organisation"):
        query = query.join(keys[by].class_, keys[by].class_.session_id == Session.id)
    return {key: count for key, count in db.session.execute(query.group_by(keys[by])) if key}


def count_all_sessions() -> dict[int, int]:
    """Return how many sessions in use each week has, by its id."""
    query = select(Session.week_id, func.count()).where(shelf(Session, False)).group_by(Session.week_id)
    return {week_id: count for week_id, count in db.session.execute(query)}
