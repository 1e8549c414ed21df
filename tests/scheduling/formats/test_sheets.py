"""A week as sheets: out and in again without loss; what people type is understood or named by its cell."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.language import CATALOGUE
from eventweek.language.sheets import tongue, tongues
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.rules.documents import FORMAT
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.formats import Context, Reading, read_any
from eventweek.scheduling.formats.outcome import list_problems
from eventweek.scheduling.formats.sheets.cells import Cells
from eventweek.scheduling.formats.sheets.columns import MAIN, SHEETS, columns_of
from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.formats.sheets.writer import Wanted, document_pages, names_of, template_pages
from eventweek.scheduling.queries.export import export_programme
from eventweek.scheduling.queries.names import list_names

SMALL: dict[str, Any] = {
    "format": FORMAT,
    "source": "sheet",
    "cities": [{"code": "220100", "name_zh": "长春市"}],
    "venues": [{"id": "hub", "name_zh": "双创中心", "city": "220100"}],
    "rooms": [{"id": "hall", "venue": "hub", "name_zh": "主会堂", "capacity": 300}],
    "people": [{"id": "wang", "name_zh": "王示例"}, {"id": "li", "name_zh": "李示例"}],
    "week": {"code": "w", "title_zh": "双创周", "first_day": "2027-04-12", "last_day": "2027-04-16"},
    "kinds": [{"code": "forum", "name_zh": "论坛", "family": "meet"}],
}
HEADS = ["编号", "标题", "类型", "人物", "日期", "开始", "房间", "全体活动", "预计人数"]


def book(*rows: list[str], heads: list[str] = HEADS, name: str = "场次") -> bytes:
    return write_workbook([Page(name, [Column(head) for head in heads], [Row(row) for row in rows])])


def read(content: bytes, names: Names | None = None, week: str = "w") -> Reading:
    return read_any(
        content, "week.xlsx", Context(week=week, tongues=tongues(), tongue=tongue("zh"), names=names or Names())
    )


def read_here(content: bytes) -> Reading:
    return read(content, list_names(find_week("w")))


def faults(reading: Reading) -> list[tuple[str, int, str, str | None, str]]:
    assert all(fault.code in CATALOGUE for fault in reading.faults)
    return [(f.place.sheet, f.place.row, f.place.column, f.place.value, f.code) for f in reading.faults]


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.stated)])
@pytest.mark.database
def test_the_demo_week_goes_out_as_a_workbook_and_comes_back_the_same(
    demo_app: Flask, start_empty: Callable[[], None], language: str
) -> None:
    own = tongues().every[language == "en"]
    week = find_week("jl2026")
    assert week is not None
    first = export_programme(week, "sheet")
    content = write_workbook(document_pages(first, Cells(tongues(), names_of(first), own), Wanted()))
    start_empty()
    reading = read(content, week="")
    assert reading.faults == ()
    report = import_programme(reading.document, actor=SYSTEM, dry_run=True)
    assert [(reading.locate(p.path), p.code, p.facts) for p in report.problems][:8] == []
    report = import_programme(reading.document, actor=SYSTEM)
    assert {status for (_section, status), n in report.counts.items() if n} == {"new"}
    week = db.session.scalars(select(Week)).one()
    second = export_programme(week, "sheet")
    assert {name: len(rows) for name, rows in second.items()} == {name: len(rows) for name, rows in first.items()}
    assert second == first and len(first["sessions"]) == 170
    again = read(content, list_names(week), week="jl2026")
    counts = import_programme(again.document, actor=SYSTEM).counts
    assert {status for (_section, status), n in counts.items() if n} == {"unchanged"}


@pytest.mark.database
def test_what_people_type_is_understood(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    typed = [
        [
            "a",
            "　启动仪式 ",
            "论坛",
            "王示例（主持）、李示例(主讲)",
            "2027年4月12日",
            "9：30",
            "主会堂",
            "是",
            "１,200人"[:-1],
        ],
        ["b", "路演", "forum", "wang（host）；li（speaker）", "2027/4/13", "9:30", "双创中心 主会堂", "", ""],
        ["", "沙龙", "论坛", "", "46492", "0.4166667", "hall", "no", "80"],
        ["# 示例", "不导入", "", "", "", "", "", "", ""],
    ]
    reading = read_here(book(*typed))
    assert reading.faults == ()
    report = import_programme(reading.document, actor=SYSTEM)
    assert (report.problems, report.counts["sessions", "new"], report.counts["placements", "new"]) == ([], 3, 3)
    week = db.session.scalars(select(Week)).one()
    told = export_programme(week, "sheet")
    one, two, three = told["sessions"]
    people = [{"person": "wang", "role": "host"}, {"person": "li", "role": "speaker"}]
    assert (one["title_zh"], one["people"], one["plenary"], one["expected"]) == ("启动仪式", people, True, 1200)
    assert (two["people"], "plenary" in two, three["expected"]) == (people, False, 80)
    assert [p["start"] for p in told["placements"]] == ["2027-04-12T09:30", "2027-04-13T09:30", "2027-04-15T10:00"]
    counts = import_programme(read_here(book(*typed)).document, actor=SYSTEM).counts
    assert {status for (_section, status), n in counts.items() if n} == {"unchanged"}


def test_a_sheet_is_known_by_its_name_of_before(app: Flask) -> None:
    assert [tongues().section(name, SHEETS) for name in ("房间", "房间表", "Rooms")] == ["rooms"] * 3
    assert tongue("zh").sheets["rooms"] == "房间"


@pytest.mark.database
def test_every_wrong_cell_is_named_by_sheet_row_and_column_and_nothing_is_taken(app: Flask) -> None:
    import_programme(SMALL | {"people": [*SMALL["people"], {"id": "wang2", "name_zh": "王示例"}]}, actor=SYSTEM)
    rows = [
        ["a", "甲", "论坛", "王示例（主讲）", "2027-04-12", "9:30", "主会堂", "是", "10"],
        ["b", "乙", "酒会", "", "2027-04-12", "", "", "也许", "很多"],
        ["a", "丙", "论坛", "赵示例（主讲）", "2027-13-40", "9:30", "主会堂", "否", "1"],
    ]
    reading = read_here(book(*rows))
    assert faults(reading) == [
        ("场次", 2, "人物", "王示例（主讲）", "sheet.ambiguous"),
        ("场次", 3, "全体活动", "也许", "sheet.flag"),
        ("场次", 3, "开始", "", "sheet.half_placed"),
    ]
    report = import_programme(reading.document, actor=SYSTEM, dry_run=True)
    found = [(reading.locate(p.path), p.code) for p in report.problems]
    assert [(p.sheet, p.row, p.column, p.value, code) for p, code in found] == [
        ("场次", 3, "预计人数", "很多", "number.whole"),
        ("场次", 3, "类型", "酒会", "reference.unknown"),
        ("场次", 4, "编号", "a", "list.twice"),
        ("场次", 4, "日期", "2027-13-40", "list.twice"),
    ]


@pytest.mark.database
def test_a_name_without_its_role_and_a_column_that_is_not_there_are_told_with_what_to_write(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    rows = [["a", "甲", "王示例"], ["b", "乙", "李示例（）"], ["c", "丙", "王示例（主讲）"]]
    reading = read_here(book(*rows, heads=["编号", "标题", "人物"]))
    assert reading.faults[0].facts == {"how": "姓名（角色），多个用、隔开"}
    report = import_programme(reading.document, actor=SYSTEM, dry_run=True)
    told = [(p["sheet"], p["row"], p["column"], p["value"], p["code"]) for p in list_problems(reading, report)]
    assert told == [
        ("场次", 2, "人物", "王示例", "sheet.lacks"),
        ("场次", 3, "人物", "李示例（）", "sheet.lacks"),
        ("场次", 4, "类型", "", "field.required"),
    ]


@pytest.mark.usefixtures("app")
def test_a_text_longer_than_its_field_is_told_at_its_cell_however_long() -> None:
    long = "字" * 140_000
    reading = read_any(f"编号,标题\na,{long}\n".encode(), "a.csv", Context(week="w", tongues=tongues()))
    assert reading.faults == () and reading.locate("sessions[0].title_zh").value == long


@pytest.mark.usefixtures("app")
def test_heads_and_sheets_that_nobody_knows_are_named() -> None:
    reading = read(book(["a", "甲", "x", "y"], heads=["编号", "标题", "容纳", "标题"]))
    assert faults(reading) == [
        ("场次", 1, "容纳", "容纳", "field.unknown"),
        ("场次", 1, "标题", "标题", "list.twice"),
    ]
    reading = read(book(["a"], heads=["随便"], name="草稿"))
    assert faults(reading) == [("草稿", 1, "", None, "sheet.unknown")]


@pytest.mark.usefixtures("app")
def test_a_text_table_is_recognised_by_its_heads() -> None:
    reading = read_any(
        "编号,姓名,单位职务\np1,王示例,省科院\n".encode("gb18030"), "名单.xlsx", Context(tongues=tongues())
    )
    assert [p["id"] for p in reading.document["people"]] == ["p1"]
    assert reading.locate("people[0].name_zh").row == 2


@pytest.mark.usefixtures("app")
def test_heads_are_told_apart_in_each_language() -> None:
    for own in tongues().every:
        for section in SHEETS:
            heads = [own.head(section, name) for name in columns_of(section)]
            assert len(set(heads)) == len(heads), (section, sorted(h for h in heads if heads.count(h) > 1))
            assert not set(heads) & set(columns_of(section)), section


@pytest.mark.usefixtures("app")
def test_the_template_is_an_import_that_changes_nothing() -> None:
    cells = Cells(tongues(), Names(), tongues().every[0])
    content = write_workbook(template_pages(cells, Wanted(MAIN), {"sessions": {"title_zh": "启动仪式"}}))
    reading = read(content)
    assert (reading.faults, json.dumps(reading.document)) == (
        (),
        json.dumps({"format": FORMAT, "source": "sheet", "week": {"code": "w"}} | {s: [] for s in MAIN}),
    )
