"""Workbooks and delimited texts are read as text, cell by cell, and whatever is hostile or lost is named."""

import csv
import io
import random
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import Column, Page, Row, cell_name, read_tables, write_workbook
from eventweek.kernel.tables.cells import Distrusted, guarded, text_of
from eventweek.kernel.tables.package import LARGEST_UNPACKED
from eventweek.language import CATALOGUE
from tests.kernel.tables.files import row, workbook

BOOK = workbook(row(1, "编号", "标题") + row(3, "a", "　论坛　"))


def refused(content: bytes, name: str = "week.xlsx") -> tuple[str, dict[str, object]]:
    with pytest.raises(Refusal) as caught:
        read_tables(content, name)
    assert caught.value.code in CATALOGUE
    return caught.value.code, caught.value.facts


def faults(content: bytes, name: str = "week.xlsx") -> list[tuple[str, str]]:
    (sheet,) = read_tables(content, name)
    assert all(fault.code in CATALOGUE for fault in sheet.faults)
    return [(cell_name(fault.row, fault.column), fault.code) for fault in sheet.faults]


def test_rows_keep_their_numbers_and_full_width_spaces_are_trimmed() -> None:
    (sheet,) = read_tables(BOOK, "")
    assert (sheet.name, sheet.faults) == ("场次", [])
    assert sheet.rows == [(1, ["编号", "标题"]), (3, ["a", "论坛"])]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (13800138000.0, "13800138000"),
        (0.5, "0.5"),
        (-3.0, "-3"),
        (True, "TRUE"),
        (date(2026, 10, 15), "2026-10-15"),
        (datetime(2026, 10, 15, 9, 29, 59, 999_999), "2026-10-15 09:30"),
        (time(9, 30), "09:30"),
        (timedelta(hours=24), "24:00"),
        ("　a\r\nb ", "a\nb"),
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_a_cell_is_told_in_one_spelling(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("value", [1e15, 220106199001011234.0, "2.20106E+17", "1.38E+10", float("inf")])
def test_a_long_number_that_has_lost_digits_is_not_trusted(value: object) -> None:
    with pytest.raises(Distrusted):
        text_of(value)


@given(st.text(alphabet=st.sampled_from("'=+-@\ta1中_x000D"), max_size=12))
def test_a_text_comes_back_from_a_workbook_as_it_was(text: str) -> None:
    content = write_workbook([Page("场次", [Column("编号")], [Row([text]), Row(["end"])])])
    (sheet,) = read_tables(content, "")
    wanted = [text.strip()] if text.strip() else []
    assert [cells[0] for _n, cells in sheet.rows] == ["编号", *wanted, "end"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_nothing_that_is_written_can_start_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_a_text_too_long_for_a_cell_is_refused_by_name_and_control_characters_are_left_out() -> None:
    with pytest.raises(Refusal, match="table.too_long") as caught:
        write_workbook([Page("场次", [Column("介绍")], [Row(["x" * 32_768])])])
    assert caught.value.facts == {"sheet": "场次", "cell": "A2", "longest": 32_767}
    (sheet,) = read_tables(write_workbook([Page("场次", [Column("介绍")], [Row(["a\0\x1b\ud800b"])])]), "")
    assert sheet.rows[1] == (2, ["ab"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("name", ["场次.csv", "场次.xlsx"])
def test_delimited_text_is_read_whatever_its_encoding_and_its_name(encoding: str, delimiter: str, name: str) -> None:
    store = io.StringIO()
    csv.writer(store, delimiter=delimiter).writerows([["编号", "标题"], [], ["a", "论坛，\n上午"]])
    (sheet,) = read_tables(store.getvalue().encode(encoding), name)
    assert (sheet.name, sheet.rows) == ("场次", [(1, ["编号", "标题"]), (3, ["a", "论坛，\n上午"])])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'a,"b\nc', "table.text_broken"),
        (b"\xff\xfe\x00", "table.encoding"),
        (b"\x81", "table.encoding"),
        (b"a\0b,c,d,e,f", "table.not_text"),
        (b"a\n" * 20_001, "table.too_many_rows"),
    ],
)
def test_a_text_that_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert refused(content, "a.csv")[0] == code


def test_a_long_number_in_a_text_is_named_by_its_cell() -> None:
    assert faults("编号,电话\na,1.38E+10\n".encode(), "a.csv") == [("B2", "table.scientific")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="B2"><f>A1&amp;"x"</f></c>', "table.no_value"),
        ('<c r="B2"><f>1+1</f><v></v></c>', "table.no_value"),
        ('<c r="B2" t="str"><f t="shared" si="0"/><v/></c>', "table.no_value"),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "table.error_value"),
        ('<c r="B2"><v>220106199001011234</v></c>', "table.long_number"),
    ],
)
def test_a_cell_that_cannot_be_trusted_is_named(cell: str, code: str) -> None:
    assert faults(workbook(row(1, "编号") + row(2, "a", cell))) == [("B2", code)]


def test_a_formula_gives_the_value_that_was_last_computed() -> None:
    (sheet,) = read_tables(workbook(row(1, "编号") + row(2, '<c r="A2" t="str"><f>"x"</f><v>x</v></c>')), "")
    assert (sheet.rows[1], sheet.faults) == ((2, ["x"]), [])


def test_merged_cells_are_named() -> None:
    merged = workbook(row(1, "编号") + row(2, "a"), after='<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>')
    (sheet,) = read_tables(merged, "")
    assert [(f.row, f.column, f.code, f.facts) for f in sheet.faults] == [(2, 1, "table.merged", {"cells": "A2:B3"})]


def test_every_row_formatted_to_the_end_is_read_as_the_rows_that_hold_something() -> None:
    styled = "".join(f'<row r="{n}" s="0" customFormat="1"><c r="A{n}" s="0"/></row>' for n in range(2, 1_048_577))
    (sheet,) = read_tables(workbook(row(1, "编号") + styled), "")
    assert sheet.rows == [(1, ["编号"])]


def test_one_cell_far_below_is_named_instead_of_a_gigabyte_of_nothing() -> None:
    content = workbook(row(1, "编号") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert refused(content) == ("table.far_cell", {"sheet": "场次", "cell": "XFD1048576"})


def test_more_rows_than_an_import_takes_are_refused_by_sheet() -> None:
    content = workbook("".join(row(n, "a") for n in range(1, 20_003)))
    assert refused(content) == ("table.too_many_rows", {"sheet": "场次", "longest": 20_000})


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    zeros = b"\0" * (LARGEST_UNPACKED + 1)
    assert refused(workbook(row(1, "a"), more={"xl/worksheets/sheet2.xml": zeros}))[0] == "table.unpacked"
    many = {f"xl/media/{n}.png": b"" for n in range(2_001)}
    assert refused(workbook(row(1, "a"), more=many))[0] == "table.unpacked"
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert refused(workbook(row(1, "a"), prolog=laughs)) == (
        "table.entities",
        {"part": "xl/worksheets/sheet1.xml"},
    )


def test_a_size_that_lies_is_found_out() -> None:
    content = workbook(row(1, "编号") + row(2, "a" * 5_000))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    told = size.to_bytes(4, "little")
    assert refused(content.replace(told, (1).to_bytes(4, "little")))[0] == "table.broken"
    assert refused(content.replace(told, (LARGEST_UNPACKED + 1).to_bytes(4, "little")))[0] == "table.unpacked"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook("", more={"xl/vbaProject.bin": b"x"}), "table.macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "table.old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "table.encrypted"),
        (b"PK\x03\x04", "table.broken"),
    ],
)
def test_other_kinds_of_workbook_are_refused_with_their_cure(content: bytes, code: str) -> None:
    assert refused(content)[0] == code


def test_another_zip_is_no_workbook() -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as package:
        package.writestr("word/document.xml", b"<a/>")
    assert refused(store.getvalue())[0] == "table.other_office"


def test_a_workbook_that_is_cut_anywhere_is_refused() -> None:
    draw = random.Random(3)
    for _n in range(60):
        assert refused(BOOK[: draw.randrange(4, len(BOOK))])[0] == "table.broken"


def test_damaged_bytes_are_refused_or_harmless() -> None:
    draw = random.Random(4)
    for _n in range(200):
        wrong = bytearray(BOOK)
        for _m in range(draw.randrange(1, 6)):
            wrong[draw.randrange(len(wrong))] = draw.randrange(256)
        try:
            read_tables(bytes(wrong), "week.xlsx")
        except Refusal as refusal:
            assert refusal.code.startswith("table.")


def test_days_as_excel_keeps_them_are_read_as_days() -> None:
    store = io.BytesIO()
    with xlsxwriter.Workbook(store, {"in_memory": True}) as book:
        sheet = book.add_worksheet("场次")
        style = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        sheet.write_datetime(0, 1, datetime(2026, 10, 15), style)
        sheet.write_datetime(1, 1, datetime(2026, 10, 15, 9, 30), book.add_format({"num_format": "yyyy/m/d hh:mm"}))
        sheet.write_number(2, 1, 9.5 / 24, book.add_format({"num_format": "h:mm"}))
    (read,) = read_tables(store.getvalue(), "")
    assert read.rows == [(1, ["", "2026-10-15"]), (2, ["", "2026-10-15 09:30"]), (3, ["", "09:30"])]
