"""Workbooks read: the sheets of an .xlsx as text, with what no reader tells (formulas without value, far cells)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import MOST_ROWS, Distrusted, Fault, Sheet, cell_name, text_of
from eventweek.kernel.tables.package import Package, open_package

MOST_AREA = 4_000_000
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*[^/<>])>\s*<(?:\w+:)?(v|is|f)\b")
_AT = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\']')
_VALUELESS = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_WRONG = re.compile(rb'<(?:\w+:)?c\s([^<>]*\bt\s*=\s*["\']e["\'][^<>]*)>')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class _Scan:
    """What a part says of its cells before it is parsed: how far they reach, and the faults among them."""

    rows: int
    columns: int
    faults: list[Fault]


def read_workbook(content: bytes) -> list[Sheet]:
    """Return the sheets of an .xlsx in their order.

    Raises: Refusal as `open_package`, table.far_cell with `sheet` and `cell`, table.too_many_rows with `sheet`.
    """
    package = open_package(content)
    try:
        scans = {name: _scan(name, part) for name, part in _sheet_parts(package)}
        with CalamineWorkbook.from_filelike(package.packed) as book:
            return [_sheet(book.get_sheet_by_name(name), scans[name]) for name in book.sheet_names if name in scans]
    except (CalamineError, ElementTree.ParseError, KeyError, ValueError):
        raise Refusal("table.broken") from None


def _sheet_parts(package: Package) -> Iterator[tuple[str, bytes]]:
    relations = ElementTree.fromstring(package.parts["xl/_rels/workbook.xml.rels"])
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for node in ElementTree.fromstring(package.parts["xl/workbook.xml"]).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            target = targets[node.get(_RELATION) or node.get(_STRICT)].removeprefix("/xl/").removeprefix("/")
            if f"xl/{target}" in package.parts:
                yield node.get("name", ""), package.parts[f"xl/{target}"]


def _scan(name: str, part: bytes) -> _Scan:
    rows = columns = 0
    for match in _CELL.finditer(part):
        row, column = _at(match[1])
        rows, columns = max(rows, row), max(columns, column)
        if rows * columns > MOST_AREA:
            raise Refusal("table.far_cell", sheet=name, cell=cell_name(row, column))
    faults = [Fault(*_at(match[1]), "table.no_value") for match in _VALUELESS.finditer(part)]
    faults += [Fault(*_at(match[1]), "table.error_value") for match in _WRONG.finditer(part)]
    return _Scan(rows, columns, faults)


def _at(attributes: bytes) -> tuple[int, int]:
    found = _AT.search(attributes)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]), column


def _sheet(source: CalamineSheet, scan: _Scan) -> Sheet:
    sheet = Sheet(source.name, faults=list(scan.faults))
    for (top, left), (bottom, right) in source.merged_cell_ranges or []:
        cells = f"{cell_name(top + 1, left + 1)}:{cell_name(bottom + 1, right + 1)}"
        sheet.faults.append(Fault(top + 1, left + 1, "table.merged", {"cells": cells}))
    if scan.rows == 0:
        return sheet
    for number, row in enumerate(source.to_python(skip_empty_area=False), start=1):
        told = [_told(sheet, number, column, value) for column, value in enumerate(row, start=1)]
        if any(told):
            sheet.rows.append((number, told))
        if len(sheet.rows) > MOST_ROWS:
            raise Refusal("table.too_many_rows", sheet=sheet.name, longest=MOST_ROWS)
    return sheet


def _told(sheet: Sheet, row: int, column: int, value: object) -> str:
    try:
        return text_of(value)
    except Distrusted as distrusted:
        sheet.faults.append(Fault(row, column, str(distrusted)))
        return str(value)
