"""Secrets of invitations: 80 bits as 16 characters, derived from a key and a seed, kept as a keyed hash."""

from eventweek.kernel import keys
from eventweek.kernel.errors import Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.tokens import derive, read_derived
from eventweek.registration.models import OfferingInvitation

_DOMAIN = b"eventweek/invitation/1"
_BYTES, _LENGTH = 10, 16


def token_of_invitation(row: OfferingInvitation) -> str:
    """Return the secret of an invitation, 16 characters.

    Raises: Refusal pass.key_missing.
    """
    key = keys.pass_key(row.key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    return derive(key, _DOMAIN, row.seed, 1, _BYTES)


def parse_invitation(text: str) -> str | None:
    """Read a code as typed: any case, O for 0, I or L for 1, spaces, dashes; None for what cannot be one."""
    return read_derived(text, _LENGTH)


def digest_of_invitation(token: str) -> str:
    """Return the keyed hash by which a secret is found."""
    return contact_hash(_DOMAIN + b"/" + token.encode())


def grouped(token: str) -> str:
    """Return a secret as people read it out: four groups of four."""
    return "-".join(token[n : n + 4] for n in range(0, len(token), 4))
