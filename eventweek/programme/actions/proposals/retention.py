"""Empty what is needed no more: contacts and named people of proposals, half a year after their week."""

from datetime import timedelta

from sqlalchemy import or_, select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.audit.revisions import forget
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Proposal, Week

KEPT = timedelta(days=180)


def purge_proposals() -> int:
    """Empty contacts and people of the proposals of weeks that ended `KEPT` ago; return of how many proposals."""
    with transaction():
        over = select(Week.id).where(Week.last_day < (now() - KEPT).date())
        held = or_(Proposal.contact_name != "", Proposal.contact_phone != "", Proposal.contact_email != "")
        rows = db.session.scalars(select(Proposal).where(Proposal.week_id.in_(over), held)).all()
        for own in rows:
            own.contact_name, own.contact_phone, own.contact_email, own.people = "", "", "", []
        forget("proposal", [own.id for own in rows])
        if rows:
            record(SYSTEM, "proposal.purge", "proposal", "", count=len(rows))
    return len(rows)
