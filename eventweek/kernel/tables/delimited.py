"""Delimited text: CSV as Excel and WPS write it, in UTF-8, UTF-16 or GB 18030, with commas, semicolons or tabs."""

import csv
import io
from pathlib import PurePath

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.cells import MOST_ROWS, Distrusted, Fault, Sheet, text_of

csv.field_size_limit(2**31 - 1)  # how long a text may be is for its field to say, with its cell


def read_text(content: bytes, name: str) -> Sheet:
    """Return the one sheet of a delimited text; it is called as the file without its ending.

    Raises: Refusal table.encoding, table.not_text, table.text_broken with `row`, table.too_many_rows.
    """
    text = decoded(content)
    if "\0" in text:
        raise Refusal("table.not_text")
    sheet = Sheet(PurePath(name).stem[:60])
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, row in enumerate(lines, start=1):
            cells = [_told(sheet, number, column, value) for column, value in enumerate(row, start=1)]
            if any(cells):
                sheet.rows.append((number, cells))
            if len(sheet.rows) > MOST_ROWS:
                raise Refusal("table.too_many_rows", sheet=sheet.name, longest=MOST_ROWS)
    except csv.Error:
        raise Refusal("table.text_broken", row=number + 1) from None
    return sheet


def decoded(content: bytes) -> str:
    """Return a text in the encoding that its first bytes name, else UTF-8, else GB 18030.

    Raises: Refusal table.encoding.
    """
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for mark, encoding in marks.items():
        if content.startswith(mark):
            return _strict(content, encoding)
    if content[1:40:2].count(0) > len(content[1:40:2]) // 2:
        return _strict(content, "utf-16-le")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "gb18030")


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("table.encoding") from None


def _delimiter(text: str) -> str:
    head = text.lstrip().partition("\n")[0]
    return max(",\t;", key=head.count)


def _told(sheet: Sheet, row: int, column: int, value: str) -> str:
    try:
        return text_of(value)
    except Distrusted as distrusted:
        sheet.faults.append(Fault(row, column, str(distrusted)))
        return value.strip()
