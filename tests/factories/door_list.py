"""Read the list of a door device as a device does, by docs/door-list.md."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventweek.checkin.listing import ELSEWHERE, LETTERS, TOKENS, Part, short_hash
from eventweek.checkin.seals import NONCE, key_of

STATES = {letter: state for state, letter in LETTERS.items()}
STATUSES = {letter: status for status, letter in TOKENS.items()}


@dataclass(frozen=True)
class Row:
    """What the list says of a token; `token`: valid, replaced or void; `name`: the version of its holder's name."""

    token: str
    name: int = 0
    parts: Mapping[int, Part] | None = None
    elsewhere: bool = False

    def state_in(self, session: int) -> str:
        """Return the entitlement to a session, as `queries.holders.find_entitlement` does."""
        own = (self.parts or {}).get(session)
        if own and own.state not in ("", "cancelled"):
            return own.state
        seated = (one.session for one in (self.parts or {}).values() if one.state == "confirmed")
        if self.elsewhere or any(other != session for other in seated):
            return "other"
        return own.state if own and own.state else "none"


def hash_of(token: str) -> str:
    """Return what the list calls a token (26 characters)."""
    return short_hash(hashlib.sha256(token.encode()).hexdigest())


def read_row(text: str) -> Row:
    """Return what a row says.

    Raises: ValueError where it is none.
    """
    if text[:1] not in STATUSES or (text[0] != "a" and len(text) > 1):
        raise ValueError(text)
    if text[0] != "a":
        return Row(STATUSES[text[0]])
    elsewhere = text.endswith(ELSEWHERE)
    name, *told = text[1:].removesuffix(ELSEWHERE).split(";")
    parts = [_read_part(one) for one in told]
    return Row("valid", int(name, 36), {part.session: part for part in parts}, elsewhere)


def open_seal(token: str, seal: str) -> tuple[str, str] | None:
    """Return the name and the organisation of a seal, None where it was made for another token or altered."""
    sealed = b64decode(seal)
    try:
        name, organisation = json.loads(AESGCM(key_of(token)).decrypt(sealed[:NONCE], sealed[NONCE:], None))
    except (InvalidTag, ValueError):
        return None
    return name, organisation


def _read_part(text: str) -> Part:
    session, state, party, begin, end, entries, inside = (text.split(".") + [""] * 7)[:7]
    return Part(
        session=int(session, 36),
        state=STATES[state] if state else "",
        party=int(party, 36) if party else 1,
        slot_start=_instant(begin),
        slot_end=_instant(end),
        entries=int(entries, 36) if entries else 0,
        inside=inside == "1",
    )


def _instant(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text, 36) * 60, UTC) if text else None
