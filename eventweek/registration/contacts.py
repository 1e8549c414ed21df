"""Names, phones and e-mails as people type them, brought to one form before they are compared."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers

from eventweek.kernel.addresses import parse_address
from eventweek.kernel.errors import FieldError, Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.text import clean_line

_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_NEARLY_MOBILE = re.compile(r"1[3-9]\d{7,12}", re.ASCII)
_LETTER = ("L", "M")


@dataclass(frozen=True)
class Contact:
    """Who registers: a checked name and at least one way to be reached. `phone` is E.164, `email` lower case."""

    name: str
    phone: str | None
    email: str | None

    @property
    def key(self) -> str:
        """Return the keyed hash of the phone, else of the e-mail."""
        return contact_key("phone", self.phone) if self.phone else contact_key("email", self.email or "")

    @property
    def email_key(self) -> str | None:
        """Return the keyed hash of the e-mail."""
        return contact_key("email", self.email) if self.email else None


def contact_key(kind: str, value: str) -> str:
    """Return the keyed hash of a normalised phone or e-mail; `kind` keeps the two apart."""
    return contact_hash(f"eventweek/contact/1/{kind}/{value}".encode())


def read_contact(name: str, phone: str, email: str) -> tuple[Contact | None, list[FieldError]]:
    """Read what somebody typed; returns the contact or every error at its field.

    Codes: name.required, name.length, name.letters, phone.digits, phone.invalid, email.invalid, contact.required,
    text.too_long.
    """
    errors: list[FieldError] = []
    own_name = _read("name", _name, name, errors)
    own_phone = _read("phone", parse_phone, phone, errors)
    own_email = _read("email", parse_email, email, errors)
    if not errors and not own_phone and not own_email:
        errors.append(FieldError("phone", "contact.required"))
    if errors or not own_name:
        return None, errors
    return Contact(own_name, own_phone, own_email), []


def parse_phone(text: str) -> str | None:
    """Return a phone in E.164, None for nothing; without a country code it is Chinese.

    Raises: Refusal phone.digits, phone.invalid.
    """
    line = clean_line(unicodedata.normalize("NFKC", text), 40)
    if not line:
        return None
    try:
        number = phonenumbers.parse(line, "CN")
    except phonenumbers.NumberParseException as error:
        raise _no_phone(line) from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # New mobile prefixes are given out faster than any library learns of them; a shape is enough here.
    if not _MOBILE.fullmatch(written) and not phonenumbers.is_valid_number(number):
        raise _no_phone(line)
    return written


def _no_phone(line: str) -> Refusal:
    """Say how many digits there are where it is plainly a mobile number with some too few or too many."""
    digits = re.sub(r"[\s()-]", "", line)
    if _NEARLY_MOBILE.fullmatch(digits) and len(digits) != 11:
        return Refusal("phone.digits", digits=len(digits))
    return Refusal("phone.invalid")


def parse_email(text: str) -> str | None:
    """Return an e-mail address in lower case, None for nothing.

    Raises: Refusal email.invalid.
    """
    return parse_address(text) if clean_line(text, len(text)) else None


def one_spelling(phone: str | None, email: str | None) -> str:
    """Return phone or e-mail in the form in which requests are counted: spaces in a number start no new count."""
    try:
        return parse_phone(phone or "") or parse_email(email or "") or ""
    except Refusal:
        return phone or email or ""


def mask_phone(phone: str) -> str:
    """Return `138****8000` for a Chinese mobile, else all but the last four hidden."""
    local = phone.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}"


def mask_email(email: str) -> str:
    """Return `z***@example.org`."""
    local, _, host = email.partition("@")
    return f"{local[:1]}***@{host}"


def mask_name(name: str) -> str:
    """Return the first letter of a name, the rest hidden by what may stand in a name: `王··`."""
    return f"{name[:1]}··"


def _name(text: str) -> str:
    """Return a name of 2 to 50 characters: letters of any script, middle dots, spaces, hyphens, apostrophes, points."""
    name = clean_line(unicodedata.normalize("NFKC", text).replace("・", "·").replace("•", "·"), 200)
    # "www.example.cn" as a name would travel as a link in mails to whoever owns the address that was typed.
    name = re.sub(r"\.(?=\w)", ". ", name)
    if not name:
        raise Refusal("name.required")
    if not 2 <= len(name) <= 50:
        raise Refusal("name.length", length=len(name))
    letters = [unicodedata.category(c)[0] in _LETTER for c in name]
    if not any(letters) or not all(letter or c in "· -'’." for letter, c in zip(letters, name, strict=True)):
        raise Refusal("name.letters")
    return name


def _read(field: str, parse: Callable[[str], str | None], text: str, errors: list[FieldError]) -> str | None:
    try:
        return parse(text)
    except Refusal as refusal:
        errors.append(FieldError(field, refusal.code, refusal.facts))
        return None
