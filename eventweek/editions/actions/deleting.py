"""The end of a draft."""

from sqlalchemy import delete

from eventweek.accounts.enums import Verb
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import forget
from eventweek.editions.queries import count_contents
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import forget_jobs
from eventweek.programme.actions.weeks import locked_week
from eventweek.programme.actions.writing import keep
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.programme.rules.subjects import WEEK


def delete_week(code: str, *, actor: Actor) -> None:
    """Delete a draft with everything in it; what anybody registered for or was told of stays for ever.

    Raises: Refusal permission.denied, week.not_found, week.archived, week.not_draft, week.registered, week.released.
    """
    with transaction():
        week = locked_week(code, Verb.WEEK_CREATE, actor)
        if week.state != WeekState.DRAFT:
            raise Refusal("week.not_draft")
        counts = count_contents(week.id)
        if counts["registration"]:
            raise Refusal("week.registered", count=counts["registration"])
        if counts["release"]:
            raise Refusal("week.released", count=counts["release"])
        record(actor, "week.delete", "week", week.code, week_id=week.id, counts=counts)
        keep(actor, "delete", WEEK, week, {})
        forget("week", [week.id])
        forget_jobs(week_id=week.id)
        db.session.execute(delete(Week).where(Week.id == week.id))
