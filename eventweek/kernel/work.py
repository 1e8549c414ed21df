"""Proof of work against floods of requests: ALTCHA challenges (protocol v2, https://altcha.org/docs), each spent once.

A browser finds the counter whose PBKDF2 key begins as the challenge says; the key itself is signed, so that a check
costs one HMAC. Challenges are kept nowhere: they carry their own signature, and only spent ones are remembered.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, UtcDateTime, insert_new
from eventweek.kernel.errors import Refusal
from eventweek.kernel.keys import contact_hash

LIFE = timedelta(minutes=20)
ALGORITHM, ROUNDS, KEY_BYTES, PREFIX_BYTES = "PBKDF2/SHA-256", 5000, 32, 16
FEWEST, MOST = 100, 300
"""Keys to try: about half a second of a laptop, two or three of a cheap phone."""
LONGEST = 4000
Challenge = dict[str, Any]


class SpentWork(Base):
    """A challenge whose solution was taken; forgotten once it has expired anyway."""

    __tablename__ = "spent_work"
    nonce: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def new_challenge() -> Challenge:
    """Return a challenge as the widget reads it: `parameters` and their `signature`."""
    nonce, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    key = derive_key(nonce, salt, FEWEST + secrets.randbelow(MOST - FEWEST), ROUNDS)
    parameters = {
        "algorithm": ALGORITHM,
        "cost": ROUNDS,
        "expiresAt": int((now() + LIFE).timestamp()),
        "keyLength": KEY_BYTES,
        "keyPrefix": key[:PREFIX_BYTES].hex(),
        "keySignature": _signed("key", key),
        "nonce": nonce.hex(),
        "salt": salt.hex(),
    }
    return {"parameters": parameters, "signature": _signed("challenge", _canonical(parameters))}


def derive_key(nonce: bytes, salt: bytes, counter: int, rounds: int) -> bytes:
    """Return the key of a counter: PBKDF2-HMAC-SHA256 over nonce and counter (4 bytes, big-endian)."""
    return hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4, "big"), salt, rounds, KEY_BYTES)


def spend(payload: str) -> None:
    """Take a solution, once, inside the caller's transaction: what is refused afterwards has not spent it.

    `payload`: what the widget puts into its form, base64 of JSON.
    Raises: Refusal work.missing, work.wrong, work.expired, work.used.
    """
    if not payload:
        raise Refusal("work.missing")
    parameters, key = _read(payload)
    expires = datetime.fromtimestamp(parameters["expiresAt"], UTC)
    if expires <= now():
        raise Refusal("work.expired")
    if not hmac.compare_digest(_signed("key", key), parameters["keySignature"]):
        raise Refusal("work.wrong")
    if not insert_new(SpentWork, nonce=parameters["nonce"], expires_at=expires):
        raise Refusal("work.used")


def _read(payload: str) -> tuple[Challenge, bytes]:
    """Return parameters that we signed, and the key that was found.

    Raises: Refusal work.wrong.
    """
    try:
        sent = json.loads(base64.b64decode(payload[: LONGEST + 1], validate=True)) if len(payload) <= LONGEST else {}
        parameters, signature = sent["challenge"]["parameters"], sent["challenge"]["signature"]
        key = bytes.fromhex(sent["solution"]["derivedKey"])
        own = isinstance(parameters, dict) and hmac.compare_digest(
            _signed("challenge", _canonical(parameters)).encode(), str(signature).encode("utf-8", "replace")
        )
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise Refusal("work.wrong") from error
    if not own:
        raise Refusal("work.wrong")
    return parameters, key


def _canonical(parameters: Challenge) -> bytes:
    return json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode()


def _signed(what: str, content: bytes) -> str:
    return contact_hash(b"eventweek/altcha/1/" + what.encode() + b"/" + content)
