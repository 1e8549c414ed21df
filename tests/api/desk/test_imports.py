"""Files in and out over the API: looked through, told with place and cure, confirmed; sent twice it happens once."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.kernel.tables import read_tables
from eventweek.programme.models import Session
from eventweek.scheduling.models import ProgrammeImport
from eventweek.worker import work_off
from tests.api.desk.test_access import problem
from tests.api.shapes import complaints
from tests.factories.keys import make_key
from tests.scheduling.test_imports import book

WEEK = "/api/v1/desk/weeks/jl2026"
HERE = f"{WEEK}/imports"
Headers = dict[str, str]


def send(client: FlaskClient, key: Headers, content: bytes, once: str = "1", **query: str) -> Any:
    """Send a file."""
    headers = key | {"Idempotency-Key": once, "Content-Type": "application/octet-stream"}
    return client.post(HERE, data=content, headers=headers, query_string={"name": "week.xlsx"} | query)


def sessions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Session)) or 0


@pytest.mark.database
def test_a_file_is_looked_through_confirmed_and_in(demo_client: FlaskClient) -> None:
    (_key, key), before = make_key("jl2026"), sessions()
    content = book("新的一场", kind="项目路演")  # a workbook says when it was made: a second one has other bytes
    made = send(demo_client, key, content)
    assert made.status_code == 201 and made.json["state"] == "checking" and sessions() == before
    assert send(demo_client, key, content).headers["Location"] == made.headers["Location"]
    problem(send(demo_client, key, book("另一场", kind="项目路演")), 422, "idempotency.mismatch")
    where = made.headers["Location"]
    early = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": made.headers["ETag"]})
    problem(early, 422, "import.not_ready")
    work_off()
    seen = demo_client.get(where, headers=key)
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/DeskImport"}, seen.json) == []
    assert (seen.json["state"], seen.json["taken"], seen.json["problems"]) == ("checked", 1, [])
    assert seen.json["rows"][0]["title"] == "新的一场" and sessions() == before
    problem(demo_client.put(f"{where}/confirmation", headers=key), 428, "precondition.missing")
    stale = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": made.headers["ETag"]})
    problem(stale, 412, "version.stale")
    going = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": seen.headers["ETag"]})
    assert going.status_code == 200 and going.json["state"] == "waiting"
    work_off()
    done = demo_client.get(where, headers=key).json
    assert (done["state"], sessions()) == ("done", before + 1) and done["done_at"].endswith("Z")
    listed = demo_client.get(HERE, headers=key).json
    assert complaints(spec, {"$ref": "#/components/schemas/DeskImports"}, listed) == []
    assert [one["id"] for one in listed["items"]] == [done["id"]]


@pytest.mark.database
def test_problems_have_place_value_and_cure_in_the_callers_language(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    before, made = sessions(), send(demo_client, key, book("甲", "乙", kind="酒会"))
    work_off()
    where = made.headers["Location"]
    seen = demo_client.get(where, headers=key | {"Accept-Language": "en"}).json
    assert (seen["state"], seen["wrong"], sessions()) == ("wrong", 2, before)
    one = seen["problems"][0]
    assert (one["sheet"], one["row"], one["column"], one["value"]) == ("场次", 2, "类型", "酒会")
    assert "酒会" in one["detail"] and one["detail"].isascii() is False and "Find" not in one["code"]
    assert one["detail"] != demo_client.get(where, headers=key).json["problems"][0]["detail"]
    back = demo_client.get(f"{where}/problems", headers=key)
    (sheet,) = read_tables(back.data, "")
    assert "酒会" in sheet.rows[1][1][0] and back.headers["Content-Disposition"].endswith("jl2026-problems.xlsx")
    refused = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": "*"})
    problem(refused, 422, "import.not_ready")


def test_what_is_no_file_is_refused_and_nothing_is_kept(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    problem(send(demo_client, key, b""), 422, "import.empty")
    problem(send(demo_client, key, b"x" * 20_000_002), 413, "request.too_large")
    problem(send(demo_client, key, b"x", keep_missing="maybe"), 422, "input.invalid")
    problem(send(demo_client, key, b"x", force="1"), 422, "input.invalid")
    assert db.session.scalar(select(func.count()).select_from(ProgrammeImport)) == 0
    broken = send(demo_client, key, b"PK\x03\x04 no workbook").headers["Location"]
    work_off()
    seen = demo_client.get(broken, headers=key).json
    assert seen["state"] == "failed" and seen["refusal"]["detail"]


def test_a_file_is_left(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    where = send(demo_client, key, book("新的一场")).headers["Location"]
    for _twice in range(2):
        left = demo_client.delete(where, headers=key | {"If-Match": "*"})
        assert left.status_code == 200 and left.json["state"] == "discarded"
    work_off()
    assert demo_client.get(where, headers=key).json["state"] == "discarded"


def test_template_lists_and_the_whole_week_go_out(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    english = key | {"Accept-Language": "en"}
    sheets = read_tables(demo_client.get(f"{WEEK}/template", headers=english).data, "")
    assert [sheet.name for sheet in sheets][:2] == ["Sessions", "People"]
    people = {"section": "people", "column": ["name_zh", "affiliation_zh"]}
    (one,) = read_tables(demo_client.get(f"{WEEK}/export", headers=key, query_string=people).data, "")[:1]
    assert (one.name, one.rows[0][1]) == ("人物", ["编号", "姓名", "单位职务"])
    for format_, media in (("json", "application/json"), ("xml", "application/xml"), ("frab-json", "application/json")):
        whole = demo_client.get(f"{WEEK}/export", headers=key, query_string={"format": format_})
        assert (whole.mimetype, whole.headers["Cache-Control"]) == (media, "no-store") and len(whole.data) > 10_000
    again = send(demo_client, key, demo_client.get(f"{WEEK}/export?format=xlsx", headers=key).data)
    work_off()
    assert demo_client.get(again.headers["Location"], headers=key).json["taken"] == 0
    for query in ({"format": "pdf"}, {"section": "x"}, {"section": "people", "column": "x"}, {"column": "name_zh"}):
        problem(demo_client.get(f"{WEEK}/export", headers=key, query_string=query), 422, "input.invalid")


def test_who_may_only_read_or_another_week_gets_nothing(demo_client: FlaskClient) -> None:
    _key, reader = make_key("jl2026", "reader")
    for path in ("imports", "template", "export"):
        problem(demo_client.get(f"{WEEK}/{path}", headers=reader), 403, "permission.denied")
    problem(send(demo_client, reader, book("甲")), 403, "permission.denied")
    _key, key = make_key("jl2026")
    problem(demo_client.get(f"{HERE}/no-such-code", headers=key), 404, "import.not_found")
    problem(demo_client.get("/api/v1/desk/weeks/other/imports", headers=key), 404, "week.not_found")
