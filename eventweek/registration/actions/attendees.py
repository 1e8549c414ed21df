"""Who registers: the holder of a pass, or somebody new."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm.attributes import set_committed_value

from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_row
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.models import ConsentText
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions.consents import record_consent
from eventweek.registration.actions.passes import issue_pass
from eventweek.registration.baskets import Basket
from eventweek.registration.contacts import Contact, read_contact
from eventweek.registration.models import Attendee, Consent, Pass
from eventweek.registration.queries.codes import Proof
from eventweek.registration.queries.strikes import effect_on

LOCALES = ("zh-CN", "en")


@dataclass(frozen=True)
class Who:
    """A known holder, or a newcomer's checked contact; `proof`: what they proved with this basket.

    `effect`: what becomes of their registrations because of no-shows that count, mostly empty.
    """

    own: Pass | None
    contact: Contact | None
    organisation: str = ""
    text: ConsentText | None = None
    proof: Proof | None = None
    effect: str = ""

    @property
    def contact_key(self) -> str:
        """Return the keyed hash by which one contact is counted once: of what they proved, where they did."""
        if self.proof:
            return self.proof.contact_key
        return self.own.attendee.contact_key if self.own else self.contact.key if self.contact else ""


def find_holder(basket: Basket, text: ConsentText, proof: Proof | None = None) -> Who:
    """Return the holder of the basket's pass, locked; `text`: what people agree to now.

    Raises: Refusal pass.not_found; Invalid consent.required when the text is newer than their consent, consent.changed
        when it is newer than what they have read.
    """
    query = select(Pass).where(Pass.id == basket.pass_id, Pass.week_id == basket.week_id, Pass.status == "active")
    own = db.session.scalar(query.with_for_update(key_share=True))
    if own is None:
        raise Refusal("pass.not_found")
    given = exists().where(Consent.attendee_id == Attendee.id, Consent.text_id == text.id)
    columns = (given.where(Consent.withdrawn_at.is_(None)), effect_on(basket.week_id, Attendee.id))
    person = select(Attendee, *columns).where(Attendee.id == own.attendee_id)
    attendee, agreed, effect = db.session.execute(person.execution_options(populate_existing=True)).one()
    set_committed_value(own, "attendee", attendee)
    if not agreed:
        if why := _why_no_consent(basket, text):
            raise Invalid([why])
        record_consent(own.attendee, text, basket.source, basket.consent_origin)
    theirs = proof and proof.contact_key in (own.attendee.contact_key, own.attendee.email_key)
    return Who(own, None, proof=proof if theirs else None, effect=effect or "")


def read_newcomer(basket: Basket, text: ConsentText, proof: Proof | None = None) -> Who:
    """Return what somebody new typed, checked; `text`: what people agree to now.

    Raises: Invalid with every error at its field.
    """
    contact, errors = read_contact(basket.name, basket.phone, basket.email)
    organisation = ""
    try:
        organisation = clean_line(basket.organisation, 100)
    except Refusal as refusal:
        errors.append(FieldError("organisation", refusal.code, refusal.facts))
    if why := _why_no_consent(basket, text):
        errors.append(why)
    if errors:
        raise Invalid(errors)
    return Who(None, contact, organisation, text, proof)


def _why_no_consent(basket: Basket, text: ConsentText) -> FieldError | None:
    """Nobody agrees to what they have not read: a text that was changed while the form was open is read again."""
    if not basket.consent:
        return FieldError("consent", "consent.required")
    if basket.consent_text and basket.consent_text != mark_of(text):
        return FieldError("consent", "consent.changed")
    return None


def write_newcomer(basket: Basket, who: Who) -> Pass:
    """Return the holder's pass; somebody new is written with consent and a pass of their own."""
    if who.own or not who.contact:
        assert who.own
        return who.own
    attendee = Attendee(
        name=who.contact.name,
        phone_e164=who.contact.phone,
        email=who.contact.email,
        contact_key=who.contact.key,
        email_key=who.contact.email_key,
        organisation=who.organisation,
        locale=basket.locale if basket.locale in LOCALES else LOCALES[0],
        created_at=now(),
    )
    if who.proof:
        setattr(attendee, f"{who.proof.kind}_verified_at", now())
    insert_row(attendee)
    own = issue_pass(basket.week_id, attendee)
    assert who.text
    record_consent(attendee, keep_text(who.text), basket.source, basket.consent_origin)
    return own
