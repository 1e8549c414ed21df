"""Identity numbers as people type them, brought to one form and checked (pure).

Resident numbers by GB 11643: check digit and date, never the place, because real prefixes are missing from every list.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from eventweek.kernel.errors import FieldError
from eventweek.registration.enums import IdType

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_SHAPES = {
    IdType.RESIDENT: (_EIGHTEEN, "identity.shape"),
    IdType.RESIDENCE_PERMIT: (_EIGHTEEN, "identity.shape"),
    IdType.PASSPORT: (re.compile(r"(?=.*\d)[A-Z0-9]{5,17}", re.ASCII), "identity.passport"),
    IdType.HK_MACAO_PERMIT: (re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII), "identity.hk_macao_permit"),
    IdType.TAIWAN_PERMIT: (re.compile(r"\d{8}|\d{10}[A-Z]?", re.ASCII), "identity.taiwan_permit"),
    IdType.FOREIGN_RESIDENT: (re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]", re.ASCII), "identity.foreign_resident"),
}
_LONGEST = 60
_EARLIEST = date(1900, 1, 1)
GUARDED_UNDER = 14
"""Years of age below which a guardian has to agree (PIPL, article 31)."""


@dataclass(frozen=True)
class Identity:
    """A checked number in its one form; `born` where the number says it."""

    type: IdType
    number: str = field(repr=False)
    born: date | None = field(repr=False, default=None)

    @property
    def last4(self) -> str:
        """Return what may be shown of it."""
        return self.number[-4:]


def normal_number(text: str) -> str:
    """Return a number as it is compared: half-width, capitals, without spaces, dashes and brackets."""
    plain = unicodedata.normalize("NFKC", text[: 4 * _LONGEST]).upper()
    return "".join(c for c in plain if not (c.isspace() or unicodedata.category(c) in ("Cf", "Cc", "Pd", "Ps", "Pe")))


def read_identity(type_: str, number: str, today: date) -> tuple[Identity | None, list[FieldError]]:
    """Read what somebody typed; returns the identity, or the error at its field (`id_type`, `id_number`).

    Codes: identity.type, identity.required, identity.length, identity.shape, identity.passport,
    identity.hk_macao_permit, identity.taiwan_permit, identity.foreign_resident, identity.check_digit, identity.date.
    """
    if type_ not in {str(one) for one in IdType}:
        return None, [FieldError("id_type", "identity.type")]
    kind, plain = IdType(type_), normal_number(number)
    if not plain:
        return None, [FieldError("id_number", "identity.required")]
    shape, code = _SHAPES[kind]
    if shape is _EIGHTEEN and len(plain) != 18:
        return None, [FieldError("id_number", "identity.length", {"length": len(plain)})]
    if len(plain) > _LONGEST or not shape.fullmatch(plain):
        return None, [FieldError("id_number", code)]
    if not _EIGHTEEN.fullmatch(plain):
        return Identity(kind, plain), []
    if kind in (IdType.PASSPORT, IdType.HK_MACAO_PERMIT, IdType.TAIWAN_PERMIT):
        return Identity(kind, plain), []
    if not has_check_digit(plain):
        return None, [FieldError("id_number", "identity.check_digit")]
    born = _born(plain)
    if born is None or not _EARLIEST <= born <= today:
        return None, [FieldError("id_number", "identity.date")]
    return Identity(kind, plain, born), []


def has_check_digit(number: str) -> bool:
    """Say whether the last of 18 characters is the check digit of the others (ISO 7064, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == _CHECKS[total % 11]


def is_under_age(born: date | None, day: date) -> bool:
    """Say whether somebody is known to be so young on that day that a guardian has to agree."""
    if born is None:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < GUARDED_UNDER


def _born(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
