"""Delete what is needed no more: addresses of people whose links have all ended by themselves."""

from sqlalchemy import delete, select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import PersonContact, SpeakerLink
from eventweek.programme.queries import list_weeks
from eventweek.programme.queries.speakers import is_in_time


def purge_contacts() -> int:
    """Delete the contacts of people who were given no link of a week whose links still work; return how many."""
    with transaction():
        open_weeks = [week.id for week in list_weeks() if is_in_time(week)]
        needed = select(SpeakerLink.person_id).where(SpeakerLink.week_id.in_(open_weeks))
        gone = db.session.scalars(
            delete(PersonContact).where(PersonContact.person_id.not_in(needed)).returning(PersonContact.person_id)
        ).all()
        if gone:
            record(SYSTEM, "speaker.purge", "person", "", count=len(gone))
    return len(gone)
