"""Random codes for addresses."""

import secrets

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def random_code(length: int = 9) -> str:
    """Return a random lower-case Crockford base32 code of `length` characters (5 bits each)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
