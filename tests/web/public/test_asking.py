"""The basket asks what its sessions ask, without script; what was typed stays when something is wrong."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.registration.models import AnswerFile, AttendeeIdentity, Consent, Registration
from tests.registration.test_asking import BUS, SIZE, STOP, ask
from tests.registration.test_forms import row
from tests.registration.test_identities import NUMBER, real_name
from tests.registration.world import offering_of
from tests.web.public.conftest import Visitor

NewVisitor = Callable[[], Visitor]
PDF = b"%PDF-1.7\n...\n%%EOF\n"


def kept(page: str, name: str) -> str:
    """Return the value of a field as the page shows it again."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def test_questions_are_asked_where_they_belong_and_typed_text_stays(visitor: NewVisitor) -> None:
    own = visitor()
    one, two = offering_of("rs-ei-2").code, offering_of("fo-02").code
    ask("week", "jl2026", SIZE)
    ask("offering", one, BUS, STOP, row("plan", "file"))
    ask("offering", two, row("motto", label_zh="<b>座右铭</b>", help_en="Short"))
    own.pick("rs-ei-2", "fo-02")
    page = own.client.get("/w/jl2026/basket").text
    assert page.count('name="answers.size"') == 2 and f'name="{one}.answers.bus"' in page
    assert f'data-when="{one}.answers.bus" data-among="yes"' in page and "只在“bus”答“是”时填写" in page
    assert "&lt;b&gt;座右铭" in page and 'enctype="multipart/form-data"' in page
    typed: dict[str, Any] = {f"{one}.answers.bus": "yes", f"{one}.answers.stop": "站前", f"{two}.answers.motto": "勤"}
    again = own.send(**typed, **{f"{one}.answers.plan": (BytesIO(PDF), "计划.pdf")})
    assert again.status_code == 422 and '<a href="#answers.size"><b>' in again.text and "请回答这个问题" in again.text
    assert kept(again.text, f"{one}.answers.stop") == "站前" and "已收到：计划.pdf" in again.text
    receipt = kept(again.text, f"{one}.answers.plan.kept")
    done = own.send(**typed, **{"answers.size": "none", f"{one}.answers.plan.kept": receipt})
    assert done.status_code == 303
    rows = {row.offering.code: row.answers for row in db.session.scalars(select(Registration))}
    assert rows[one] == {"size": "none", "bus": "yes", "stop": "站前", "plan": "计划.pdf"}
    assert rows[two] == {"size": "none", "motto": "勤"}
    assert db.session.scalars(select(AnswerFile.size)).one() == len(PDF)


def test_a_file_that_may_not_pass_is_said_at_its_field(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    ask("offering", code, row("plan", "file"))
    own.pick("rs-ei-2")
    name = f"{code}.answers.plan"
    for content, words in ((b"<html>", "这种文件不能用"), (b"MZ\x90\x00", "这种文件不能用"), (b"", "已报名")):
        answer = own.send(**{name: (BytesIO(content), "a.pdf" if content else "")})  # type: ignore[arg-type]
        page = answer.text if answer.status_code == 422 else own.client.get(answer.headers["Location"]).text
        assert words in page
    own.pick("rs-ei-2")
    forged = own.send(phone="13800431281", **{f"{name}.kept": "forged.receipt"})
    assert forged.status_code == 422 and "文件没有收到" in forged.text
    assert db.session.scalars(select(AnswerFile)).all() == []


def test_real_names_ask_for_number_and_box_in_the_readers_language(visitor: NewVisitor) -> None:
    own, code = visitor(), real_name("rs-ei-2", consents=["publishing"])
    own.pick("rs-ei-2")
    page = own.client.get("/en/w/jl2026/basket").text
    assert 'name="id_number"' in page and 'name="consent.sensitive" value="yes">' in page
    assert 'name="consent.publishing" value="yes">' in page and "destroyed within 30 days" in page
    assert f"seats-{code}" not in page
    wrong = own.client.post(
        "/en/w/jl2026/basket",
        data=own.hidden("/en/w/jl2026/basket")
        | {"name": "Ada Lovelace", "phone": "13800431280", "consent": "y", "id_type": "resident", "id_number": "123"},
    )
    assert wrong.status_code == 422 and "this one has" in wrong.text and 'value="123"' in wrong.text
    assert "Sensitive information is asked here" in wrong.text
    fields = {"id_type": "resident", "id_number": NUMBER, "consent.sensitive": "yes"}
    marks = {f"mark.{p}": kept(page, f"mark.{p}") for p in ("sensitive", "publishing")}
    assert own.send(**fields, **marks | {"mark.sensitive": "older"}).status_code == 422
    done = own.send(**fields, **marks)
    assert done.status_code == 303 and NUMBER not in own.client.get(done.headers["Location"]).text
    assert db.session.scalars(select(AttendeeIdentity.last4)).one() == NUMBER[-4:]
    assert len(db.session.scalars(select(Consent)).all()) == 2
    real_name("rs-nm-1")
    own.pick("rs-nm-1")
    again = own.client.get("/w/jl2026/basket").text
    assert f"尾号 {NUMBER[-4:]}" in again and 'name="id_number"' not in again and "consent.sensitive" not in again
