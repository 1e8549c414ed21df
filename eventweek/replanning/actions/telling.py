"""Tell those who take part in the sessions of a release, and those who manage them, once."""

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import transaction
from eventweek.outbox.actions import send_all
from eventweek.programme.queries import get_week
from eventweek.replanning.queries.telling import list_addressees
from eventweek.scheduling.history import list_pairs


def tell_release(week_id: int, number: int) -> int:
    """Write what a release says to the people and the managers of its sessions; return how many messages are new.

    Whoever registered was told by the release itself. A second run writes nothing.
    """
    with transaction():
        week, pairs = get_week(week_id), list_pairs(week_id, number)
        reached = [own for own in list_addressees(week, pairs) if own.address]
        told = send_all([own.draft(week, number) for own in reached])
        if told:
            record(SYSTEM, "release.tell", "week", week.code, week_id=week_id, number=number, messages=told)
    return told
