"""Tokens of passes: derived from a secret key, a pass's seed and an epoch; only their SHA-256 is stored.

Token, short code and owner's link are the first bytes of HMAC-SHA256(key, domain + seed + epoch as 4 bytes,
big-endian), written in Crockford base32 as a number, in capitals: 16 bytes give 26 characters, 5 bytes give 8.
"""

import hashlib
import re

from eventweek.kernel import keys
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import derive, read_derived
from eventweek.registration.models import Pass, PassToken

TOKEN, SHORT, MANAGE = b"eventweek/pass/1", b"eventweek/short/1", b"eventweek/manage/1"
REMIND, ANSWER = b"eventweek/remind/1/", b"eventweek/answer/1/"
FEED = b"eventweek/feed/pass/1"
_IN_ADDRESS = re.compile(r"/T/([^/?#]+)", re.I)


def token_of(own: Pass) -> str:
    """Return the token that the QR of an active pass holds, 26 characters.

    Raises: Refusal pass.void, pass.key_missing.
    """
    return _of(own, TOKEN, 16)


def token_from(key_id: str, seed: bytes, epoch: int) -> str | None:
    """Return the token of an epoch by the columns that it is made of, None where its key is configured no more."""
    key = keys.pass_key(key_id)
    return derive(key, TOKEN, seed, epoch, 16) if key else None


def short_code_of(own: Pass) -> str:
    """Return the code to type at a door, 8 characters.

    Raises: Refusal pass.void, pass.key_missing.
    """
    return _of(own, SHORT, 5)


def manage_token_of(own: Pass) -> str:
    """Return the secret part of the owner's link, 26 characters.

    Raises: Refusal pass.void, pass.key_missing.
    """
    return _of(own, MANAGE, 16)


def reminder_token_of(own: Pass, day: str) -> str:
    """Return the secret part of the link that cancels what a pass holds on a day, 26 characters.

    Raises: Refusal pass.void, pass.key_missing.
    """
    return _of(own, REMIND + day.encode(), 16)


def answer_token_of(own: Pass, registration: str) -> str:
    """Return the secret part of the link that answers what was asked about a registration (code), 26 characters.

    Raises: Refusal pass.void, pass.key_missing.
    """
    return _of(own, ANSWER + registration.encode(), 16)


def feed_token_of(own: Pass) -> str:
    """Return the secret part of the address of the holder's calendar, 26 characters; empty before there is one.

    Raises: Refusal pass.key_missing.
    """
    if own.feed_hash is None:
        return ""
    key = keys.pass_key(own.feed_key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    return derive(key, FEED, own.seed, own.feed_epoch, 16)


def new_token(seed: bytes, epoch: int) -> PassToken:
    """Return the active token row of an epoch, made with the newest key."""
    key_id = keys.signing_key_id()
    key = keys.pass_key(key_id) or b""
    return PassToken(
        epoch=epoch,
        key_id=key_id,
        token_hash=digest(derive(key, TOKEN, seed, epoch, 16)),
        short_hash=digest(derive(key, SHORT, seed, epoch, 5)),
        manage_hash=digest(derive(key, MANAGE, seed, epoch, 16)),
        status="active",
    )


def digest(token: str) -> str:
    """Return the SHA-256 of a token in its canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def parse_token(text: str) -> str | None:
    """Read a token as scanned or typed: any case, O for 0, I or L for 1, spaces, dashes, or an address with /T/<token>.

    Returns the canonical 26 characters, None when it cannot be a token.
    """
    found = _IN_ADDRESS.search(text[:500])
    return read_derived(found.group(1) if found else text, 26)


def parse_short_code(text: str) -> str | None:
    """Read a short code as typed; returns the canonical 8 characters, None when it cannot be one."""
    return read_derived(text, 8)


def _of(own: Pass, domain: bytes, size: int) -> str:
    active = next((token for token in own.tokens if token.status == "active"), None)
    if active is None:
        raise Refusal("pass.void")
    key = keys.pass_key(active.key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    return derive(key, domain, own.seed, active.epoch, size)
