"""Certificates of attendance (参会证明): who gets one, and the code by which anybody can check it.

The code is the first 10 bytes of HMAC-SHA256(pass key, domain + the certificate's seed) in Crockford base32, 16
characters, and 4 that check the spelling. It can be printed again by whoever holds the key; the database knows only its
SHA-256, so that neither alone can make one, and a code stays good when the key is lost.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from eventweek.kernel import keys
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import CROCKFORD, derive, read_derived, token_hash

DOMAIN = b"eventweek/certificate/1"
_SIZE, _BODY, _CHECK = 10, 16, 4


@dataclass(frozen=True)
class Sitting:
    """A session as somebody was in it: its length on the programme, and their minutes inside (None: never came)."""

    starts: datetime
    ends: datetime
    minutes: int | None = None

    @property
    def length(self) -> int:
        """Return how many minutes it lasts."""
        return int((self.ends - self.starts).total_seconds()) // 60


@dataclass(frozen=True)
class Claim:
    """What decides about a certificate. `share`: per cent of the minutes of several linked sessions that are needed."""

    sittings: tuple[Sitting, ...]
    share: int

    @property
    def ends(self) -> datetime:
        """Return when the last session is over."""
        return max(own.ends for own in self.sittings)

    @property
    def minutes(self) -> int:
        """Return the minutes inside, of each session at most its length."""
        return sum(min(own.minutes or 0, own.length) for own in self.sittings)

    @property
    def needed(self) -> int:
        """Return the minutes that are needed; one session alone asks for none: who came has a certificate."""
        if len(self.sittings) < 2:
            return 0
        return -(-sum(own.length for own in self.sittings) * self.share // 100)


def minutes_inside(counted: int, last_in: datetime | None, inside: bool, ends: datetime) -> int:
    """Return the minutes of an attendance; who was never scanned on the way out stayed until the end."""
    stayed = int((ends - last_in).total_seconds()) // 60 if inside and last_in else 0
    return counted + max(0, stayed)


def why_no_certificate(claim: Claim, at: datetime, needed: int | None = None) -> Refusal | None:
    """Return why somebody gets no certificate, yet or at all; `needed`: the minutes of one that was given before."""
    least = claim.needed if needed is None else needed
    if claim.share == 0 and needed is None:
        return Refusal("certificate.off")
    if all(own.minutes is None for own in claim.sittings):
        return Refusal("certificate.not_over" if at < claim.ends else "certificate.not_attended")
    if at < claim.ends:
        return Refusal("certificate.not_over")
    if claim.minutes < least:
        return Refusal("certificate.too_short", minutes=claim.minutes, needed=least)
    return None


def code_of(seed: bytes, key_id: str) -> str:
    """Return the code of a certificate, 20 characters in capitals.

    Raises: Refusal pass.key_missing.
    """
    key = keys.pass_key(key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    body = derive(key, DOMAIN, seed, 0, _SIZE)
    return body + _check(body)


def read_code(text: str) -> str | None:
    """Read a code as scanned or typed, with or without spaces and dashes; None when its spelling is wrong."""
    code = read_derived(text, _BODY + _CHECK)
    return code if code and _check(code[:_BODY]) == code[_BODY:] else None


def grouped(code: str) -> str:
    """Return a code as people read and type it: in fours."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def hash_of(code: str) -> str:
    """Return under what a code is kept."""
    return token_hash(code)


def _check(body: str) -> str:
    number = int.from_bytes(hashlib.sha256(DOMAIN + body.encode()).digest()[:4], "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(_CHECK)).upper()
