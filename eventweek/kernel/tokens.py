"""Random codes and secrets for addresses."""

import hashlib
import secrets

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def random_code(length: int = 9) -> str:
    """Return a random lower-case Crockford base32 code of `length` characters (5 bits each)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))


def random_token() -> str:
    """Return a secret for a link: 192 random bits in URL-safe base64."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Return the SHA-256 under which a link's secret is kept and found, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_code(text: str) -> bool:
    """Say whether a text may be a code of ours; anything else need not reach a database."""
    return 0 < len(text) <= 40 and text.isascii() and all(c.isalnum() or c in "-_" for c in text)
