"""Where somebody is reached, and the keyed hash under which a dead address is known (pure)."""

from eventweek.kernel.keys import contact_hash

Way = tuple[str, str]
"""A channel and the address there: e-mail, E.164 number or openid."""


def address_key(channel: str, address: str) -> str:
    """Return the keyed hash under which an address is known that is held."""
    return contact_hash(f"eventweek/address/1/{channel}/{address.lower()}".encode())
