"""Short ways to move sessions of the demo week and to look at what became of people."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.outbox.models import Message
from eventweek.programme.models import Room, Session
from eventweek.registration.models import Pass, Registration
from eventweek.registration.verify import list_findings as list_broken
from eventweek.replanning.actions import UNDECIDED, Decision, publish
from eventweek.replanning.models import AffectedRegistration
from eventweek.replanning.verify import list_findings
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries.drafts import find_placement
from tests.registration.world import week


def session_of(key: str) -> Session:
    """Return a demo session by the demo's own id."""
    return db.session.scalars(select(Session).where(Session.source_key == f"demo:{key}")).one()


def move(key: str, *, minutes: int = 0, room: str = "") -> str:
    """Move a demo session in the plan by minutes, into another room (code); return its code."""
    db.session.rollback()
    own = session_of(key)
    place = find_placement(own.id)
    assert place
    start = (place.start + timedelta(minutes=minutes)).astimezone(ZoneInfo(week().timezone))
    code, target = own.code, room or place.room.code
    place_session(code, f"{start:%Y-%m-%dT%H:%M}", target, version=place.version, actor=SYSTEM)
    return code


def put_out(*codes: str, decision: Decision = UNDECIDED) -> Release:
    """Publish these sessions."""
    return publish(week().id, actor=SYSTEM, note="", sessions=list(codes), decision=decision)


def small_room(key: str, seats: int) -> str:
    """Make a room like that of a demo session, of that capacity; return its code."""
    place = find_placement(session_of(key).id)
    assert place
    with transaction():
        old = db.session.get(Room, place.room_id)
        assert old
        names = ("venue_id", "layout", "changeover_min", "name", "short_name")
        room = Room(source_key=f"test:{key}:{seats}", capacity=seats, **{name: getattr(old, name) for name in names})
        room.name = type(old.name)(f"小厅{seats}", f"Small hall {seats}")
        room.hours = [type(hours)(opens=hours.opens, closes=hours.closes) for hours in old.hours]
        room.features = list(old.features)
        db.session.add(room)
        db.session.flush()
        return room.code


def asked(registration: str) -> AffectedRegistration:
    """Return the only question about a registration."""
    db.session.rollback()
    query = select(AffectedRegistration).join(AffectedRegistration.registration)
    return db.session.scalars(query.where(Registration.code == registration)).one()


def told(template: str) -> list[Message]:
    """Return the messages of a kind, the oldest first."""
    db.session.rollback()
    query = select(Message).where(Message.template == f"registration/{template}").order_by(Message.id)
    return list(db.session.scalars(query))


def pass_of(pass_id: int) -> Pass:
    """Return a pass."""
    own = db.session.get(Pass, pass_id)
    assert own
    return own


def broken() -> list[str]:
    """Return the names of the invariants that are broken."""
    db.session.rollback()
    return [finding.name for finding in [*list_broken(), *list_findings()] if finding.rows]
