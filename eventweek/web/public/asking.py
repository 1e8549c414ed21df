"""Ask for a one-time code to somebody's phone or e-mail address, and take what they typed; works without scripts."""

from flask import current_app, request

from eventweek.config import Config
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.programme.models import Week
from eventweek.registration.actions import CodeWish, prove_contact, request_code
from eventweek.registration.contacts import mask_email, mask_phone, parse_email, parse_phone
from eventweek.web.forms.registration import Proof
from eventweek.web.frame import language
from eventweek.web.public import device

Contact = tuple[str, str]
"""`phone` or `email`, and the normalised value."""


def reachable(phone: str | None, email: str | None) -> Contact:
    """Return where a code can go: the phone where SMS are sent, else the e-mail address.

    Raises: Refusal contact.unreachable, contact.required.
    """
    config: Config = current_app.extensions["eventweek"]
    if phone and (config.sms.url or not config.production):
        return "phone", phone
    if email:
        return "email", email
    raise Refusal("contact.unreachable" if phone else "contact.required")


def read_either(text: str) -> Contact:
    """Return a phone or an e-mail address that was typed into one field.

    Raises: Refusal phone.invalid, email.invalid, contact.unreachable, contact.required.
    """
    if "@" in text or "＠" in text:
        return reachable(None, parse_email(text))
    return reachable(parse_phone(text), None)


def masked(contact: Contact) -> str:
    """Return how to recognise a contact, not the contact itself."""
    kind, value = contact
    return mask_phone(value) if kind == "phone" else mask_email(value)


def ask(week: Week, form: Proof, contact: Contact) -> None:
    """Send a code, unless one to the same contact waits to be typed; what stands against it stands at the code.

    The form then carries the secret under which the code is typed.
    """
    if form.proof.data and form.asked.data == masked(contact) and "resend" not in request.form:
        form.code.errors = [*form.code.errors, *([] if form.code.errors else [_missing()])]
        return
    address = request.remote_addr or ""
    wish = CodeWish(week.id, *contact, language(), device.browser(), address, form.sent_work)
    try:
        form.proof.data, form.code.data = request_code(wish), ""
    except Refusal as refusal:
        form.code.errors = [sentence(refusal)]
    form.asked.data = masked(contact)


def take_code(form: Proof) -> None:
    """Take the code that was typed.

    Raises: Invalid code.wrong, code.expired at `code`.
    """
    if not form.proof.data or not form.code.data or "resend" in request.form:
        return
    try:
        prove_contact(form.proof.data[:32], form.code.data[:40])
    except Refusal as refusal:
        raise Invalid([FieldError("code", refusal.code, refusal.facts)]) from refusal


def _missing() -> str:
    return say("code.missing", {})
