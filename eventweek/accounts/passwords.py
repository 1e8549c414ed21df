"""Passwords as argon2id hashes: 19 MiB, two passes, one lane (OWASP Password Storage)."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from eventweek.accounts.rules import LONGEST

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash to keep."""
    return _HASHER.hash(_bytes(password))


def is_password(kept: str | None, password: str) -> bool:
    """Say whether the password is the one of the hash; without a hash as much time is spent, and it is not."""
    try:
        fits = _HASHER.verify(kept or _NOBODY, _bytes(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return fits and bool(kept)


def is_outdated(kept: str) -> bool:
    """Say whether the hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
