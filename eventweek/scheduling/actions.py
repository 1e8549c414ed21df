"""Publish the working plan."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Room, Session, SessionOrganisation, SessionPerson, Tag, Venue, Week
from eventweek.scheduling.models import Placement, Plan, Published, Release, ReleaseItem
from eventweek.scheduling.snapshot import digest, next_sequence, snapshot


def release_schedule(week_id: int, *, actor: Actor, note: str) -> Release:
    """Freeze every changed placed session and switch the public to it, in one transaction.

    Raises: Refusal week.not_found, release.no_change, text.too_long.
    """
    with transaction():
        week = db.session.get(Week, week_id, with_for_update=True)
        if week is None:
            raise Refusal("week.not_found")
        last = db.session.scalar(select(func.max(Release.number)).where(Release.week_id == week.id)) or 0
        release = Release(week_id=week.id, number=last + 1, note=clean_line(note, 500), actor=actor.label, at=now())
        db.session.add(release)
        db.session.flush()
        changed = _freeze_changed(release)
        if not changed:
            raise Refusal("release.no_change")
        record(actor, "release.publish", "week", week.code, week_id=week.id, number=release.number, sessions=changed)
    return release


def _freeze_changed(release: Release) -> int:
    current = {p.session_id: p for p in db.session.scalars(_published(release.week_id))}
    changed = 0
    for placement in db.session.scalars(_placements(release.week_id)):
        value = snapshot(placement)
        pointer = current.get(placement.session_id)
        old = pointer.item if pointer else None
        if old and old.sha256 == digest(value):
            continue
        item = ReleaseItem(
            release_id=release.id,
            session_id=placement.session_id,
            snapshot=value,
            sha256=digest(value),
            sequence=next_sequence(old.snapshot if old else None, value, old.sequence if old else 0),
            changed_at=release.at,
        )
        if pointer:
            pointer.item = item
        else:
            db.session.add(Published(week_id=release.week_id, session_id=placement.session_id, item=item))
        changed += 1
    return changed


def _published(week_id: int) -> Select[Published]:
    return select(Published).where(Published.week_id == week_id).options(selectinload(Published.item))


def _placements(week_id: int) -> Select[Placement]:
    session = selectinload(Placement.session)
    return (
        select(Placement)
        .join(Placement.plan)
        .where(Placement.week_id == week_id, Plan.working)
        .order_by(Placement.session_id)
        .options(session.selectinload(Session.people).selectinload(SessionPerson.person))
        .options(session.selectinload(Session.organisations).selectinload(SessionOrganisation.organisation))
        .options(session.selectinload(Session.kind), session.selectinload(Session.tags).selectinload(Tag.set))
        .options(selectinload(Placement.room).selectinload(Room.venue).selectinload(Venue.city))
    )
