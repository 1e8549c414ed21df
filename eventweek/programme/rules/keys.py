"""Rules of API keys, over plain values (pure)."""

from datetime import datetime, timedelta

from eventweek.programme.enums import KeyState

PREFIX = "ewk_"
LIVES = (30, 90, 180, 365)
"""For how many days a key can be made; nothing works for ever."""
SOON = timedelta(days=14)
"""Before its end a list says so, and its owner gets a mail."""
NOTED_EVERY = timedelta(minutes=1)
MOST = 20
"""How many working keys one person can have."""


def key_state(*, revoked: bool, expires_at: datetime, lent: bool, at: datetime) -> KeyState:
    """Say how a key stands; `lent`: its owner may still do what it does, and has not ended their sessions since."""
    if revoked:
        return KeyState.REVOKED
    if at >= expires_at:
        return KeyState.EXPIRED
    if not lent:
        return KeyState.ENDED
    return KeyState.SOON if expires_at - at <= SOON else KeyState.WORKING


def is_working(state: KeyState) -> bool:
    """Say whether a key in this state opens anything."""
    return state in (KeyState.WORKING, KeyState.SOON)


def is_use_noted(last_used_at: datetime | None, at: datetime) -> bool:
    """Say whether the last use that is written is recent enough: it is written at most once a minute."""
    return last_used_at is not None and at - last_used_at < NOTED_EVERY
