"""Links and replies of the people of the programme: how secrets are derived, until when they work (pure)."""

from collections.abc import Collection
from datetime import date, timedelta

from eventweek.kernel.tokens import derive, read_derived
from eventweek.programme.enums import Reply

PAGE, FEED = b"eventweek/speaker/1", b"eventweek/speaker-feed/1"
LENGTH = 26
LONGEST_REASON = 300


def page_token(key: bytes, seed: bytes) -> str:
    """Return the secret of a link, 128 bits as 26 characters."""
    return derive(key, PAGE, seed, 1, 16)


def feed_token(key: bytes, seed: bytes, epoch: int) -> str:
    """Return the secret in the address of a person's calendar; another epoch gives another one."""
    return derive(key, FEED, seed, epoch, 16)


def read_token(text: str) -> str | None:
    """Return a secret in its canonical form, None for what cannot be one."""
    return read_derived(text, LENGTH)


def last_day_of_links(last_day: date, days: int) -> date:
    """Return the last local day on which links of a week work; `days` after its own last day."""
    return last_day + timedelta(days=days)


def summed(replies: Collection[Reply]) -> Reply:
    """Return what all replies of a person come to: the one that needs the organisers first."""
    order = (Reply.DECLINED, Reply.ASKED, Reply.UNASKED, Reply.CONFIRMED)
    return next((one for one in order if one in replies), Reply.UNASKED)


def reply_of(answer: str, linked: bool) -> Reply:
    """Return how a participation stands: the answer, else whether the person has a link by which to answer."""
    if answer:
        return Reply(answer)
    return Reply.ASKED if linked else Reply.UNASKED
