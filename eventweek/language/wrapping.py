"""Where a Chinese title may break: between words of `words.txt`, never inside one (design page, Type)."""

from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
WORDS = sorted(_LIST.split(), key=len, reverse=True)


@lru_cache(maxsize=4096)
def pieces_of(text: str) -> tuple[str, ...]:
    """Return a text in the pieces between which a line may end, with a word joiner before a middle dot."""
    pieces: list[str] = []
    known = True
    at = 0
    while at < len(text):
        word = next((word for word in WORDS if text.startswith(word, at)), None)
        if word:
            pieces.append(word)
        elif known or not pieces:
            pieces.append(text[at])
        else:
            pieces[-1] += text[at]
        known = word is not None
        at += len(word or " ")
    return tuple(_joined(pieces))


def _joined(pieces: list[str]) -> list[str]:
    """Keep closing marks with the word before them."""
    result: list[str] = []
    for piece in pieces:
        if result and piece[0] in "·、，。；：）》」』”！？ ":
            result[-1] += ("\u2060" if piece[0] == "·" else "") + piece
        elif result and result[-1][-1] in "（《「『“":
            result[-1] += piece
        else:
            result.append(piece)
    return result
