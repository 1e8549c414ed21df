"""The notice by which the public learns what became of the sessions of a lost hall, in both languages (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.replanning.messages import list_differences

MOST = 12
"""Sessions that a notice names; of the others it says how many they are."""
LONGEST = 110
_SIGNS = str.maketrans("*_`[]<>#", " " * 8)


@dataclass(frozen=True)
class Bulletin:
    """What a notice says."""

    title: Bilingual
    text: Bilingual


def write_bulletin(
    rooms: Sequence[Bilingual], reason: Bilingual, changes: Sequence[Mapping[str, Any]], zone: str
) -> Bulletin:
    """Return the notice of lost rooms; `changes` as an affected registration keeps them, on the clock of the zone."""
    zh, en = "、".join(own.best("zh")[0] for own in rooms), ", ".join(own.best("en")[0] for own in rooms)
    count = len(changes)
    sessions = "1 session changes" if count == 1 else f"{count} sessions change"
    title = Bilingual(f"{zh[:60]}暂停使用，{count} 场安排有变", f"{en[:60]} closed: {sessions}"[:LONGEST])
    lines = [_line(change, zone) for change in changes[:MOST]]
    if count > MOST:
        lines.append(Bilingual(f"- 另有 {count - MOST} 场，见日程。", f"- {count - MOST} more: see the programme."))
    head = Bilingual(f"{reason.best('zh')[0]}。", f"{reason.best('en')[0]}.")
    foot = Bilingual("已报名的人会收到消息，入场码照旧有效。", "Whoever registered gets a message; passes stay valid.")
    parts = [head, Bilingual("\n".join(one.zh for one in lines), "\n".join(one.en for one in lines)), foot]
    return Bulletin(title, Bilingual("\n\n".join(p.zh for p in parts), "\n\n".join(p.en for p in parts)))


def _line(change: Mapping[str, Any], zone: str) -> Bilingual:
    title = Bilingual(change["zh"], change["en"])
    told = list_differences(change, zone)
    zh = "；".join(word.zh if old == new else f"{word.zh} {old.zh} → {new.zh}" for word, old, new in told)
    en = "; ".join(word.en if old == new else f"{word.en} {old.en} → {new.en}" for word, old, new in told)
    names = [_plain(title.best(language)[0]) for language in ("zh", "en")]
    return Bilingual(f"- **{names[0]}**：{_plain(zh)}", f"- **{names[1]}**: {_plain(en)}")


def _plain(text: str) -> str:
    """Return a text without the signs of Markdown, in which notices are written."""
    return text.translate(_SIGNS).strip()
