"""Links and replies of the people of the programme: how secrets are derived, until when they work (pure)."""

from collections.abc import Collection, Mapping
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


PROFILE = tuple(f"{stem}_{language}" for stem in ("affiliation", "honour", "bio") for language in ("zh", "en"))
"""What people may change of their own profile; the name is the organisers' to write."""
WHOLE_DAY = ("00:00", "23:59")
PUBLISHING = "publishing"
PUBLISHING_ZH = (
    "主办方想在活动周的网页、日历、数据接口和印刷品上公开下面几项，让来的人知道谁讲、讲什么。每一项单独决定，不同意也能参加。"
    "公开的内容随活动周的页面长期保留。你随时可以在这里收回：从下一次发布起不再公开，已经印出的和别人已经存下的收不回。"
)
PUBLISHING_EN = (
    "The organiser would like to publish the following on the week’s pages, in its calendars and data feeds and in "
    "print, so that people know who speaks about what. Decide each one by itself; you can take part without any. What "
    "is published stays with the week’s pages. You can take it back here at any time: from the next release on it is "
    "published no more; what has been printed, or kept by others, cannot be called back."
)


def whole_week(days: Collection[date], rows: Collection[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return the spans to keep for days on which somebody can come: none at all where they always can."""
    spans = [dict(row) for row in rows]
    always = {row["day"] for row in spans if (row["opens"], row["closes"]) == WHOLE_DAY} >= set(days)
    return [] if always else spans
