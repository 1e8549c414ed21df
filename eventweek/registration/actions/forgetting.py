"""Forget the people of a week that is taken away."""

from sqlalchemy import delete, select

from eventweek.kernel.db import db
from eventweek.registration.models import Attendee, Pass


def forget_attendees(week_id: int) -> None:
    """Delete who has a pass of this week and of no other, inside the caller's transaction."""
    here = select(Pass.attendee_id).where(Pass.week_id == week_id)
    elsewhere = select(Pass.attendee_id).where(Pass.week_id != week_id)
    statement = delete(Attendee).where(Attendee.id.in_(here), Attendee.id.not_in(elsewhere))
    db.session.execute(statement, execution_options={"synchronize_session": False})
