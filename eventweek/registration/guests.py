"""Who is to be invited, as an organiser pastes it: a line each, a name, a contact or both (pure)."""

import re
from dataclasses import dataclass

from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.registration.contacts import contact_key, parse_email, parse_phone

_BREAK = re.compile(r"[,，;；\t]")
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+|\+?[\d\s\-()（）０-９]{6,}")


@dataclass(frozen=True)
class Guest:
    """Who is invited: a name for the list, a phone in E.164 or an e-mail in one spelling; either may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def key(self) -> str | None:
        """Return the keyed hash of the contact, None without one."""
        if self.email:
            return contact_key("email", self.email)
        return contact_key("phone", self.phone) if self.phone else None


def read_guests(text: str, most: int) -> list[Guest]:
    """Return the guests of a pasted text: `王敏，wang@example.org`, `13800138000`, `王敏`; empty lines are passed over.

    Raises: Invalid at `guests` with the number of the line: guest.line, guests.too_many, guests.twice.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > most:
        raise Invalid([FieldError("guests", "guests.too_many", {"most": most})])
    guests: list[Guest] = []
    errors: list[FieldError] = []
    known: dict[str, int] = {}
    for number, line in lines:
        try:
            guest = _read(line)
        except Refusal:
            errors.append(FieldError("guests", "guest.line", {"line": number, "text": line[:40]}))
            continue
        if guest.key and guest.key in known:
            errors.append(FieldError("guests", "guests.twice", {"line": number, "first": known[guest.key]}))
        known |= {guest.key: number} if guest.key else {}
        guests.append(guest)
    if errors:
        raise Invalid(errors)
    return guests


def guest_of(name: str, contact: str) -> Guest | None:
    """Return a guest by name and contact, None where neither is given.

    Raises: Invalid at `contact`: phone.invalid, email.invalid.
    """
    own = contact.strip()
    try:
        reached = ({"email": parse_email(own)} if "@" in own else {"phone": parse_phone(own)}) if own else {}
    except Refusal as refusal:
        raise Invalid([FieldError("contact", refusal.code, refusal.facts)]) from refusal
    kept = {kind: value for kind, value in reached.items() if value}
    return Guest(name, **kept) if name or kept else None


def _read(line: str) -> Guest:
    """Raises: Refusal phone.invalid, email.invalid, text.too_long, guest.line."""
    names: list[str] = []
    found: dict[str, str] = {}
    for part in (part.strip() for part in _BREAK.split(line)):
        if not part:
            continue
        kind = ("email" if "@" in part else "phone") if _CONTACT.fullmatch(part) or "@" in part else ""
        if kind in found:
            raise Refusal("guest.line")
        if kind:
            found[kind] = (parse_email(part) if kind == "email" else parse_phone(part)) or ""
        else:
            names.append(part)
    return Guest(clean_line(" ".join(names), 80), **found)
