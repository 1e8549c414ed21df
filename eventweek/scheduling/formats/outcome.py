"""What an import told, as plain JSON: counts, rows with their places, problems with their places (pure)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from eventweek.imports.outcome import Outcome, kept, plain
from eventweek.kernel.db import Bilingual
from eventweek.scheduling.formats.reading import Place, Reading

MOST = 500
_NAMES = ("title_zh", "title_en", "name_zh", "name_en", "code", "day", "session")


class Told(Protocol):
    """A report of the import, as far as it is told here."""

    counts: Counter[tuple[str, str]]
    rows: list[Any]
    problems: list[Any]
    cancelled: list[Bilingual]


def outcome_of(reading: Reading, report: Told) -> Outcome:
    """Return what the page of an import shows; of long lists the first 500."""
    problems = list_problems(reading, report)
    return {
        "format": reading.format,
        "counts": [[section, status, n] for (section, status), n in report.counts.items() if n],
        "rows": [_row(reading, taken) for taken in report.rows[:MOST]],
        "taken": len(report.rows) + len(report.cancelled),
        "cancelled": [plain(title) for title in report.cancelled[:MOST]],
        "notes": [[code, kept(facts)] for code, facts in reading.notes],
        "problems": problems[:MOST],
        "wrong": len(problems),
    }


def list_problems(reading: Reading, report: Told) -> list[dict[str, Any]]:
    """Return everything that is wrong, in the order of the file; a cell that cannot be read is told once."""
    told = [_problem(fault.place, "", fault.code, fault.facts) for fault in reading.faults]
    seen = {(p["sheet"], p["row"], p["column"]) for p in told if p["row"]}
    for problem in report.problems:
        own = _problem(reading.locate(problem.path), problem.value, problem.code, problem.facts)
        if (own["sheet"], own["row"], own["column"]) not in seen:
            told.append(own)
    return sorted(told, key=lambda p: (p["sheet"], p["row"], p["line"]))


def _row(reading: Reading, taken: Any) -> dict[str, Any]:
    place = reading.locate(taken.path)
    section, _bracket, rest = taken.path.partition("[")
    entry = reading.document.get(section, {})
    entry = entry[int(rest.rstrip("]"))] if rest and isinstance(entry, list) else entry
    named = entry | entry.get("new", {})
    title = next((str(named[name]) for name in _NAMES if named.get(name)), "")
    return {
        "section": section,
        "status": taken.status,
        "title": title[:120],
        "row": place.row,
        "fields": list(taken.fields),
    }


def _problem(place: Place, value: str, code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "line": place.line,
        "path": place.path,
        "value": (value if place.value is None else place.value)[:120],
        "code": code,
        "facts": kept(facts),
    }
