"""Tell who takes part in the sessions of a release and who manages them, and who decides on the day: each once."""

from zoneinfo import ZoneInfo

from eventweek.accounts.queries import find_user
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.db import transaction
from eventweek.outbox.actions import About, Draft, send_all
from eventweek.programme.models import Incident, Week
from eventweek.programme.queries import get_week
from eventweek.programme.queries.staff import list_deciders
from eventweek.replanning.queries.telling import list_addressees
from eventweek.scheduling.history import list_pairs

ALARM = "replanning/alarm"


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


def tell_deciders(week: Week, incident: Incident, sessions: int, actor: Actor) -> None:
    """Write to all who decide on the day, but who reports it, that halls are lost; inside the caller's transaction.

    `sessions`: how many published ones are concerned.
    """
    own = find_user(actor.id) if actor.id else None
    rooms = [part.room for part in incident.rooms]
    context = {
        "week": week.code,
        "week_zh": week.title.best("zh")[0],
        "code": incident.code,
        "who": own.name if own else "",
        "hall": " ".join((rooms[0].venue.name.best("zh")[0], rooms[0].name.best("zh")[0])),
        "halls": len(rooms),
        "reason": incident.reason.best("zh")[0],
        "since": f"{incident.since.astimezone(ZoneInfo(week.timezone)):%Y-%m-%d %H:%M}",
        "sessions": sessions,
    }
    about = About(week=week.code, urgent=True)
    send_all(
        [
            Draft(ALARM, user.email, "zh-CN", context, f"alarm:{incident.code}:{user.code}", about=about)
            for user in list_deciders(week.id)
            if user.id != actor.id
        ]
    )
