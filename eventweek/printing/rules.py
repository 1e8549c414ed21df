"""What may be printed of what, and how names stand in an index (pure)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from eventweek.printing.enums import PERSONAL, Paper, Sheet, Step

SHEETS: Mapping[Paper, tuple[Sheet, ...]] = {
    Paper.BOOK: (Sheet.A4,),
    Paper.DOORS: (Sheet.A4_WIDE, Sheet.A4),
    Paper.POSTERS: (Sheet.A3, Sheet.A2),
    Paper.PROOFS: (Sheet.A4_WIDE,),
    Paper.BADGES: (Sheet.CARD, Sheet.LANYARD, Sheet.A6, Sheet.A4_CARDS),
}
"""The sizes of each paper, the usual one first."""
NARROWED: Mapping[Paper, tuple[str, ...]] = {
    Paper.BOOK: (),
    Paper.DOORS: ("day", "city", "venue", "room"),
    Paper.POSTERS: ("day", "city", "venue", "room", "family", "kind", "session"),
    Paper.PROOFS: ("offering", "session"),
    Paper.BADGES: ("session", "city", "role", "people"),
}
"""By what each paper may be narrowed to a part of the week."""
MOST: Mapping[Paper, int] = {
    Paper.BOOK: 5000,
    Paper.DOORS: 600,
    Paper.POSTERS: 200,
    Paper.PROOFS: 2000,
    Paper.BADGES: 1000,
}
"""How much one job prints: sessions of a book, door sheets, posters, certificates, badges."""
MOST_CHOSEN = 100
"""How many people may be named one by one."""
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Wish:
    """What is asked for; `part`: facet -> code; `draft`: the working plan instead of what is published."""

    paper: str
    sheet: str = ""
    language: str = "zh"
    draft: bool = False
    part: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> str:
        """Return the sheet that is asked for, else the usual one of this paper."""
        return self.sheet or str(SHEETS[Paper(self.paper)][0])


def list_faults(wish: Wish) -> list[tuple[str, str]]:
    """Return field and code of what is wrong with a wish, before the week is asked."""
    if wish.paper not in set(Paper):
        return [("paper", "print.paper")]
    paper = Paper(wish.paper)
    faults = [] if not wish.sheet or wish.sheet in SHEETS[paper] else [("sheet", "print.sheet")]
    faults += [] if wish.language in LANGUAGES else [("language", "print.language")]
    faults += [(name, "print.whole") for name in wish.part if name not in NARROWED[paper]]
    if paper in PERSONAL:
        faults += [("draft", "print.no_draft")] if wish.draft else []
    if paper == Paper.PROOFS and len(wish.part) != 1:
        faults.append(("offering", "print.one_subject"))
    if "people" in wish.part and not (0 < len(chosen_people(wish.part)) <= MOST_CHOSEN and len(wish.part) == 1):
        faults.append(("people", "print.chosen"))
    return faults + ([("day", "print.unknown")] if not _is_day(wish.part.get("day", "2000-01-01")) else [])


def chosen_people(part: Mapping[str, str]) -> list[str]:
    """Return the codes of the passes of chosen people, each once."""
    return list(dict.fromkeys(code for code in part.get("people", "").split(",") if code))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def share_of(step: str, done: int, total: int) -> int:
    """Return how much of a paper is made, in per cent: drawing takes what is drawn, setting about as long."""
    begins = {Step.READING: 5, Step.DRAWING: 10, Step.SETTING: 55, Step.KEEPING: 95}
    if step not in begins:
        return 0
    drawn = 45 * done // total if step == Step.DRAWING and total else 0
    return begins[Step(step)] + drawn


def breakable(text: str, longest: int = 24) -> str:
    """Return a text in which a line may end within words that are longer than any language's."""
    return _LONG.sub(lambda word: _some(word[0], longest), text)


_LONG = re.compile(r"[^\s\u2e80-\u9fff\uf900-\uffef\U00020000-\U0003ffff]{25,}")


def _some(word: str, longest: int) -> str:
    return "\u200b".join(word[at : at + longest] for at in range(0, len(word), longest))


@dataclass(frozen=True)
class Letter:
    """A heading of an index with what stands under it."""

    letter: str
    names: Sequence[str]


def alphabet(names: Iterable[str]) -> list[Letter]:
    """Return names by their first letter, Chinese ones by the sound of theirs, others at the end under #.

    The order is that of GB 2312, whose first level is sorted by sound; of the second level and of characters with two
    sounds the usual family names are known (`SOUNDS`).
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(initial(name), []).append(name)
    letters = sorted(found, key=lambda letter: (letter == OTHERS, letter))
    return [Letter(letter, sorted(set(found[letter]), key=_place)) for letter in letters]


def initial(name: str) -> str:
    """Return the letter under which a name stands in an index."""
    name = name.lstrip(_MARKS)
    if name[:2] in PLACES:
        return PLACES[name[:2]]
    if name[:1] in SOUNDS:
        return SOUNDS[name[:1]]
    if (plain := _plain(name[:1])).isascii() and plain.isalpha():
        return plain.upper()
    try:
        code = int.from_bytes(name[:1].encode("gb2312"), "big")
    except UnicodeEncodeError:
        return OTHERS
    begun = [letter for letter, first in _FIRST if first <= code]
    return begun[-1] if begun and code <= _LAST else OTHERS


OTHERS = "#"
_MARKS = "“”‘’「」『』《》〈〉（）()[]【】·•\"' "
PLACES = {"重庆": "C", "长春": "C", "厦门": "X", "六安": "L"}
SOUNDS = {
    sound: letter
    for letter, sounds in {
        "C": "岑谌",
        "D": "邸",
        "F": "酆",
        "G": "郜妫",
        "H": "桓郇",
        "J": "嵇蓟",
        "K": "阚蒯邝",
        "L": "栾蔺郦逯闾",
        "M": "缪闵宓",
        "N": "倪",
        "O": "区",
        "P": "濮逄",
        "Q": "覃瞿璩仇亓阙麴",
        "R": "芮茹",
        "S": "单佘莘姒殳",
        "T": "佟仝邰庹",
        "W": "邬隗",
        "X": "郗荀冼解胥",
        "Y": "闫庾恽鄢羿嬴乐",
        "Z": "臧查翟訾仉郅",
    }.items()
    for sound in sounds
}
"""Family names that are sounded otherwise than GB 2312 sorts them, or that it does not sort by sound."""
_FIRST = [
    *(("A", 0xB0A1), ("B", 0xB0C5), ("C", 0xB2C1), ("D", 0xB4EE), ("E", 0xB6EA), ("F", 0xB7A2), ("G", 0xB8C1)),
    *(("H", 0xB9FE), ("J", 0xBBF7), ("K", 0xBFA6), ("L", 0xC0AC), ("M", 0xC2E8), ("N", 0xC4C3), ("O", 0xC5B6)),
    *(("P", 0xC5BE), ("Q", 0xC6DA), ("R", 0xC8BB), ("S", 0xC8F6), ("T", 0xCBFA), ("W", 0xCDDA), ("X", 0xCEF4)),
    *(("Y", 0xD1B9), ("Z", 0xD4D1)),
]
_LAST = 0xD7F9


def _place(name: str) -> tuple[bytes, str]:
    return _plain(name.casefold()).encode("gb18030", "replace"), name


def _plain(text: str) -> str:
    """Return a text without the marks over and under its letters."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))
