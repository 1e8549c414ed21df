"""Names on a door device: sealed for whoever shows the code, so that a lost phone tells nobody's name (pure).

A seal is base64 of a random nonce of 12 bytes and AES-256-GCM over `[name, organisation]` as JSON (UTF-8), filled up
with spaces to a multiple of 16 bytes. Its key is HMAC-SHA256 with the token (26 characters) as key over `DOMAIN`: the
device holds no token, only the start of its hash, and reads the token out of the QR that is held to it.
"""

import hashlib
import hmac
import json
import os
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DOMAIN = b"eventweek/door-seal/1"
NONCE, _BLOCK = 12, 16


def seal_for(token: str, name: str, organisation: str) -> str:
    """Return a name and an organisation, sealed for whoever shows the token."""
    text = json.dumps([name, organisation], ensure_ascii=False, separators=(",", ":")).encode()
    filled, nonce = text + b" " * (-len(text) % _BLOCK), os.urandom(NONCE)
    return b64encode(nonce + AESGCM(key_of(token)).encrypt(nonce, filled, None)).decode()


def key_of(token: str) -> bytes:
    """Return the key of the seals of whoever shows a token."""
    return hmac.digest(token.encode(), DOMAIN, hashlib.sha256)
