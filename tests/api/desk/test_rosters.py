"""Lists of people over the API: looked through, told by row with cure, confirmed; sent twice it happens once."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.kernel.tables import read_tables
from eventweek.registration.models import Registration, Roster
from eventweek.worker import work_off
from tests.api.desk.test_access import problem
from tests.api.shapes import complaints
from tests.factories.keys import make_key
from tests.registration.test_rosters import person, sheet
from tests.registration.world import offering_of

pytestmark = pytest.mark.usefixtures("before_the_week")
WEEK = "/api/v1/desk/weeks/jl2026"
HERE = f"{WEEK}/rosters"
SAID = {"name": "list.xlsx", "consent": "true", "consent_from": "unit", "consent_note": "各单位收集"}
Headers = dict[str, str]


def send(client: FlaskClient, key: Headers, content: bytes, once: str = "1", **query: str) -> Any:
    headers = key | {"Idempotency-Key": once, "Content-Type": "application/octet-stream"}
    return client.post(HERE, data=content, headers=headers, query_string=SAID | query)


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.database
def test_a_list_is_looked_through_confirmed_and_in(demo_client: FlaskClient) -> None:
    (_key, key), code = make_key("jl2026"), offering_of("rs-ei-1").code
    content = sheet(person(1, code), person(2, code))
    made = send(demo_client, key, content)
    assert made.status_code == 201 and made.json["state"] == "checking"
    assert send(demo_client, key, content).headers["Location"] == made.headers["Location"]
    problem(send(demo_client, key, content, consent_note="别处"), 422, "idempotency.mismatch")
    where = made.headers["Location"]
    problem(demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": "*"}), 422, "roster.not_ready")
    work_off()
    seen = demo_client.get(where, headers=key)
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/DeskRoster"}, seen.json) == []
    assert (seen.json["state"], seen.json["counts"]) == ("checked", {"new": 2, "confirmed": 2})
    assert [(row["row"], row["offering"], row["becomes"]) for row in seen.json["rows"]] == [
        (2, code, "confirmed"),
        (3, code, "confirmed"),
    ]
    assert person(1, code)[0] not in seen.text and count(Registration) == 0
    problem(demo_client.put(f"{where}/confirmation", headers=key), 428, "precondition.missing")
    stale = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": made.headers["ETag"]})
    problem(stale, 412, "version.stale")
    going = demo_client.put(f"{where}/confirmation", headers=key | {"If-Match": seen.headers["ETag"]})
    assert going.status_code == 200 and going.json["state"] == "waiting"
    work_off()
    assert demo_client.get(where, headers=key).json["state"] == "done" and count(Registration) == 2
    listed = demo_client.get(HERE, headers=key).json
    assert complaints(spec, {"$ref": "#/components/schemas/DeskRosters"}, listed) == []


@pytest.mark.database
def test_problems_have_row_column_value_and_cure_in_the_callers_language(demo_client: FlaskClient) -> None:
    (_key, key), code = make_key("jl2026"), offering_of("rs-ei-1").code
    where = send(demo_client, key, sheet(person(1, code), ("王小明", "123", "", "", code))).headers["Location"]
    work_off()
    seen = demo_client.get(where, headers=key | {"Accept-Language": "en"}).json
    one = seen["rows"][0]
    assert (one["row"], one["column"], one["value"], one["code"]) == (3, "Mobile number", "123", "phone.invalid")
    assert one["detail"].isascii() and seen["state"] == "wrong"
    back = demo_client.get(f"{where}/problems", headers=key)
    (told,) = read_tables(back.data, "")
    assert "手机号" in told.rows[2][1][0] and back.headers["Cache-Control"] == "no-store"
    for _twice in range(2):
        left = demo_client.delete(where, headers=key | {"If-Match": "*"})
        assert left.status_code == 200 and left.json["state"] == "discarded" and left.json["rows"][0]["value"] == ""


def test_what_is_no_list_is_refused_and_nothing_is_kept(demo_client: FlaskClient) -> None:
    (_key, key), content = make_key("jl2026"), sheet(person(1, offering_of("rs-ei-1").code))
    problem(send(demo_client, key, b""), 422, "import.empty")
    problem(send(demo_client, key, b"x" * 5_000_002), 413, "request.too_large")
    problem(send(demo_client, key, b"a,b\n"), 422, "roster.no_heads")
    for wrong in ({"consent": "false"}, {"consent": "maybe"}, {"send": "1"}, {"consent_from": "x"}, {"force": "1"}):
        problem(send(demo_client, key, content, **wrong), 422, "input.invalid")
    problem(send(demo_client, key, content, consent_note=""), 422, "input.invalid")
    assert count(Roster) == 0


def test_the_template_names_what_can_be_registered_for(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    sheets = read_tables(demo_client.get(f"{WEEK}/roster-template", headers=key | {"Accept-Language": "en"}).data, "")
    assert sheets[0].rows[0][1] == ["Name", "Mobile number", "E-mail", "Organisation", "Offering"] and len(sheets) == 2
    code = offering_of("rs-ei-1").code
    english = sheet(person(1, code), heads=tuple(sheets[0].rows[0][1]))
    where = send(demo_client, key, english).headers["Location"]
    work_off()
    assert demo_client.get(where, headers=key).json["counts"] == {"new": 1, "confirmed": 1}


def test_who_may_only_read_or_another_week_gets_nothing(demo_client: FlaskClient) -> None:
    _key, reader = make_key("jl2026", "reader")
    for path in ("rosters", "roster-template"):
        problem(demo_client.get(f"{WEEK}/{path}", headers=reader), 403, "permission.denied")
    problem(send(demo_client, reader, sheet(person(1, "x"))), 403, "permission.denied")
    _key, key = make_key("jl2026")
    problem(demo_client.get(f"{HERE}/no-such-code", headers=key), 404, "roster.not_found")
    problem(demo_client.get("/api/v1/desk/weeks/other/rosters", headers=key), 404, "week.not_found")
