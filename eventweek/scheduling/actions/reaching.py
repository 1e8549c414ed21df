"""Let a change of the plan go on as far as the actor reaches: both ends are asked, the session and the room."""

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.programme.actions.verbs import editable_week_of
from eventweek.programme.models import Room, Session, Week
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries.drafts import find_placement_of
from eventweek.scheduling.queries.reach import why_not_move, why_not_use


def movable_session(code: str, actor: Actor) -> tuple[Session, Week, Placement | None]:
    """Return a session, its locked week and its place for a move that the actor may make, in the caller's transaction.

    Raises: Refusal permission.denied, session.not_found, week.archived, reach.* (see `require_movable`).
    """
    week = editable_week_of(code)
    require(actor, Verb.PLAN_EDIT, week.id)
    placement = find_placement_of(code)
    session = placement.session if placement else db.session.scalars(select(Session).where(Session.code == code)).one()
    require_movable(actor, session, placement.room if placement else None)
    return session, week, placement


def require_movable(actor: Actor, session: Session, room: Room | None) -> None:
    """Let the move of a session go on that stands in this room (None: nowhere).

    Raises: Refusal permission.denied, reach.session_city, reach.session_venue, reach.session_track,
        reach.session_unplaced, reach.session_whole.
    """
    if refusal := why_not_move(session, room, actor):
        raise refusal


def require_room(actor: Actor, session: Session, room: Room) -> None:
    """Let a session that the actor may move go into a room, or last otherwise there.

    Raises: Refusal reach.room_city, reach.room_venue, reach.room_whole.
    """
    if refusal := why_not_use(session, room, actor):
        raise refusal
