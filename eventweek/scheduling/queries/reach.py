"""How far a role reaches into the plan: which sessions somebody may move, into which rooms, and why no further."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import City, Room, Session, Track, Venue
from eventweek.programme.queries.halls import HALLS, name_own, owners_of_room
from eventweek.programme.rules.scopes import WHOLE, Owners, bar_of_room, bar_of_session, scopes
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.moves import Move
from eventweek.scheduling.queries.scenarios import map_rooms


@dataclass(frozen=True)
class Movable:
    """What somebody may move in a week: all of it (`whole`), or sessions and rooms by their codes.

    `anywhere`: those of the sessions that may go into any room; the others only into `rooms`.
    """

    whole: bool = False
    sessions: frozenset[str] = field(default=frozenset())
    anywhere: frozenset[str] = field(default=frozenset())
    rooms: frozenset[str] = field(default=frozenset())

    @property
    def is_nothing(self) -> bool:
        """Say whether there is nothing that they may move."""
        return not (self.whole or self.sessions)

    def may_move(self, session: str) -> bool:
        """Say whether they may place, move, unplace, resize and pin a session (code)."""
        return self.whole or session in self.sessions

    def may_begin(self, room: str) -> bool:
        """Say whether they may put a session that is not there yet into a room (code); who has no rooms, into any."""
        return self.whole or not self.rooms or room in self.rooms

    def may_use(self, session: str, room: str) -> bool:
        """Say whether they may put a session into a room (codes)."""
        return self.whole or session in self.anywhere or (session in self.sessions and room in self.rooms)

    def rooms_for(self, session: str) -> frozenset[str] | None:
        """Return into which rooms (codes) they may put one of their sessions (code); None: into any."""
        return None if self.whole or session in self.anywhere else self.rooms


def find_movable(week_id: int, actor: Actor) -> Movable:
    """Return which sessions of a week the actor may move and which rooms they may use for them.

    No statement for who may move all or nothing, two for the others.
    """
    own = scopes(actor, Verb.PLAN_EDIT, week_id)
    if WHOLE in own or not own:
        return Movable(whole=bool(own))
    sessions = {code: owners for code, owners in _sessions(week_id) if bar_of_session(own, owners) is None}
    nowhere = Owners()
    return Movable(
        sessions=frozenset(sessions),
        anywhere=frozenset(code for code, owners in sessions.items() if bar_of_room(own, owners, nowhere) is None),
        rooms=frozenset(code for code, owners in _rooms() if bar_of_room(own, nowhere, owners) is None),
    )


def why_not_move(session: Session, room: Room | None, actor: Actor) -> Refusal | None:
    """Return why the actor may not move a session that stands in this room of the working plan (None: nowhere).

    The refusal is permission.denied, reach.session_city, reach.session_venue, reach.session_track,
    reach.session_unplaced or reach.session_whole.
    """
    own = scopes(actor, Verb.PLAN_EDIT, session.week_id)
    if WHOLE in own:
        return None
    kind = bar_of_session(own, owners_of(session, room))
    if kind is None or kind == "week":
        return Refusal("permission.denied", verb=str(Verb.PLAN_EDIT)) if kind else None
    facts = {"title": session.title, "mine": name_own(own, (kind,))}
    if kind == "city" and session.city:
        return Refusal("reach.session_city", whose=session.city.name, **facts)
    if kind == "track" and session.track:
        return Refusal("reach.session_track", whose=session.track.name, **facts)
    if kind == "venue":
        return _not_in_the_venue(room, facts)
    return Refusal("reach.session_whole", **facts)


def why_not_use(session: Session, room: Room, actor: Actor) -> Refusal | None:
    """Return why the actor may not put a session that they may move into a room.

    The refusal is reach.room_city, reach.room_venue or reach.room_whole.
    """
    own = scopes(actor, Verb.PLAN_EDIT, session.week_id)
    if WHOLE in own:
        return None
    kind = bar_of_room(own, owners_of(session, None), owners_of_room(room))
    if kind is None:
        return None
    halls = {"room": room.name, "mine": name_own(own, HALLS)}
    if kind == "venue":
        return Refusal("reach.room_venue", whose=room.venue.name, **halls)
    if room.venue.city:
        return Refusal("reach.room_city", whose=room.venue.city.name, **halls)
    return Refusal("reach.room_whole", **halls)


def why_not_rearrange(found: Iterable[Move], actor: Actor) -> Refusal | None:
    """Return why the actor may not make all of these moves of one week's working plan, the first that is beyond them.

    Two statements, however many there are.
    """
    own = {move.session.id: move for move in found if move.is_changed}
    rooms = map_rooms({spot.room_id for move in own.values() for spot in (move.before, move.after) if spot})
    query = select(Session).where(Session.id.in_(own)).order_by(Session.id)
    for session in db.session.scalars(query.options(joinedload(Session.city), joinedload(Session.track))):
        move = own[session.id]
        refusal = why_not_move(session, rooms[move.before.room_id] if move.before else None, actor)
        if refusal is None and move.after and move.is_moved:
            refusal = why_not_use(session, rooms[move.after.room_id], actor)
        if refusal:
            return refusal
    return None


def may_change_scenario(plan: Plan, actor: Actor) -> bool:
    """Say whether the actor may rename and delete a scenario: their own, or any where the whole week is theirs."""
    own = scopes(actor, Verb.PLAN_EDIT, plan.week_id)
    return WHOLE in own or (bool(own) and plan.actor == actor.label)


def owners_of(session: Session, room: Room | None) -> Owners:
    """Return whose a session is that stands in this room (None: nowhere)."""
    return Owners(
        session.city.code if session.city else "",
        room.venue.code if room else "",
        session.track.code if session.track else "",
    )


def _not_in_the_venue(room: Room | None, facts: dict[str, Bilingual]) -> Refusal:
    if room is None:
        return Refusal("reach.session_unplaced", **facts)
    return Refusal("reach.session_venue", whose=room.venue.name, **facts)


def _sessions(week_id: int) -> Iterable[tuple[str, Owners]]:
    here = (Placement.session_id == Session.id) & Placement.plan_id.in_(
        select(Plan.id).where(Plan.week_id == week_id, Plan.working)
    )
    query = (
        select(Session.code, City.code, Venue.code, Track.code)
        .outerjoin(Session.city)
        .outerjoin(Session.track)
        .outerjoin(Placement, here)
        .outerjoin(Room, Room.id == Placement.room_id)
        .outerjoin(Venue, Venue.id == Room.venue_id)
    )
    rows = db.session.execute(query.where(Session.week_id == week_id)).all()
    return ((code, Owners(*(owner or "" for owner in owners))) for code, *owners in rows)


def _rooms() -> Iterable[tuple[str, Owners]]:
    query = select(Room.code, City.code, Venue.code).join(Room.venue).outerjoin(Venue.city)
    rows = db.session.execute(query.where(Room.archived_at.is_(None))).all()
    return ((code, Owners(city or "", venue)) for code, city, venue in rows)
