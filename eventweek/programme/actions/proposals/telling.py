"""The mail that tells a proposer what has become of a proposal, written in the transaction that did it."""

from eventweek.outbox.actions import About, send
from eventweek.outbox.enums import BOTH
from eventweek.programme.models import Proposal
from eventweek.programme.queries import get_week
from eventweek.programme.queries.proposals import deadlines_of


def tell_proposer(own: Proposal, what: str, text: str, mark: str) -> None:
    """Write to whoever made a proposal, else to its contact; `what`: a move or `comment`, `mark` makes it one of many.

    Neither accounts nor contacts say which language they read, so the mail speaks both. Every move has one
    mail for ever: the key holds the version of the proposal.
    """
    address = own.maker.email if own.maker and not own.maker.disabled_at else own.contact_email
    if not address:
        return
    week = get_week(own.week_id)
    context = {
        "what": what,
        "step": own.step,
        "text": text,
        "week": week.code,
        "code": own.code,
        "week_zh": week.title.best("zh")[0],
        "week_en": week.title.best("en")[0],
        "title_zh": own.title.best("zh")[0],
        "title_en": own.title.best("en")[0],
        "until": deadlines_of(week).returning.day.isoformat(),
    }
    send("programme/proposal", address, BOTH, context, f"proposal:{own.code}:{mark}", about=About(week=week.code))
