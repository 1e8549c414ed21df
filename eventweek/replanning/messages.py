"""What a change is called in the words of a message, in both languages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.kernel.db import Bilingual
from eventweek.registration.messages import span
from eventweek.replanning.enums import Shifting

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
