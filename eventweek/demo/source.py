"""Read the files of the demo week."""

import csv
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("jilin")
"""The files that were given; what the demo tells beside them stands outside."""
PAGES = Path(__file__).with_name("pages")
SOURCE = "demo"
Row = dict[str, Any]
Rows = list[Row]


def read(name: str) -> Any:
    """Return the content of a JSON file of the demo."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_notices() -> Rows:
    """Return the notices of the demo, with the local times at which they are published."""
    notices: Rows = json.loads(Path(__file__).with_name("notices.json").read_text(encoding="utf-8"))
    return notices


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the demo."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
