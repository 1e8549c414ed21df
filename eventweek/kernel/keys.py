"""Secret keys in use by this process: installed once by the application, read by the rooms, never stored or logged."""

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Keys:
    """Keys for pass tokens by id (the last one signs), the key that hashes contacts, and those that seal (likewise)."""

    passes: tuple[tuple[str, bytes], ...] = field(repr=False, default=())
    contact: bytes = field(repr=False, default=b"")
    sealing: tuple[tuple[str, bytes], ...] = field(repr=False, default=())


_installed = Keys()


def install(keys: Keys) -> None:
    """Set the keys of this process."""
    global _installed
    _installed = keys


def signing_key_id() -> str:
    """Return the id of the key that makes new tokens."""
    if not _installed.passes:
        raise RuntimeError("no pass key is configured")
    return _installed.passes[-1][0]


def pass_key(key_id: str) -> bytes | None:
    """Return a pass key, None when it is no longer configured."""
    return dict(_installed.passes).get(key_id)


def contact_hash(text: bytes) -> str:
    """Return the keyed hash of a contact or a secret, its domain first, as 64 hexadecimal digits (HMAC-SHA256)."""
    if not _installed.contact:
        raise RuntimeError("no contact key is configured")
    return hmac.new(_installed.contact, text, hashlib.sha256).hexdigest()


def sealing_key() -> tuple[str, bytes]:
    """Return the id and the key that seals from now on."""
    if not _installed.sealing:
        raise RuntimeError("no sealing key is configured")
    return _installed.sealing[-1]


def sealing_key_of(key_id: str) -> bytes | None:
    """Return a sealing key, None when it is no longer configured."""
    return dict(_installed.sealing).get(key_id)
