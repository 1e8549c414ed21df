"""A leader registers a unit over the page or a workbook, sees each bad row, and keeps the list by a link."""

import io
import json
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from eventweek.kernel.db import db
from eventweek.kernel.tables import Column, Page, Row, read_workbook, write_workbook
from eventweek.registration.groups import token_of_group
from eventweek.registration.models import Registration, RegistrationGroup
from tests.registration.world import phone
from tests.web.public.conftest import Code, Visitor

NewVisitor = Callable[[], Visitor]
UNIT = {"unit": "吉林省示例光电有限公司", "leader": "王敏", "email": "wang@example.org", "consent": "y"}
HEADS = ["姓名", "手机号", "邮箱"]


def book_of(rows: list[list[str]], heads: list[str] = HEADS) -> bytes:
    """Return a workbook of people."""
    return write_workbook([Page("名单", [Column(head) for head in heads], [Row(row) for row in rows])])


def staff(number: int) -> list[list[str]]:
    return [[f"示例{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯'[n // 10]}", phone(n), ""] for n in range(number)]


class Leader:
    """Somebody who fills in the page of a session."""

    def __init__(self, visitor: Visitor, code: Code) -> None:
        self.client, self.page = visitor.client, f"/w/jl2026/group/{code('rs-ei-2')}"
        self.hidden = visitor.hidden(self.page)

    def send(self, content: bytes | None = None, page: str = "", **fields: Any) -> TestResponse:
        """Send the form, with a workbook or with lines."""
        data: dict[str, Any] = self.hidden | UNIT | fields
        if content is not None:
            data["file"] = (io.BytesIO(content), "名单.xlsx")
        return self.client.post(page or self.page, data=data, content_type="multipart/form-data")


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0


def test_a_workbook_with_two_bad_rows_is_named_mended_and_registered(visitor: NewVisitor, code: Code) -> None:
    leader, rows = Leader(visitor(), code), staff(20)
    bad = [list(row) for row in rows]
    bad[4][1], bad[11][1] = "1390000", rows[2][1]
    answer = leader.send(book_of(bad))
    assert answer.status_code == 422 and count() == 0
    assert "第 6 行" in answer.text and "手机号不对" in answer.text and "第 13 行" in answer.text
    assert "20 行里有 2 处要改" in answer.text
    sent = json.dumps([[n + 2, *row] for n, row in enumerate(bad)])
    told = leader.client.post(f"{leader.page}/problems.xlsx", data=leader.hidden | {"sent": sent})
    found = [cells for _number, cells in read_workbook(told.data)[0].rows]
    assert (
        found[0][3] == "问题"
        and "手机号不对" in found[5][3]
        and sum(len(row) > 3 and bool(row[3]) for row in found) == 3
    )
    checked = leader.send(book_of(rows), do="check")
    assert checked.status_code == 200 and "20 行都没有问题" in checked.text and count() == 0
    done = leader.send(book_of(rows))
    assert done.status_code == 303 and count() == 20
    page = leader.client.get(done.headers["Location"])
    assert "20 人已报名" in page.text and page.headers["Cache-Control"] == "no-store"
    listed = read_workbook(leader.client.get(f"{done.headers['Location']}/list.xlsx").data)[0].rows
    assert len(listed) == 21 and listed[1][1][3] == "已报名"


def test_the_template_comes_back_without_its_sample(visitor: NewVisitor, code: Code) -> None:
    leader = Leader(visitor(), code)
    template = leader.client.get("/w/jl2026/group/template.xlsx").data
    assert [cells[0] for _n, cells in read_workbook(template)[0].rows][0] == "姓名"
    assert "还没有人" in leader.send(template).text and count() == 0


def test_lines_register_and_the_list_is_kept(visitor: NewVisitor, code: Code) -> None:
    leader = Leader(visitor(), code)
    where = leader.send(lines="示例甲，13900000001\n示例乙，yi@example.org").headers["Location"]
    assert leader.send(page=where, lines="示例丙，13900000003").status_code == 303 and count() == 3
    assert "第 1 行" in leader.send(page=where, lines="示例丙，13900000003").text
    first = db.session.scalars(select(Registration.code).order_by(Registration.id)).first()
    swap = f"{where}/members/{first}"
    wrong = leader.client.post(swap, data=leader.hidden | {"name": "司", "phone": "1"})
    assert wrong.status_code == 422
    person = {"name": "司马相如", "phone": "13900000009", "consent": "y"}
    assert leader.client.post(swap, data=leader.hidden | person).status_code == 303
    assert leader.client.post(f"{swap}/cancellation", data=leader.hidden).status_code == 303
    page = leader.client.get(where).text
    assert "司马相如" not in page and "示例乙" in page and "示例甲" not in page


def test_only_the_leaders_link_opens_the_list(visitor: NewVisitor, code: Code) -> None:
    leader, stranger = Leader(visitor(), code), visitor()
    where = leader.send(lines="示例甲，13900000001").headers["Location"]
    member = db.session.scalars(select(Registration.code)).one()
    for path in (where, f"{where}/list.xlsx", f"{where}/members/{member}", "/my/groups/none"):
        assert stranger.client.get(path).status_code == 404
    assert leader.client.get(f"{where}/members/none").status_code == 404
    hidden = leader.hidden
    assert visitor().client.post(f"{where}/members/{member}/cancellation", data=hidden).status_code in (400, 404)
    group = db.session.scalars(select(RegistrationGroup)).one()
    answer = stranger.client.get(f"/g/{token_of_group(group)}")
    assert answer.headers["Location"] == where and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "示例甲" in stranger.client.get(where).text
    assert stranger.client.get("/g/0000").status_code == 404


def test_bad_input_is_answered(demo_app: Flask, visitor: NewVisitor, code: Code) -> None:
    leader = Leader(visitor(), code)
    for fields, said in (
        ({"lines": ""}, "还没有人"),
        ({"lines": "甲甲\n" * 101}, "最多 100 人"),
        ({"lines": "示例甲，13900000001", "unit": ""}, "请填写"),
        ({"lines": "示例甲，13900000001", "consent": ""}, "都看过个人信息说明"),
        ({"lines": "\0\u202e，\ud7ff"}, "第 1 行"),
        ({"content": b"no workbook"}, "姓名"),
        ({"content": b"PK\x03\x04broken"}, "请"),
        ({"content": book_of([["示例甲"]], ["名字"])}, "没有“姓名”一列"),
    ):
        answer = leader.send(**fields)
        assert answer.status_code == 422 and said in answer.text, (fields, said)
    for sent in ("", "x", "[[1]]", "[1]", '[["a","b","c","d"]]', "[" * 5000):
        answer = leader.client.post(f"{leader.page}/problems.xlsx", data=leader.hidden | {"sent": sent})
        assert answer.status_code < 500, sent
    assert leader.client.get("/w/jl2026/group/none").status_code == 404 and count() == 0
