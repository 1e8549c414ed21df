"""Certificates of attendance on the desk: what they can be given for, in numbers, and the print of all of them."""

from eventweek.accounts.enums import Verb
from eventweek.checkin.queries.certificates import count_attended
from eventweek.kernel.clock import now
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import language, needs


@blueprint.get("/w/<week>/attendance-certificates")
@needs(Verb.REGISTRATIONS_READ)
def attendance_certificate_list(week: str) -> str:
    """Show for each offering and session that somebody came to how many may have a certificate."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    rows = count_attended(own, actor=at_work())
    return page(
        "attendance_certificate_list.html", own, here="registration", rows=rows, now=now(), tongue=language()[:2]
    )
