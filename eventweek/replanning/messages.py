"""What a change is called in the words of a message, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.kernel.db import Bilingual
from eventweek.programme.models import Week
from eventweek.registration.messages import span
from eventweek.replanning.enums import News, Shifting
from eventweek.replanning.rules import Facts, spot, start_of

_NOTHING = Bilingual("", "")
_WORDS = {
    "time": Bilingual("时间", "Time"),
    "place": Bilingual("地点", "Place"),
    Shifting.CANCELLED: Bilingual("这一场已取消", "This session is cancelled"),
    Shifting.RESTORED: Bilingual("这一场恢复举行", "This session takes place after all"),
    "displaced": Bilingual(
        "新的厅室座位不够，您现在排在候补最前面，有空席先给您。您也可以换到别的场次。",
        "The new room has too few seats. You are at the head of the waiting list and get the first seat that comes "
        "free; you can also go to another session.",
    ),
    "back": Bilingual("安排改回了原来的时间和地点。", "Time and place are again what they were."),
    "clash": Bilingual(
        "和您报名的其他场次冲突，请看下面的链接。",
        "It now clashes with something else that you registered for; see the link below.",
    ),
    "spread": Bilingual(
        "这一场人太多，分成几场举行，您改到了上面这一场。",
        "It was too full and is held several times; your place is now in the one above.",
    ),
}


_NEWS = {
    News.NEW: Bilingual("新公布", "new"),
    News.MOVED: Bilingual("时间或地点有变", "time or place has changed"),
    News.CANCELLED: Bilingual("取消", "cancelled"),
    News.RESTORED: Bilingual("恢复举行", "takes place after all"),
    News.ADDED: Bilingual("请您参加", "you now take part"),
    News.REMOVED: Bilingual("不再由您参加", "you take part no more"),
    News.PEOPLE: Bilingual("参加的人有变", "other people take part"),
}


def describe(changes: Sequence[Mapping[str, Any]], zone: str, *, also: Sequence[str] = ()) -> Bilingual:
    """Return what changed as lines, `before → after`; with several sessions each line names its own.

    `also`: what else is said, by `displaced`, `back`, `clash`, `spread`.
    """
    several = len(changes) > 1
    lines = [_line(change, own, several) for change in changes for own in list_differences(change, zone)]
    lines += [_WORDS[name] for name in also]
    return Bilingual("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def list_differences(change: Mapping[str, Any], zone: str) -> list[tuple[Bilingual, Bilingual, Bilingual]]:
    """Return what changed of a session as word, before and after; the latter empty where the word says it all."""
    before, after = change["before"], change["after"]
    if before["cancelled"] != after["cancelled"]:
        return [(_WORDS[Shifting.CANCELLED if after["cancelled"] else Shifting.RESTORED], _NOTHING, _NOTHING)]
    times = (_WORDS["time"], _when(before, ZoneInfo(zone)), _when(after, ZoneInfo(zone)))
    places = (_WORDS["place"], _where(before), _where(after))
    return [] if after["cancelled"] else [own for own in (times, places) if own[1] != own[2]]


@dataclass(frozen=True)
class Item:
    """What a release says of one session to somebody: the news, and what was and is published of it."""

    news: News
    before: Facts | None
    after: Facts

    @property
    def starts(self) -> datetime:
        """Return the first moment that it is about."""
        return min(start_of(own) for own in (self.before, self.after) if own)


def list_news(items: Sequence[Item], zone: str, most: int = 30) -> Bilingual:
    """Return what a release changed as paragraphs, a session each, at most so many; then how many more there are."""
    told = [_told(item, zone) for item in items[:most]]
    if len(items) > most:
        more = len(items) - most
        told.append(Bilingual(f"另有 {more} 场，见链接里的页面。", f"And {more} more: see the page behind the link."))
    return Bilingual("\n\n".join(own.zh for own in told), "\n\n".join(own.en for own in told))


def letter_of_person(week: Week, name: str, number: int, news: Bilingual) -> tuple[Bilingual, Bilingual]:
    """Return subject and text for somebody who takes part in sessions that a release changed."""
    title = week.title
    subject = Bilingual(
        f"您在“{title.best('zh')[0]}”的场次有变动", f"Your sessions at {title.best('en')[0]} have changed"
    )
    body = Bilingual(
        f"{name}：您好。\n\n“{title.best('zh')[0]}”的日程发布了第 {number} 版，与您有关的是：\n\n{news.zh}",
        f"Dear {name},\n\nRelease {number} of the programme of {title.best('en')[0]} is out. What concerns you:\n\n"
        f"{news.en}",
    )
    return subject, body


def letter_of_staff(week: Week, name: str, number: int, news: Bilingual) -> tuple[Bilingual, Bilingual]:
    """Return subject and text for somebody who manages cities, venues or tracks in which a release changed sessions."""
    title = week.title
    subject = Bilingual(
        f"“{title.best('zh')[0]}”第 {number} 版已发布：您管的场次有变动",
        f"{title.best('en')[0]}, release {number}: sessions of yours have changed",
    )
    body = Bilingual(
        f"{name}：您好。\n\n“{title.best('zh')[0]}”的日程发布了第 {number} 版，您管的范围里有这些变动：\n\n{news.zh}",
        f"Dear {name},\n\nRelease {number} of the programme of {title.best('en')[0]} is out. "
        f"In what you manage, this has changed:\n\n{news.en}",
    )
    return subject, body


def _told(item: Item, zone: str) -> Bilingual:
    """Return one session: its title, what happens to it, and the lines of time and place."""
    title, word = item.after["title"], _NEWS[item.news]
    names = Bilingual(title["zh"], title["en"])
    lines = [
        Bilingual(f"{names.best('zh')[0]}（{word.zh}）", f"{names.best('en')[0]} ({word.en})"),
        *_lines(item, zone),
    ]
    return Bilingual("\n".join(own.zh for own in lines), "\n".join(own.en for own in lines))


def _lines(item: Item, zone: str) -> list[Bilingual]:
    after = spot(item.after)
    if item.news == News.MOVED and item.before:
        change = {"before": spot(item.before), "after": after, "zh": "", "en": ""}
        return [_line(change, own, several=False) for own in list_differences(change, zone)]
    if item.news == News.CANCELLED:
        reason = item.after.get("reason") or {"zh": "", "en": ""}
        own = Bilingual(reason["zh"], reason["en"])
        return [Bilingual(f"原因：{own.best('zh')[0]}", f"Reason: {own.best('en')[0]}")] if any(reason.values()) else []
    if item.news == News.REMOVED:
        return []
    told = ((_WORDS["time"], _when(after, ZoneInfo(zone))), (_WORDS["place"], _where(after)))
    return [Bilingual(f"{word.zh}：{own.zh}", f"{word.en}: {own.en}") for word, own in told]


def _line(change: Mapping[str, Any], own: tuple[Bilingual, Bilingual, Bilingual], several: bool) -> Bilingual:
    (word, before, after), title = own, Bilingual(change["zh"], change["en"])
    zh, en = word.zh, word.en
    if before != after:
        zh, en = f"{zh}：{before.zh} → {after.zh}", f"{en}: {before.en} → {after.en}"
    return Bilingual(f"{title.best('zh')[0]}：{zh}", f"{title.best('en')[0]}: {en}") if several else Bilingual(zh, en)


def _when(own: Mapping[str, Any], zone: ZoneInfo) -> Bilingual:
    start, end = (datetime.fromisoformat(own[name]) for name in ("start", "end"))
    return Bilingual(span(start, end, zone, "zh"), span(start, end, zone, "en"))


def _where(own: Mapping[str, Any]) -> Bilingual:
    places = [Bilingual(own[name]["zh"], own[name]["en"]) for name in ("venue", "room")]
    return Bilingual(*(" ".join(place.best(language)[0] for place in places) for language in ("zh", "en")))
