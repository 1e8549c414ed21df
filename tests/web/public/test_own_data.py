"""My data: shown whole, taken along as a file, erased after a word; another's device sees none of it."""

import json
from collections.abc import Callable

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.registration.models import Attendee, Pass
from tests.replanning.world import move, put_out
from tests.web.public.conftest import Visitor

NewVisitor = Callable[[], Visitor]


def test_the_page_and_the_file_tell_the_same(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2", email="a@example.org")
    page = own.client.get("/my/data")
    assert all(word in page.text for word in ("示例丁卯", "138 0043 1280", "a@example.org", "报名成功", "已报名"))
    assert page.headers["Cache-Control"] == "no-store" and "/my/data" in own.client.get("/my").text
    english = own.client.get("/en/my/data").text if own.client.get("/en/my/data").status_code == 200 else ""
    assert "My data" in english
    answer = own.client.get("/my/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=my-data-")
    told = json.loads(answer.text)
    assert told["person"]["name"] == "示例丁卯" and told["registrations"][0]["created_at"].endswith("Z")
    for path in ("/my/data", "/my/data.json", "/my/erasure", "/my/data?of=ABC", "/my/data?of=%00"):
        assert visitor().client.get(path).status_code == 404


def test_a_changed_session_stands_with_what_was_chosen(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    assert "安排有变时的选择" not in own.client.get("/my/data").text
    put_out(move("rs-ei-2", minutes=30))
    page = own.client.get("/my/data").text
    assert "安排有变时的选择" in page and "时间：" in page and "还没有选" in page
    assert json.loads(own.client.get("/my/data.json").text)["questions"][0]["answer"] == "open"


def test_erasing_asks_once_more_and_then_forgets(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    asked = own.client.get("/my/erasure")
    assert "席位马上让给后面的人" in asked.text and "留下" in asked.text
    token = own.hidden("/my/erasure")["csrf_token"]
    assert own.client.post("/my/erasure", data={"sure": "y"}).status_code == 400
    unsure = own.client.post("/my/erasure", data={"csrf_token": token})
    assert unsure.status_code == 422 and "先勾选" in unsure.text
    assert db.session.scalars(select(Attendee.name)).one() == "示例丁卯"
    done = own.client.post("/my/erasure", data={"csrf_token": token, "sure": "y"})
    assert done.status_code == 303 and "已全部删除" in own.client.get(done.headers["Location"]).text
    db.session.rollback()
    assert db.session.scalars(select(Attendee.name)).one() == ""
    assert db.session.scalars(select(Pass.status)).one() == "void"
    assert own.client.get("/my/data").status_code == 404
    assert own.client.post("/my/erasure", data={"csrf_token": token, "sure": "y"}).status_code == 404
