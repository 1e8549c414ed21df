"""What a week starts with: kinds, tag sets and the usual texts, that organisers then change as they like."""

import json
from pathlib import Path
from typing import Any

from eventweek.programme.rules.placeholders import fill

_FOLDER = Path(__file__).parent
PAGES = _FOLDER / "pages"


def preset_kinds() -> list[dict[str, Any]]:
    """Return the values of the 22 usual kinds of session."""
    kinds: list[dict[str, Any]] = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    return kinds


def preset_tag_sets() -> list[dict[str, Any]]:
    """Return the values of the usual tag sets, each with its `tags`: six industries, four economies, audiences."""
    sets: list[dict[str, Any]] = json.loads((_FOLDER / "tag_sets.json").read_text(encoding="utf-8"))
    return sets


def preset_page(code: str, facts: dict[str, dict[str, str]], folder: Path = PAGES) -> dict[str, Any]:
    """Return the usual text of a page as values, with the facts of each language (`zh`, `en`) filled in.

    What is not known is marked, so that somebody fills it in. `folder`: where the texts lie, `CODE.LANGUAGE.md`.
    """
    values: dict[str, Any] = {"code": code}
    for language, gap in (("zh", "【待填】"), ("en", "[to be filled in]")):
        own = {name: fact or gap for name, fact in facts[language].items()}
        text = fill((folder / f"{code}.{language}.md").read_text(encoding="utf-8"), own)
        title, _line, body = text.partition("\n")
        values |= {f"title_{language}": title.removeprefix("# "), f"text_{language}": body.strip()}
    return values
