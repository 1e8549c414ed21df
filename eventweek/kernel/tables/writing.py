"""Workbooks written: text stays text, choices drop down, nothing becomes a formula or a link."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import cell_name, guarded

LONGEST_CELL = 32_767
CHOOSABLE_ROWS = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_STYLES: Mapping[str, dict[str, Any]] = {
    "": {"num_format": "@", "valign": "top"},
    "head": {"bold": True, "bg_color": "#E7ECE9", "bottom": 1, "num_format": "@", "valign": "top"},
    "note": {"italic": True, "font_color": "#5B6660", "text_wrap": True, "num_format": "@", "valign": "top"},
    "sample": {"font_color": "#8A938E", "num_format": "@", "valign": "top"},
    "wrong": {"bg_color": "#FBE9E4", "num_format": "@", "valign": "top"},
}
"""The text format keeps long numbers, telephone numbers and days as they were typed."""


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, and what may be chosen (`only`: nothing else may be typed)."""

    head: str
    width: int = 14
    choices: Sequence[str] = ()
    only: bool = True


@dataclass(frozen=True)
class Row:
    """The cells of a row; `style` is one of head, note, sample, wrong, or nothing."""

    cells: Sequence[str | int | float | None]
    style: str = ""


@dataclass(frozen=True)
class Page:
    """One sheet: its name, its columns, and its rows below the heads."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row] = ()


def write_workbook(pages: Sequence[Page], *, lists: str = "#lists") -> bytes:
    """Return an .xlsx of these sheets; what columns offer to choose stands in a hidden sheet called `lists`.

    Raises: Refusal table.too_long with `sheet`, `cell` and `longest`.
    """
    store = io.BytesIO()
    off = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(store, off) as book:
        styles = {name: book.add_format(style) for name, style in _STYLES.items()}
        chosen: dict[tuple[str, ...], str] = {}
        for page in pages:
            sheet = book.add_worksheet(_SHEET_NAME.sub(" ", page.name)[:31])
            _fill(sheet, page, styles)
            _offer(sheet, page, chosen, lists)
        if chosen:
            _list(book.add_worksheet(lists), chosen)
    return store.getvalue()


def _fill(sheet: Any, page: Page, styles: Mapping[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    for column, own in enumerate(page.columns):
        sheet.set_column(column, column, own.width, styles[""])
    heads = Row([own.head for own in page.columns], "head")
    for number, row in enumerate((heads, *page.rows)):
        for column, value in enumerate(row.cells):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(number, column, _text(page, number, column, value), styles[row.style])
            else:
                sheet.write_number(number, column, value, styles[row.style])


def _text(page: Page, row: int, column: int, value: str) -> str:
    text = guarded(_CONTROL.sub("", value).strip())
    if len(text) > LONGEST_CELL:
        raise Refusal("table.too_long", sheet=page.name, cell=cell_name(row + 1, column + 1), longest=LONGEST_CELL)
    return text


def _offer(sheet: Any, page: Page, chosen: dict[tuple[str, ...], str], lists: str) -> None:
    """Let the columns drop down; columns with the same choices share one list."""
    for column, own in enumerate(page.columns):
        if not own.choices:
            continue
        key = tuple(own.choices)
        letters = cell_name(1, len(chosen) + 1)[:-1]
        source = chosen.setdefault(key, f"='{lists}'!${letters}$1:${letters}${len(key)}")
        kind = "stop" if own.only else "information"
        options = {"validate": "list", "source": source, "error_type": kind, "show_error": own.only}
        sheet.data_validation(1, column, CHOOSABLE_ROWS, column, options)


def _list(sheet: Any, chosen: Mapping[tuple[str, ...], str]) -> None:
    for column, words in enumerate(chosen):
        for row, word in enumerate(words):
            sheet.write_string(row, column, guarded(word))
    sheet.hide()
