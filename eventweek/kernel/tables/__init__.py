"""Tables in office files: workbooks and delimited text in, workbooks out. Every cell is text with its place."""

from eventweek.kernel.tables.cells import Fault, Sheet, cell_name, column_letters
from eventweek.kernel.tables.delimited import decoded, read_text
from eventweek.kernel.tables.package import is_office
from eventweek.kernel.tables.workbook import read_workbook
from eventweek.kernel.tables.writing import Column, Page, Row, write_workbook

__all__ = [
    "Column",
    "Fault",
    "Page",
    "Row",
    "Sheet",
    "cell_name",
    "column_letters",
    "decoded",
    "is_office",
    "read_tables",
    "read_workbook",
    "write_workbook",
]


def read_tables(content: bytes, name: str) -> list[Sheet]:
    """Return the sheets of a workbook, or of a delimited text that is one whatever it is called.

    Raises: Refusal table.… with the place (see `read_workbook` and `read_text`).
    """
    return read_workbook(content) if is_office(content) else [read_text(content, name)]
