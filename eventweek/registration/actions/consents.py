"""The texts that people agree to before their data is taken, and their agreement."""

from typing import Any

from sqlalchemy import insert

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import run, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_text
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import ConsentText
from eventweek.programme.queries import get_week
from eventweek.programme.queries.consents import text_as_it_reads
from eventweek.registration.enums import Purpose
from eventweek.registration.models import Attendee, Consent
from eventweek.registration.queries.consents import find_own_text, text_for, text_of

LONGEST = 2000
_CONSENTS: Any = Consent.__table__
_CONSENT = insert(_CONSENTS)


def seed_consent_text(week_id: int) -> ConsentText:
    """Return the text of registration as the week has it now; where it was changed, a new version is kept first."""
    return keep_text(text_of(get_week(week_id), find_own_text(week_id)))


def record_consent(attendee: Attendee, text: ConsentText, channel: str, origin: str = "") -> None:
    """Note that somebody agreed to a text, now; `origin`: where they did, when somebody else says so."""
    own = {"attendee_id": attendee.id, "text_id": text.id, "channel": channel, "origin": origin, "given_at": now()}
    run(_CONSENT, own)


def write_consent_text(
    week_id: int, purpose: Purpose, zh: str, en: str, *, version: int | None, actor: Actor
) -> ConsentText:
    """Let a box of a further agreement say this from now on; who agreed before is asked again when they register.

    `version`: the one that was seen, None for whatever stands. What all agree to is a setting of the week.
    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid field.required (`text_zh`,
        `text_en`), text.too_long.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        week = editable_week(week_id)
        now_so = text_for(week, purpose)
        if version is not None and version != now_so.version:
            raise Refusal("version.stale", fields=[], version=now_so.version)
        texts = {"text_zh": _read("text_zh", zh), "text_en": _read("text_en", en)}
        text = keep_text(text_as_it_reads(week_id, purpose, texts["text_zh"], texts["text_en"], keep_text(now_so)))
        if text.version != now_so.version:
            changes = {"purpose": str(purpose), "version": text.version}
            record(actor, "consent_text.write", "week", week.code, week_id=week_id, **changes)
    return text


def _read(field: str, text: str) -> str:
    try:
        clean = clean_text(text, LONGEST)
    except Refusal as refusal:
        raise Invalid([FieldError(field, refusal.code, refusal.facts)]) from None
    if not clean:
        raise Invalid([FieldError(field, "field.required")])
    return clean
