"""Sheets written: the template, a week or parts of it, and a file's own rows beside what is wrong with them (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventweek.kernel.tables import Column, Page, Row, Sheet
from eventweek.programme.rules.values import Choice, Flag, Prose, Ref, Rows, Several, Type
from eventweek.scheduling.formats.sheets.cells import Cells, choice_of
from eventweek.scheduling.formats.sheets.columns import KEY, OF_PLACEMENT, OPEN_CHOICES, SHEETS, columns_of, subject_of
from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.formats.sheets.reader import COMMENT

_SPARE = ("uid", "pin_time", "pin_room", "fixed_start", "fixed_room", "named_in_source", "fictitious", "source_key")
"""Left out of the template: nobody types these."""


@dataclass(frozen=True)
class Wanted:
    """Which sheets and which of their columns (none named: all); `choices`: names to choose from, by subject."""

    sections: Sequence[str] = SHEETS
    columns: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def names_of(document: Mapping[str, Any]) -> Names:
    """Return what the rows of a document are called; sessions are named by their ids, because titles repeat."""
    names = Names()
    for section in SHEETS:
        entries = document.get(section, []) if section not in ("week", "sessions") else []
        for entry in entries:
            reference = f"{entry['set']}:{entry['code']}" if section == "tags" else entry.get(KEY) or entry.get("code")
            own = [entry.get("name_zh", ""), entry.get("name_en", "")]
            if section == "rooms":
                own = [names.within(entry["venue"], name) for name in own] + own
            if reference:
                names.add(subject_of(section).name, reference, own)
    return names


def document_pages(document: Mapping[str, Any], cells: Cells, wanted: Wanted) -> list[Page]:
    """Return the sheets of a document; a sheet without rows is left out unless it was asked for by name."""
    pages = []
    for section in wanted.sections:
        given = document.get(section, [])
        entries = [given] if isinstance(given, Mapping) else given
        if section == "sessions":
            entries = _with_places(entries, document.get("placements", []))
        if entries or wanted.sections is not SHEETS:
            names = [name for name in columns_of(section) if _is_wanted(name, wanted)]
            rows = [Row([_cell(section, name, entry, cells) for name in names]) for entry in entries]
            pages.append(Page(cells.tongue.sheets.get(section, section), _heads(section, names, cells, wanted), rows))
    return pages


def template_pages(cells: Cells, wanted: Wanted, samples: Mapping[str, Mapping[str, str]]) -> list[Page]:
    """Return empty sheets to fill in: heads, a row of notes, a grey sample; both rows begin with # and are no data."""
    pages = []
    for section in wanted.sections:
        names = [name for name in columns_of(section) if name not in _SPARE and _is_wanted(name, wanted)]
        notes, sample = [cells.tongue.notes.get(_note(section, n), "") for n in names], samples.get(section, {})
        told = [sample.get(name, "") for name in names]
        notes[0], told[0] = f"{COMMENT} {notes[0]}", f"{COMMENT} {told[0]}"
        rows = [Row(notes, "note"), Row(told, "sample")]
        pages.append(Page(cells.tongue.sheets.get(section, section), _heads(section, names, cells, wanted), rows))
    return pages


def problem_pages(sheets: Iterable[Sheet], wrong: Mapping[tuple[str, int], Sequence[str]], head: str) -> list[Page]:
    """Return the sheets of a file as they came, with what is wrong in each row in a column of its own."""
    pages = []
    for sheet in sheets:
        rows = list(sheet.rows)
        if not rows or sheet.name.startswith(COMMENT):
            continue
        width = max(len(row) for _n, row in rows)
        first = next((n for n, row in rows if not row[0].startswith(COMMENT)), 0)
        heads = dict(rows).get(first, [])
        told = []
        for number, row in rows:
            if number == first:
                continue
            said = "\n".join(wrong.get((sheet.name, number), ()))
            comment = row[0][:1] if row[0].startswith(COMMENT) else ""
            told.append(Row([said or comment, *row], "wrong" if said else ""))
        columns = [Column(head, 50), *(Column(text) for text in [*heads, *[""] * (width - len(heads))])]
        pages.append(Page(sheet.name, columns, told))
    return pages


def _is_wanted(name: str, wanted: Wanted) -> bool:
    return not wanted.columns or name == KEY or name in wanted.columns


def _note(section: str, name: str) -> str:
    """Return under which name the note of a column is kept."""
    type_ = columns_of(section)[name]
    if name == KEY:
        return KEY
    if isinstance(type_, Rows):
        return f"{section}.{name}"
    return "several" if isinstance(type_, Several) else type(type_).__name__.lower()


def _heads(section: str, names: Sequence[str], cells: Cells, wanted: Wanted) -> list[Column]:
    own = columns_of(section)
    return [
        Column(cells.tongue.head(section, name), _width(own[name]), *_choices(section, name, own[name], cells, wanted))
        for name in names
    ]


def _choices(section: str, name: str, type_: Type, cells: Cells, wanted: Wanted) -> tuple[Sequence[str], bool]:
    if isinstance(type_, Ref):
        return wanted.choices.get(type_.subject, ()), False
    if isinstance(type_, Flag):
        return tuple(cells.tongue.choices.get("flag", {}).values()), True
    choice = OPEN_CHOICES.get((section, name), choice_of(type_))
    return tuple(cells.tongue.choices.get(choice, {}).values()), isinstance(type_, Choice)


def _width(type_: Type) -> int:
    return 30 if isinstance(type_, Prose | Rows) else 16


def _cell(section: str, name: str, entry: Mapping[str, Any], cells: Cells) -> str | int | float | None:
    value = entry.get(name)
    if value is None or value == [] or (value == "" and name != "permit_status"):
        return None
    return cells.write(columns_of(section)[name], value, OPEN_CHOICES.get((section, name), ""))


def _with_places(
    sessions: Iterable[Mapping[str, Any]], placements: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    places = {placement["session"]: placement for placement in placements}
    told = []
    for session in sessions:
        place = places.get(session[KEY], {})
        own = {column: place[name] for name, column in OF_PLACEMENT.items() if name in place}
        if place:
            own["placed_day"], _t, own["placed_at"] = place["start"].partition("T")
        told.append({**session, **own})
    return told
