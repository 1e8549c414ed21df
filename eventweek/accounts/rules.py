"""Rules of passwords, locks and the last administrator, over plain values."""

import re
from datetime import datetime, timedelta
from typing import Any

from eventweek.accounts.enums import PasswordReason, Role

SHORTEST, LONGEST = 12, 200
FAILURES, LOCK = 5, timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)
SCOPED = {Role.CITY: "city", Role.VENUE: "venue", Role.TRACK: "track", Role.PROPOSER: "organisation"}
MAY_BE_SCOPED = {**SCOPED, Role.DOOR: "venue"}
_COMMON = frozenset(
    """123456 12345678 123456789 1234567890 123123123 password passw0rd p@ssword qwerty qwertyuiop asdfghjkl zxcvbnm
    1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t q1w2e3r4 qazwsxedc zaq12wsx abcd1234 abc123 a123456 admin administrator
    root letmein welcome iloveyou woaini 5201314 woaini1314 woaini5201314 wodemima mima changeme secret eventweek
    shuangchuang changchun jilin test demo user guest master dragon monkey football baseball sunshine princess
    """.split()  # noqa: SIM905 (read as a list of words)
)
_COUNTING = "01234567890123456789"


def why_no_password(password: str, *, email: str, name: str) -> tuple[PasswordReason, dict[str, Any]] | None:
    """Say why a new password is not taken, with the facts of the sentence.

    Length counts, not signs (NIST SP 800-63B, 5.1.1.2): at least 12 characters, not the person's own name or address,
    not one of the words that are tried first, once or repeated, with digits around them.
    """
    facts = {"shortest": SHORTEST, "longest": LONGEST, "length": len(password)}
    if len(password) < SHORTEST:
        return PasswordReason.SHORT, facts
    if len(password) > LONGEST:
        return PasswordReason.LONG, facts
    plain = password.casefold()
    own = [part for part in (email.split("@")[0].casefold(), "".join(name.casefold().split())) if len(part) > 1]
    if any(part in plain and len(plain.replace(part, "")) < SHORTEST - 4 for part in own) or plain == email:
        return PasswordReason.PERSONAL, {}
    return (PasswordReason.COMMON, {}) if _is_common(plain) else None


def why_no_scope(role: Role, kind: str) -> str | None:
    """Say why a role cannot be held in a kind of scope: grant.scope_missing or grant.scope_wrong."""
    if kind == "committee":
        return "grant.scope_missing" if role in SCOPED else None
    return None if MAY_BE_SCOPED.get(role) == kind else "grant.scope_wrong"


def is_invitation_open(
    accepted_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> bool:
    """Say whether the link of an invitation still works."""
    return accepted_at is None and revoked_at is None and now < expires_at


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Say whether the account answers no sign-in at this instant."""
    return locked_until is not None and now < locked_until


def after_failure(failures: int, now: datetime) -> tuple[int, datetime | None]:
    """Return the new count of failures and, at the fifth, the end of the lock; the count then starts again."""
    return (0, now + LOCK) if failures + 1 >= FAILURES else (failures + 1, None)


def _is_common(plain: str) -> bool:
    if len(set(plain)) < 5 or plain in _COUNTING or plain in _COUNTING[::-1]:
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    words = {plain, core, re.sub(r"[\W_]+$", "", plain)}
    return any(word in _COMMON or _repeats_a_common(word) for word in words if word)


def _repeats_a_common(word: str) -> bool:
    return any(
        len(word) % n == 0 and word[: len(word) // n] in _COMMON and word[: len(word) // n] * n == word
        for n in (2, 3, 4)
    )
