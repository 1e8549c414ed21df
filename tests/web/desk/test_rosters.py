"""Lists of people on the desk: template, upload, result by row, list with problems, confirmation; two roles."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.kernel.tables import read_tables
from eventweek.registration.models import Registration
from eventweek.worker import work_off
from tests.conftest import SignIn
from tests.registration.test_rosters import HEADS, person, sheet
from tests.registration.world import offering_of, phone
from tests.web.desk.sending import post

pytestmark = pytest.mark.usefixtures("before_the_week")
HERE = "/desk/w/jl2026/rosters"
SAID = {"consent": "y", "consent_from": "partner", "consent_note": "省科协报名系统", "send": "y"}


def upload(client: Any, content: bytes, name: str = "list.xlsx", **more: str) -> Any:
    return post(client, HERE, {"file": (io.BytesIO(content), name), **SAID, **more})


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0


@pytest.mark.database
def test_a_list_is_checked_confirmed_and_in(demo_app: Flask, sign_in: SignIn) -> None:
    client, code = sign_in(demo_app), offering_of("rs-ei-1").code
    assert HERE in client.get("/desk/w/jl2026/registrants").text
    answer = upload(client, sheet(person(1, code), person(2, code)))
    assert answer.status_code == 303
    waiting = client.get(answer.location)
    assert waiting.headers["Refresh"] == "2" and "正在检查" in waiting.text
    work_off()
    told = client.get(answer.location)
    assert "Refresh" not in told.headers and "确认报名（2 项）" in told.text and count() == 0
    assert "省科协报名系统" in told.text and person(1, code)[0] in told.text and phone(1) not in told.text
    assert post(client, f"{answer.location}/confirmation").status_code == 303
    assert "正在报名" in client.get(answer.location).text
    work_off()
    told = client.get(answer.location)
    assert "已全部报名" in told.text and count() == 2 and person(1, code)[0] not in told.text
    assert person(1, code)[0] in client.get("/desk/w/jl2026/registrants").text
    again = upload(client, sheet(person(1, code), person(2, code)))
    work_off()
    assert "没有变动" in client.get(again.location).text
    row = db.session.scalars(select(Registration.code)).first()
    assert "省科协报名系统" in client.get(f"/desk/w/jl2026/registrations/{row}/answers").text


def test_a_wrong_row_comes_back_with_column_value_and_cure(demo_app: Flask, sign_in: SignIn) -> None:
    client, code = sign_in(demo_app), offering_of("rs-ei-1").code
    rows = (person(1, code), ("王小明", "123", "", "", code), ("<b>李</b>", phone(3), "", "", "没有这一场"))
    answer = upload(client, sheet(*rows))
    work_off()
    text = client.get(answer.location).text
    assert "有 3 处要改" in text and "<q>123</q>" in text and "确认报名" not in text and "<b>李</b>" not in text
    (back,) = read_tables(client.get(f"{answer.location}/problems.xlsx").data, "")
    assert [cells[:2] for _n, cells in back.rows[:2]] == [["问题", "姓名"], ["", person(1, code)[0]]]
    assert "手机号" in back.rows[2][1][0] and len(back.rows[3][1][0].split("\n")) == 2
    assert db.session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "roster.export")).all()
    content = client.get(f"{answer.location}/problems.xlsx").data
    again = upload(client, content)
    assert again.status_code == 303, "the list with problems can be put right and sent back"
    assert post(client, f"{answer.location}/discarding").status_code == 303
    assert "名单已经删除" in client.get(answer.location).text and count() == 0
    (gone,) = read_tables(client.get(f"{answer.location}/problems.xlsx").data, "")
    assert len(gone.rows) == 1


def test_the_template_comes_back_as_an_empty_list(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    content = client.get(f"{HERE}/template.xlsx").data
    sheets = read_tables(content, "")
    assert tuple(sheets[0].rows[0][1]) == HEADS
    refused = upload(client, content)
    assert refused.status_code == 422 and "表里没有人" in refused.text
    english = client.get(f"{HERE}/template.xlsx", headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_what_is_missing_is_said_at_its_field(demo_app: Flask, sign_in: SignIn) -> None:
    client, content = sign_in(demo_app), sheet(person(1, offering_of("rs-ei-1").code))
    for field, sentence in (
        ("consent", "只有本人同意过"),
        ("consent_from", "同意是在哪里取得的。"),
        ("consent_note", "请填写这一项"),
    ):
        answer = upload(client, content, **{field: ""})
        assert answer.status_code == 422 and sentence in answer.text, field
    assert post(client, HERE, SAID).status_code == 422
    assert "没有收下" in upload(client, b"PK\x03\x04").text
    assert upload(client, b"\0", consent_note="\0" * 300).status_code == 422


def test_who_only_reads_and_other_weeks_get_nothing(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    answer = upload(client, sheet(person(1, offering_of("rs-ei-1").code)))
    code = answer.location.rpartition("/")[2]
    assert client.get(f"{HERE}/nosuch").status_code == 404
    assert client.get(f"/desk/w/other/rosters/{code}").status_code == 404
    assert post(client, f"{HERE}/nosuch/confirmation").status_code == 404
    for role in ("reader", "city"):
        other = sign_in(demo_app, role)
        for path in (HERE, f"{HERE}/{code}", f"{HERE}/{code}/problems.xlsx", f"{HERE}/template.xlsx"):
            assert other.get(path).status_code == 403
