"""The list of everybody who registered, the workbook without formulas, numbers; on the desk and over the API."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db, transaction
from eventweek.kernel.tables import read_tables
from eventweek.registration.models import Attendee
from tests.api.shapes import complaints
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of, phone, resize

pytestmark = pytest.mark.usefixtures("before_the_week")
LIST, WEEK = "/desk/w/jl2026/registrants", "/api/v1/desk/weeks/jl2026"


@pytest.fixture
def people(demo_app: Flask) -> str:
    """Let three people register for one session with two seats, and one for another; give the first one's code."""
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    book(code, organisation="=cmd|示例")
    book(code, phone=phone(1), name="司马相如")
    book(code, phone=phone(2), name="诸葛孔明")
    book(offering_of("rs-ei-2").code, phone=phone(3), name="上官婉儿")
    with transaction():
        db.session.scalars(select(Attendee).where(Attendee.name == "欧阳娜娜")).one().name_en = "+1+1"
    return offering_of("rs-ei-1").sessions[0].session.code


def sheet(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet."""
    return [cells for _number, cells in read_tables(content, "a.xlsx")[0].rows]


def test_each_filter_says_who_is_in(demo_app: Flask, sign_in: SignIn, people: str) -> None:
    desk = sign_in(demo_app)
    for query, names in {
        "": {"欧阳娜娜", "司马相如", "诸葛孔明", "上官婉儿"},
        f"session={people}": {"欧阳娜娜", "司马相如", "诸葛孔明"},
        f"session={people}&state=waitlisted": {"诸葛孔明"},
        "q=司马": {"司马相如"},
        "q=0002": {"诸葛孔明"},
        "class=media": set(),
        "state=nonsense&city=zz&kind=%00": {"欧阳娜娜", "司马相如", "诸葛孔明", "上官婉儿"},
    }.items():
        page = desk.get(f"{LIST}?{query}").text
        assert {name for name in ("欧阳娜娜", "司马相如", "诸葛孔明", "上官婉儿") if f">{name}</a>" in page} == names, (
            query
        )
        assert "13800138000" not in page


def test_the_workbook_holds_what_was_chosen_as_text_and_leaves_a_line(
    demo_app: Flask, sign_in: SignIn, people: str
) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    desk = sign_in(demo_app)
    offered = desk.get(f"{LIST}/export?session={people}")
    assert "3 条" in offered.text and "记入操作记录" in offered.text
    answer = desk.post(
        f"{LIST}/export?session={people}", data={"column": ["name", "name_en", "organisation", "phone", "x"]}
    )
    rows = sheet(answer.data)
    assert rows[0] == ["姓名", "英文名", "所在单位", "手机号"] and len(rows) == 4
    assert ["欧阳娜娜", "+1+1", "=cmd|示例", "13800138000"] in rows
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        inside = packed.read("xl/sharedStrings.xml").decode()
        assert "<t>'=cmd" in inside and "<t>'+1+1" in inside
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registrations.export")).one()
    assert entry.changes == {"rows": 3, "columns": ["name", "name_en", "organisation", "phone"]}
    assert len(sheet(desk.post(f"{LIST}/export").data)) == 5


def test_who_may_only_read_sees_the_list_and_takes_nothing_along(demo_app: Flask, sign_in: SignIn, people: str) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    reader = sign_in(demo_app, "city")
    seen = reader.get(LIST)
    assert (seen.status_code, "/export" in seen.text) == (200, False)
    assert (reader.post(f"{LIST}/export").status_code, reader.get(f"{LIST}/export").status_code) == (403, 403)
    assert demo_app.test_client().get(LIST).status_code in (302, 303)
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "registrations.export")).first() is None


def test_the_numbers_add_up(demo_app: Flask, sign_in: SignIn, people: str) -> None:
    page = sign_in(demo_app).get("/desk/w/jl2026/dashboard").text
    assert all(word in page for word in ("每天新报名", "按城市", "按类型", "10-08", "最满的在前"))
    client, key = demo_app.test_client(), make_key("jl2026")[1]
    told = client.get(f"{WEEK}/dashboard", headers=key).json or {}
    spec = client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/DeskDashboard"}, told) == []
    assert (told["people"], told["seats"], told["states"]) == (4, 3, {"confirmed": 3, "waitlisted": 1})
    assert sum(day["registrations"] for day in told["days"]) == 4
    assert told["offerings"][0]["taken"] == 2 and told["offerings"][0]["waiting"] == 1
    assert sum(one["taken"] for one in told["cities"]) == sum(one["taken"] for one in told["kinds"]) == 3


def test_the_api_lists_and_exports_the_same(demo_app: Flask, people: str) -> None:
    client, key = demo_app.test_client(), make_key("jl2026")[1]
    spec = client.get("/api/v1/openapi.json").json or {}
    told = client.get(f"{WEEK}/registrations?session={people}&state=waitlisted", headers=key).json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/DeskRegistrations"}, told) == []
    assert [one["name"] for one in told["items"]] == ["诸葛孔明"] and told["total"] == 1
    for wrong in ("state=x", "class=x", "colour=red"):
        assert client.get(f"{WEEK}/registrations?{wrong}", headers=key).status_code == 422
    answer = client.get(f"{WEEK}/registrants.xlsx?q=%E5%8F%B8%E9%A9%AC&column=name", headers=key)
    assert sheet(answer.data)[1:] == [["司马相如"]]
    assert client.get(f"{WEEK}/registrants.xlsx?column=id_number", headers=key).status_code == 422
    assert client.get(f"{WEEK}/registrants.xlsx").status_code == 401
