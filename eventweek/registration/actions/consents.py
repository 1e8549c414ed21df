"""The text that people agree to before their data is taken, and their agreement."""

from sqlalchemy import select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new
from eventweek.programme.queries import get_week
from eventweek.registration.models import Attendee, Consent, ConsentText
from eventweek.registration.queries.consents import find_kept_text, text_of


def seed_consent_text(week_id: int) -> ConsentText:
    """Return the text of registration as the week has it now; where it was changed, a new version is kept first."""
    text = text_of(get_week(week_id), find_kept_text(week_id))
    if text.id is None:
        own = {"week_id": week_id, "purpose": text.purpose, "version": text.version}
        insert_new(ConsentText, **own, text_zh=text.text_zh, text_en=text.text_en)
        text = db.session.scalars(select(ConsentText).filter_by(**own)).one()
    return text


def record_consent(attendee: Attendee, text: ConsentText, channel: str) -> None:
    """Note that somebody agreed to a text, now."""
    db.session.add(Consent(attendee_id=attendee.id, text_id=text.id, channel=channel, given_at=now()))
