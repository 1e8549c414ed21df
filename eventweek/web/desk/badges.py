"""Badges on the desk: for whom, how large, in which language; printed like other papers."""

from eventweek.accounts.enums import Verb
from eventweek.language.printing import BADGE_ROLES, SHEETS
from eventweek.printing.enums import Paper
from eventweek.printing.rules import MOST
from eventweek.printing.rules import SHEETS as SIZES
from eventweek.scheduling.queries import list_published
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import language, needs


@blueprint.get("/w/<week>/badges")
@needs(Verb.REGISTRATIONS_READ)
def badge_list(week: str) -> str:
    """Offer badges of a session, a city or a role."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    sessions = [one for one in list_published(own.id) if not one.cancelled]
    return page(
        "badge_list.html",
        own,
        here="registration",
        sessions=sorted(sessions, key=lambda one: (one.start, one.code)),
        cities=[row.city for row in own.cities],
        roles=BADGE_ROLES,
        sizes=[(size, SHEETS[size]) for size in SIZES[Paper.BADGES]],
        most=MOST[Paper.BADGES],
        tongue=language()[:2],
    )
