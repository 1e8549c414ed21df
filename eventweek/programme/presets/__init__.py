"""What a first week starts with: kinds and tag sets that organisers then change as they like."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def preset_kinds() -> list[dict[str, Any]]:
    """Return the values of the 22 usual kinds of session."""
    kinds: list[dict[str, Any]] = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    return kinds


def preset_tag_sets() -> list[dict[str, Any]]:
    """Return the values of the usual tag sets, each with its `tags`: six industries, four economies, audiences."""
    sets: list[dict[str, Any]] = json.loads((_FOLDER / "tag_sets.json").read_text(encoding="utf-8"))
    return sets
