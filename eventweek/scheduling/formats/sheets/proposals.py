"""The sheet of proposals: an empty one to fill in, and one that was filled, row by row (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import Column, Page, Row, Sheet
from eventweek.programme.rules.subjects import PROPOSAL
from eventweek.programme.rules.values import Choice, Prose, Ref, Rows, Several, Type
from eventweek.scheduling.formats.sheets.cells import Cells, Misread, choice_of
from eventweek.scheduling.formats.sheets.reader import COMMENT, PROBLEMS
from eventweek.scheduling.formats.sheets.tongue import folded

SECTION = "proposals"
COLUMNS = (
    *("title_zh", "kind", "city", "expected", "duration_min", "abstract_zh", "days", "earliest", "latest_end"),
    *("venues", "features", "people", "contact_name", "contact_phone", "contact_email", "language"),
    *("text_zh", "title_en", "abstract_en", "text_en", "remark"),
)
MOST_ROWS = 300


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: the head of its column, the text that stands there, the code of the sentence."""

    column: str
    value: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Filled:
    """One row that was filled in: where it stands, what it says, and what of it cannot be read."""

    sheet: str
    number: int
    heads: Mapping[str, str]
    texts: Mapping[str, str]
    values: dict[str, Any]
    wrong: list[Wrong]

    def at(self, path: str, code: str, facts: Mapping[str, Any]) -> Wrong:
        """Return a fault at the cell of a field, `days.0` being in that of `days`."""
        name = path.partition(".")[0]
        return Wrong(self.heads.get(name, ""), self.texts.get(name, ""), code, facts)


def empty_page(cells: Cells, choices: Mapping[str, Sequence[str]], sample: Mapping[str, str]) -> Page:
    """Return the sheet to fill in: heads, a row of notes, a grey sample; both rows begin with # and are no data."""
    tongue = cells.tongue
    notes = [tongue.notes.get(_note(name), "") for name in COLUMNS]
    told = [sample.get(name, "") for name in COLUMNS]
    notes[0], told[0] = f"{COMMENT} {notes[0]}", f"{COMMENT} {told[0]}"
    heads = [
        Column(tongue.head(SECTION, name), _width(PROPOSAL.fields[name]), *_offered(name, cells, choices))
        for name in COLUMNS
    ]
    return Page(tongue.sheets.get(SECTION, SECTION), heads, [Row(notes, "note"), Row(told, "sample")])


def read_proposals(sheets: Iterable[Sheet], cells: Cells) -> list[Filled]:
    """Return the filled rows of the first sheet that has our heads; rows that begin with # are left alone.

    Raises: Refusal sheet.none, import.empty, table.too_many_rows.
    """
    known = cells.tongues.columns(SECTION, [*COLUMNS, PROBLEMS])
    for sheet in sheets:
        rows = [(n, row) for n, row in sheet.rows if not row[0].startswith(COMMENT)]
        heads = [known.get(folded(head), "") for head in rows[0][1]] if rows else []
        if len({head for head in heads if head}) < 2:
            continue
        found = [_filled(sheet, number, row, rows[0][1], heads, cells) for number, row in rows[1:]]
        filled = [row for row in found if any(row.texts.values())]
        if not filled:
            raise Refusal("import.empty")
        if len(filled) > MOST_ROWS:
            raise Refusal("sheet.too_many", most=MOST_ROWS)
        return filled
    raise Refusal("sheet.none")


def _filled(
    sheet: Sheet, number: int, row: Sequence[str], titles: Sequence[str], heads: Sequence[str], cells: Cells
) -> Filled:
    texts, called = {}, {}
    for n, name in enumerate(heads):
        if name and name != PROBLEMS and name not in texts:
            texts[name], called[name] = (row[n] if n < len(row) else ""), titles[n]
    own = Filled(sheet.name, number, called, texts, {}, [])
    distrusted = {fault.column: fault for fault in sheet.faults if fault.row == number}
    for n, name in enumerate(heads):
        fault = distrusted.get(n + 1)
        if fault and name in texts:
            own.wrong.append(own.at(name, fault.code, fault.facts))
    for name, text in texts.items():
        if not text:
            continue
        try:
            own.values[name] = cells.read(PROPOSAL.fields[name], text)
        except Misread as misread:
            own.wrong.append(own.at(name, misread.code, misread.facts))
    return own


def _note(name: str) -> str:
    type_ = PROPOSAL.fields[name]
    if isinstance(type_, Rows):
        return f"{SECTION}.{name}"
    return "several" if isinstance(type_, Several) else type(type_).__name__.lower()


def _width(type_: Type) -> int:
    return 30 if isinstance(type_, Prose | Rows | Several) else 16


def _offered(name: str, cells: Cells, choices: Mapping[str, Sequence[str]]) -> tuple[Sequence[str], bool]:
    type_ = PROPOSAL.fields[name]
    if isinstance(type_, Ref):
        return choices.get(type_.subject, ()), False
    return tuple(cells.tongue.choices.get(choice_of(type_), {}).values()), isinstance(type_, Choice)
