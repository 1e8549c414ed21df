"""Random codes and secrets for addresses."""

import hashlib
import hmac
import re
import secrets
import zlib

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_CHECKSUM = 7
_CAPITALS = CROCKFORD.upper()
_LOOKALIKES = str.maketrans("OIL", "011")


def random_code(length: int = 9) -> str:
    """Return a random lower-case Crockford base32 code of `length` characters (5 bits each)."""
    return "".join(CROCKFORD[byte & 31] for byte in secrets.token_bytes(length))


def random_token() -> str:
    """Return a secret for a link: 192 random bits in URL-safe base64."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Return the SHA-256 under which a link's secret is kept and found, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def derive(key: bytes, domain: bytes, seed: bytes, epoch: int, size: int) -> str:
    """Return a secret that can be made again: the first `size` bytes of HMAC-SHA256 as Crockford base32 in capitals.

    The HMAC is over domain + seed + epoch as 4 bytes, big-endian; 16 bytes give 26 characters.
    """
    mac = hmac.new(key, domain + seed + epoch.to_bytes(4, "big"), hashlib.sha256).digest()[:size]
    number, length = int.from_bytes(mac, "big"), -(-size * 8 // 5)
    return "".join(_CAPITALS[number >> 5 * place & 31] for place in reversed(range(length)))


def read_derived(text: str, length: int) -> str | None:
    """Return a derived secret as typed in its canonical form: any case, O for 0, I or L for 1, no spaces, no dashes.

    None when it cannot be one of that length.
    """
    token = re.sub(r"[\s-]", "", text[:500]).upper().translate(_LOOKALIKES)
    return token if len(token) == length and set(token) <= set(_CAPITALS) else None


def is_code(text: str) -> bool:
    """Say whether a text may be a code of ours; anything else need not reach a database."""
    return 0 < len(text) <= 40 and text.isascii() and all(c.isalnum() or c in "-_" for c in text)


def random_key(prefix: str) -> str:
    """Return a secret for a program: `prefix`, 170 random bits and a checksum, so that a leaked or cut one is known."""
    body = random_code(34)
    return f"{prefix}{body}{_checksum(prefix + body)}"


def is_key(prefix: str, text: str) -> bool:
    """Say whether a text is a whole key of that prefix; anything else need not reach a database."""
    body, check = text[:-_CHECKSUM], text[-_CHECKSUM:]
    return len(text) == len(prefix) + 34 + _CHECKSUM and text.startswith(prefix) and _checksum(body) == check


def _checksum(text: str) -> str:
    number = zlib.crc32(text.encode("utf-8", "replace"))
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(5 * _CHECKSUM - 5, -5, -5))
