"""The JSON document goes in whole or not at all, says what is wrong where, and comes out as it went in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.db import Base, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import Session, Week
from eventweek.programme.queries import find_week
from eventweek.programme.rules.documents import FORMAT, read_document
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.queries.export import export_programme

SMALL: dict[str, Any] = {
    "format": FORMAT,
    "source": "test",
    "cities": [{"code": "220100", "name_zh": "长春市"}],
    "venues": [{"id": "hub", "name_zh": "双创中心", "city": "220100"}],
    "rooms": [{"id": "hall", "venue": "hub", "name_zh": "主会堂", "capacity": 300}],
    "people": [{"id": "wang", "name_zh": "王示例"}],
    "week": {"code": "w", "title_zh": "双创周", "first_day": "2027-04-12", "last_day": "2027-04-16"},
    "kinds": [{"code": "forum", "name_zh": "论坛", "family": "meet"}],
    "sessions": [
        {"id": "b", "kind": "forum", "title_zh": "乙", "relations": [{"other": "a", "kind": "after"}]},
        {"id": "a", "kind": "forum", "title_zh": "甲", "people": [{"person": "wang", "role": "speaker"}]},
    ],
    "placements": [{"session": "a", "room": "hall", "start": "2027-04-12T09:30"}],
}


def counts(report: Report) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_section, status), number in report.counts.items():
        found[status] = found.get(status, 0) + number
    return {status: number for status, number in found.items() if number}


def rows() -> int:
    tables = [t for t in Base.metadata.tables.values() if t.name != "audit_entry"]
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def problems(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(Refusal, match="import.wrong") as caught:
        import_programme(document, actor=SYSTEM)
    return [(p.path, p.value, p.code) for p in caught.value.facts["report"].problems]


@pytest.mark.database
def test_a_second_run_changes_nothing_and_a_third_only_what_differs(app: Flask) -> None:
    assert counts(import_programme(SMALL, actor=SYSTEM)) == {"new": 9}
    whole = rows()
    assert counts(import_programme(SMALL, actor=SYSTEM)) == {"unchanged": 9} and rows() == whole
    first, second = SMALL["sessions"]
    other = {"format": FORMAT, "source": "test", "week": {"code": "w"}}
    other["sessions"] = [first | {"relations": []}, {"id": "a", "title_en": "A"}]
    other["placements"] = [SMALL["placements"][0] | {"start": "2027-04-12T10:00"}]
    assert counts(import_programme(other, actor=SYSTEM)) == {"unchanged": 1, "changed": 3}
    session = db.session.scalars(select(Session).where(Session.source_key == "test:a")).one()
    assert (session.title.zh, session.title.en, len(session.people)) == ("甲", "A", 1)


@pytest.mark.database
def test_a_dry_run_says_everything_and_keeps_nothing(app: Flask) -> None:
    report = import_programme(SMALL | {"people": [{"id": "wang"}]}, actor=SYSTEM, dry_run=True)
    assert counts(report) == {"new": 6} and rows() == 0
    assert [(p.path, p.code) for p in report.problems] == [
        ("people[0].name_zh", "field.one_language"),
    ]


@pytest.mark.database
def test_one_wrong_value_keeps_the_whole_file_out(app: Flask) -> None:
    document = json.loads(json.dumps(SMALL))
    document["rooms"][0]["capacity"] = 0
    document["rooms"].append({"id": "hall"})
    document["sessions"][1]["people"][0] |= {"role": "king", "seat": 1}
    document["sessions"][0]["capasity"] = "x" * 99
    document["sessions"].append({"id": "c", "kind": "gala", "title_zh": "丙", "uid": "two words"})
    document["sessionz"] = []
    document["rooms"][0]["features"] = ["zz", "aa"]
    found = problems(document)
    assert found[:2] == [("sessionz", "[]", "field.unknown"), ("rooms[0].capacity", "0", "number.range")]
    assert {(path, code) for path, _value, code in found[2:]} == {
        ("rooms[1]", "list.twice"),
        ("sessions[0].capasity", "field.unknown"),
        ("sessions[1].people[0].seat", "field.unknown"),
        ("sessions[2].uid", "value.shape"),
        ("rooms[0].features[0]", "reference.unknown"),
        ("rooms[0].features[1]", "reference.unknown"),
    }
    assert rows() == 0


@pytest.mark.database
def test_what_is_missing_elsewhere_is_named_once_and_where_it_is_missing(app: Flask) -> None:
    document = json.loads(json.dumps(SMALL))
    document["sessions"][0]["relations"][0]["other"] = "z"
    document["placements"][0]["start"] = "2027-05-01T09:30"
    document["placements"].append({"session": "b", "room": "foyer", "start": "2027-04-12T09:30"})
    assert problems(document) == [
        ("placements[0].start", '"2027-05-01T09:30"', "day.outside_week"),
        ("placements[1].room", '"foyer"', "reference.unknown"),
        ("sessions[0].relations[0].other", '"z"', "reference.unknown"),
    ]
    without = {name: value for name, value in SMALL.items() if name != "week"}
    assert problems(without) == [("week", "", "import.no_week")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", "import.not_utf8"),
        (b"{", "import.not_json"),
        (b"[" * 20_000, "import.too_deep"),
        (b'{"a":' * 20_000, "import.too_deep"),
        (b'{"format": NaN}', "import.number"),
        (b'{"format": ' + b"9" * 5000 + b"}", "import.number"),
        (b'{"format": "x", "format": "y"}', "import.twice"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "import.twice"),
        (b'{"format": "other"}', "import.format"),
        (b"[]", "import.format"),
        (b" " * 20_000_001, "import.too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_document(content)


@pytest.mark.database
@pytest.mark.parametrize(
    "rubbish",
    [None, 3, "x", [None], [[]], [{}], [{"id": {}}], [{"id": "\ud800", "code": "\ud800"}], [{"": {"": []}}] * 2],
)
def test_rubbish_in_any_section_is_named_never_a_fault(app: Flask, rubbish: Any) -> None:
    for section in SMALL:
        if section != "format" and (section, rubbish) != ("source", "x"):
            assert problems(SMALL | {section: rubbish}) != []
    assert rows() == 0


@pytest.mark.database
def test_an_import_needs_the_right_and_spares_permits_and_archives(app: Flask) -> None:
    with pytest.raises(Refusal, match="permission.denied"):
        import_programme(SMALL, actor=Actor("u", id=1))
    import_programme(SMALL, actor=SYSTEM)
    session = db.session.scalars(select(Session).where(Session.source_key == "test:a")).one()
    permit = {"permit_required": True, "permit_status": "approved"}
    edit_session(session.code, permit, version=None, actor=SYSTEM)
    grown = {"sessions": [{"id": "a", "expected": 5000}], "placements": []}
    assert problems(SMALL | grown) == [("sessions[0].expected", "5000", "permit.locked")]
    moved = {"placements": [SMALL["placements"][0] | {"start": "2027-04-13T09:30"}]}
    assert [code for _path, _value, code in problems(SMALL | moved)] == ["permit.locked"]


@pytest.mark.database
def test_an_exported_demo_is_imported_as_the_same_week(demo_app: Flask, start_empty: Callable[[], None]) -> None:
    week = find_week("jl2026")
    assert week is not None
    first = export_programme(week, "demo")
    start_empty()
    again = read_document(json.dumps(first).encode())
    import_programme(again, actor=SYSTEM)
    own = db.session.scalars(select(Week)).one()
    second = export_programme(own, "demo")
    assert {name: len(rows) for name, rows in second.items()} == {name: len(rows) for name, rows in first.items()}
    assert second == first and len(first["sessions"]) == len(first["placements"]) == 170


@pytest.mark.database
def test_an_export_takes_the_same_number_of_statements_for_any_number_of_rows(app: Flask, statements: Any) -> None:
    numbers = []
    for count in (1, 6):
        extra = [{"id": f"s{n}", "kind": "forum", "title_zh": f"场{n}"} for n in range(count)]
        halls = [{"id": f"r{n}", "venue": "hub", "name_zh": f"厅{n}", "capacity": 9} for n in range(count)]
        placed = [{"session": f"s{n}", "room": f"r{n}", "start": "2027-04-12T09:30"} for n in range(count)]
        more = {"sessions": SMALL["sessions"] + extra, "rooms": SMALL["rooms"] + halls, "placements": placed}
        import_programme(SMALL | more, actor=SYSTEM)
        week = db.session.scalars(select(Week)).one()
        db.session.expire_all()
        week.code  # noqa: B018
        with statements() as seen:
            document = export_programme(week, "test")
        numbers.append(len(seen))
        assert len(document["sessions"]) == count + 2
    assert numbers[0] == numbers[1]
