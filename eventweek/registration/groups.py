"""Secrets of groups: the link of a leader, derived from a key and a seed as those of passes are."""

from eventweek.kernel import keys
from eventweek.kernel.errors import Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.tokens import derive, read_derived
from eventweek.registration.models import RegistrationGroup

_DOMAIN = b"eventweek/group/1"


def token_of_group(group: RegistrationGroup) -> str:
    """Return the secret of the leader's link, 26 characters.

    Raises: Refusal pass.key_missing.
    """
    key = keys.pass_key(group.key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    return derive(key, _DOMAIN, group.seed, 1, 16)


def parse_group_token(text: str) -> str | None:
    """Return a secret in its canonical form, None for what cannot be one."""
    return read_derived(text, 26)


def digest_of_group(token: str) -> str:
    """Return the keyed hash by which a secret is found."""
    return contact_hash(_DOMAIN + b"/" + token.encode())
