"""Seal small secrets at rest: AES-256-GCM under a versioned key, bound to where they stand."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventweek.kernel import keys
from eventweek.kernel.errors import Refusal

_NONCE = 12


def seal(text: str, place: bytes) -> tuple[str, bytes]:
    """Return the id of the newest key and the sealed text: a random nonce of 12 bytes, cipher text, tag.

    `place` is not stored; the same must be given to open it, so that a seal is worth nothing in another row.
    """
    key_id, key = keys.sealing_key()
    nonce = os.urandom(_NONCE)
    return key_id, nonce + AESGCM(key[:32]).encrypt(nonce, text.encode(), place)


def unseal(key_id: str, sealed: bytes, place: bytes) -> str:
    """Return the text of a seal.

    Raises: Refusal seal.broken where its key is gone, or it was altered or stands elsewhere.
    """
    key = keys.sealing_key_of(key_id)
    if key is None:
        raise Refusal("seal.broken")
    try:
        return AESGCM(key[:32]).decrypt(sealed[:_NONCE], sealed[_NONCE:], place).decode()
    except (InvalidTag, ValueError):
        raise Refusal("seal.broken") from None
