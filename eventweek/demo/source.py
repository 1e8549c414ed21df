"""Read the files of the demo week, and the values that each loader needs."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from eventweek.demo.shift import shifted_day
from eventweek.kernel.db import Bilingual

FOLDER = Path(__file__).with_name("jilin")
Row = dict[str, Any]
Rows = list[Row]


def read(name: str) -> Any:
    """Return the content of a JSON file of the demo."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def pair(row: Row, stem: str = "name") -> Bilingual:
    """Return `<stem>_zh` and `<stem>_en` as one text."""
    return Bilingual(row.get(f"{stem}_zh") or "", row.get(f"{stem}_en") or "")


def key(row: Row) -> str:
    """Return the source key of a row."""
    return f"demo:{row['id']}"


def moved(text: str, shift: timedelta) -> date:
    """Return a shifted day."""
    return date.fromisoformat(shifted_day(text, shift))
