"""The text that people agree to before their data is taken, and their agreement."""

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.models import ConsentText
from eventweek.programme.queries import get_week
from eventweek.registration.models import Attendee, Consent
from eventweek.registration.queries.consents import find_own_text, text_of


def seed_consent_text(week_id: int) -> ConsentText:
    """Return the text of registration as the week has it now; where it was changed, a new version is kept first."""
    return keep_text(text_of(get_week(week_id), find_own_text(week_id)))


def record_consent(attendee: Attendee, text: ConsentText, channel: str) -> None:
    """Note that somebody agreed to a text, now."""
    db.session.add(Consent(attendee_id=attendee.id, text_id=text.id, channel=channel, given_at=now()))
