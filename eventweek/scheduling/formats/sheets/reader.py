"""Sheets read: rows become entries of the document, and every path leads back to its cell (pure)."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import Sheet
from eventweek.programme.rules.documents import FORMAT, WITH_ID
from eventweek.programme.rules.values import Rows, Several, Type
from eventweek.scheduling.formats.reading import Context, Fault, Place, Reading
from eventweek.scheduling.formats.sheets.cells import Cells, Misread
from eventweek.scheduling.formats.sheets.columns import (
    FROM_KIND,
    IDENTITIES,
    KEY,
    MAIN,
    OF_PLACEMENT,
    OPEN_CHOICES,
    PLACED,
    SHEETS,
    columns_of,
    subject_of,
)
from eventweek.scheduling.formats.sheets.tongue import folded

SOURCE = "sheet"
COMMENT = "#"
PROBLEMS = "problems"
_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.?(\w+))?")


@dataclass
class _Line:
    """A row of the file: where it stands, its columns' heads and its texts, by field; `key` is its id in the source."""

    sheet: str
    number: int
    heads: Mapping[str, str]
    texts: Mapping[str, str]
    key: str = ""

    def place(self, path: str, name: str, lacking: str = "") -> Place:
        """Return the cell of a field, under the head `lacking` where it has no column; of no field the row's first."""
        if lacking and name not in self.heads:
            return Place(path, self.sheet, self.number, lacking, value="")
        own = name if name in self.heads else next(iter(self.heads), "")
        return Place(path, self.sheet, self.number, self.heads.get(own, ""), value=self.texts.get(own, ""))


def read_sheets(sheets: Iterable[Sheet], context: Context) -> Reading:
    """Return the document of these sheets.

    Raises: Refusal sheet.none where no sheet is one of ours.
    """
    run = _Reader(context)
    for sheet in sheets:
        run.take(sheet)
    if not run.lines and not run.faults:
        raise Refusal("sheet.none")
    return Reading("xlsx", run.document(), run.locate, tuple(run.faults))


class _Reader:
    """One run through the sheets of a file."""

    def __init__(self, context: Context) -> None:
        self.context, self.names = context, context.names
        self.cells = Cells(context.tongues, context.names, context.tongue)
        self.lines: dict[str, list[_Line]] = {}
        self.placed: list[_Line] = []
        self.faults: list[Fault] = []

    def take(self, sheet: Sheet) -> None:
        """Take in the rows of a sheet; those that begin with # are left alone, and so is such a sheet."""
        rows = [(n, row) for n, row in sheet.rows if not row[0].startswith(COMMENT)]
        if sheet.name.startswith(COMMENT) or not rows:
            return
        (at, heads), body = rows[0], rows[1:]
        section = self._named(sheet.name, heads) or self._guess(heads)
        if not section:
            if body:
                self.faults.append(Fault(Place("", sheet.name, at), "sheet.unknown", {"sheet": sheet.name}))
            return
        columns = self._columns(section, sheet.name, at, heads)
        self._distrust(sheet, {n for n, _row in body}, heads)
        lines = self.lines.setdefault(section, [])
        by_field = {name: heads[n] for n, name in columns.items()}
        for number, row in body:
            texts = {name: row[n] if n < len(row) else "" for n, name in columns.items()}
            if any(texts.values()):
                lines.append(_Line(sheet.name, number, by_field, texts))

    def document(self) -> dict[str, Any]:
        """Return the document: keys and names first, because any row may refer to any other."""
        document: dict[str, Any] = {"format": FORMAT, "source": SOURCE}
        for section in SHEETS:
            self._name(section, self.lines.get(section, []))
        if self.context.week:
            document["week"] = {"code": self.context.week}
        for section, lines in self.lines.items():
            entries = [self._entry(section, line) for line in lines]
            if section != "week":
                document[section] = entries
            elif entries:
                document["week"] = self._week(entries)
        places = [self._placement(line) for line in self.lines.get("sessions", [])]
        if any(places):
            document["placements"] = [place for place in places if place]
        return document

    def locate(self, path: str) -> Place:
        """Return the cell that a path of the document came from."""
        found = _PATH.match(path)
        section, number, name = found.groups() if found else ("", None, None)
        lines = self.placed if section == "placements" else self.lines.get(section or "", [])
        if int(number or 0) >= len(lines):
            return Place(path)
        if section == "placements":
            name = OF_PLACEMENT.get(name or "", "placed_day")
        lacking = self.context.tongue.head("sessions" if section == "placements" else section or "", name or "")
        return lines[int(number or 0)].place(path, name or "", lacking)

    def _named(self, name: str, heads: list[str]) -> str:
        """Return the section that a sheet is called after, if at least one of its heads belongs there."""
        section = self.context.tongues.section(name, SHEETS)
        known = self.context.tongues.columns(section, columns_of(section)) if section else {}
        return section if any(folded(head) in known for head in heads) else ""

    def _guess(self, heads: list[str]) -> str:
        """Return the section to which most heads belong, at least two; empty where none does."""
        counts = {
            section: len(
                {folded(head) for head in heads} & set(self.context.tongues.columns(section, columns_of(section)))
            )
            for section in (*MAIN, *(own for own in SHEETS if own not in MAIN))
        }
        best = max(counts, key=lambda section: counts[section])
        return best if counts[best] >= 2 else ""

    def _columns(self, section: str, sheet: str, row: int, heads: list[str]) -> dict[int, str]:
        known = self.context.tongues.columns(section, [*columns_of(section), PROBLEMS])
        columns: dict[int, str] = {}
        for n, head in enumerate(heads):
            name = known.get(folded(head))
            if not head or name == PROBLEMS:
                continue
            if name is None or name in columns.values():
                code = "field.unknown" if name is None else "list.twice"
                self.faults.append(Fault(Place("", sheet, row, head, value=head), code, {"name": head, "value": head}))
                continue
            columns[n] = name
        return columns

    def _distrust(self, sheet: Sheet, rows: set[int], heads: list[str]) -> None:
        texts = dict(sheet.rows)
        for fault in sheet.faults:
            head = heads[fault.column - 1] if 0 < fault.column <= len(heads) else ""
            row = texts.get(fault.row, [])
            value = row[fault.column - 1] if fault.column <= len(row) else ""
            if fault.row in rows and head:
                self.faults.append(Fault(Place("", sheet.name, fault.row, head, value=value), fault.code, fault.facts))

    def _name(self, section: str, lines: list[_Line]) -> None:
        subject, seen = subject_of(section).name, Counter[tuple[str, ...]]()
        for line in lines:
            if section in WITH_ID:
                line.key = line.texts.get(KEY, "").removeprefix(f"{SOURCE}:") or self._derived(section, line, seen)
            reference = line.key or line.texts.get("code", "")
            if section == "tags":
                reference = f"{(self.names.find('tag_set', line.texts.get('set', '')) or [''])[0]}:{reference}"
            names = [
                line.texts.get(f"{stem}_{t}", "") for stem in ("title", "name", "short_name") for t in ("zh", "en")
            ]
            if section == "rooms":
                venue = (self.names.find("venue", line.texts.get("venue", "")) or [""])[0]
                names = [self.names.within(venue, one) for one in names[2:4]] + names
            if reference and subject not in ("week", "holiday", "travel_time"):
                self.names.add(subject, reference, names)

    def _derived(self, section: str, line: _Line, seen: Counter[tuple[str, ...]]) -> str:
        """Return the key of a row that has none: that of the row with the same identity, else one made of it."""
        own = tuple(line.texts.get(name, "") for name in IDENTITIES[section])
        if section == "rooms":
            own = ((self.names.find("venue", own[0]) or [own[0]])[0], *own[1:])
        seen[own] += 1
        if section != "sessions" and (section, own) in self.names.identities:
            return self.names.identities[section, own]
        text = "\n".join((section, *own, str(seen[own])))
        return f"auto-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"

    def _entry(self, section: str, line: _Line) -> dict[str, Any]:
        entry: dict[str, Any] = {KEY: line.key} if section in WITH_ID else {}
        for name, type_ in columns_of(section).items():
            if name not in line.texts or name in PLACED or name == KEY:
                continue
            text = line.texts[name]
            if not text:
                if name not in (*FROM_KIND, "uid"):
                    entry[name] = _empty(type_)
                continue
            try:
                entry[name] = self.cells.read(type_, text, OPEN_CHOICES.get((section, name), ""))
            except Misread as misread:
                self.faults.append(Fault(line.place("", name), misread.code, misread.facts))
            else:
                self._miss(line, type_, name, entry[name], self.context.tongue.notes.get(f"{section}.{name}", ""))
        return entry

    def _miss(self, line: _Line, type_: Type, name: str, value: Any, how: str) -> None:
        """Say how a list is written where one of its entries lacks a part, such as the role behind a name."""
        if how and isinstance(type_, Rows) and isinstance(value, list) and any(_lacks(type_, row) for row in value):
            self.faults.append(Fault(line.place("", name), "sheet.lacks", {"how": how}))

    def _week(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        week, lines = entries[0], self.lines["week"]
        if len(lines) > 1:
            self.faults.append(Fault(lines[1].place("", "code"), "sheet.one_week"))
        if self.context.week and week.get("code") != self.context.week:
            self.faults.append(Fault(lines[0].place("", "code"), "sheet.other_week", {"week": self.context.week}))
        return week

    def _placement(self, line: _Line) -> dict[str, Any] | None:
        own = {name: line.texts.get(name, "") for name in ("placed_day", "placed_at", "placed_room")}
        if not any(own.values()):
            return None
        missing = [name for name, text in own.items() if not text]
        if missing:
            self.faults.append(Fault(line.place("", missing[0]), "sheet.half_placed"))
            return None
        told: dict[str, Any] = {}
        for name, type_ in PLACED.items():
            try:
                told[name] = self.cells.read(type_, line.texts.get(name, "") or "否")
            except Misread as misread:
                self.faults.append(Fault(line.place("", name), misread.code, misread.facts))
        self.placed.append(line)
        start = f"{told.get('placed_day')}T{told.get('placed_at')}"
        pins: dict[str, Any] = {n: told[n] for n in ("pin_time", "pin_room") if n in line.heads and n in told}
        return {"session": line.key, "start": start, "room": told.get("placed_room"), **pins}


def _lacks(type_: Rows, row: object) -> bool:
    return isinstance(row, dict) and any(
        own.required and row.get(name) in (None, "") for name, own in type_.fields.items()
    )


def _empty(type_: Type) -> Any:
    """Return what an empty cell means: the field's default, as the document holds it."""
    if isinstance(type_, Several | Rows):
        return []
    return str(type_.default) if isinstance(type_.default, str) else type_.default
