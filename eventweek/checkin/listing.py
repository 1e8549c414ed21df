"""How the list of a door device writes what one token may (pure).

A row is `a` and the version of its holder's name for an active pass, `r` for a replaced token, `v` for a void one. An
active pass goes on with a part for each session of the list that it has to do with, and `;+` where it has a seat in a
session that the list does not hold. A part is `;` and up to seven fields between dots, those at the end left out where
they say nothing: the session's number, the state (`LETTERS`), seats where more than one, begin and end of a slot in
minutes since 1970, how often the holder has come in, `1` while inside. Numbers are in base 36.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LETTERS = {
    "confirmed": "c",
    "online": "l",
    "waitlisted": "w",
    "offered": "o",
    "applied": "p",
    "cancelled": "x",
}
TOKENS = {"valid": "a", "replaced": "r", "void": "v"}
ELSEWHERE = ";+"


@dataclass(frozen=True)
class Part:
    """What a row says of one session: `state` is empty where the holder only came, without a registration."""

    session: int
    state: str = ""
    party: int = 1
    slot_start: datetime | None = None
    slot_end: datetime | None = None
    entries: int = 0
    inside: bool = False


def short_hash(token_hash: str) -> str:
    """Return what the list calls a token: the first 12 bytes of its SHA-256 (hexadecimal) in URL-safe base64.

    To make a token that 25,000 rows take for one of theirs, 2 to the power of 81 have to be tried.
    """
    return urlsafe_b64encode(bytes.fromhex(token_hash)[:12]).decode()


def write_row(token: str, name: int = 0, parts: Iterable[Part] = (), *, elsewhere: bool = False) -> str:
    """Return a row as text."""
    if token != "valid":
        return TOKENS[token]
    told = "".join(f";{_part(part)}" for part in sorted(parts, key=lambda one: one.session))
    return f"a{base36(name)}{told}{ELSEWHERE if elsewhere else ''}"


def base36(number: int) -> str:
    """Return a number that is not negative in base 36."""
    text = ""
    while number >= 36:
        number, last = divmod(number, 36)
        text = DIGITS[last] + text
    return DIGITS[number] + text


def _part(part: Part) -> str:
    fields = [
        base36(part.session),
        LETTERS.get(part.state, ""),
        base36(part.party) if part.party > 1 else "",
        _minutes(part.slot_start),
        _minutes(part.slot_end),
        base36(part.entries) if part.entries else "",
        "1" if part.inside else "",
    ]
    return ".".join(fields).rstrip(".")


def _minutes(at: datetime | None) -> str:
    return base36(int(at.timestamp()) // 60) if at else ""
