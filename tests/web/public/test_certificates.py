"""A visitor fetches a certificate of attendance on the phone; whoever is shown it looks its code up."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.certificates import code_of, grouped
from eventweek.checkin.models import AttendanceCertificate
from eventweek.checkin.queries.sessions import find_session
from eventweek.kernel import keys
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.limits import init_limits
from eventweek.programme.actions.weeks import edit_week
from eventweek.registration.models import Pass
from eventweek.registration.passes import token_of
from tests.factories.door import demo_week_id, make_device, make_gate
from tests.registration.world import offering_of
from tests.web.public.conftest import Code, Visitor, hidden_in

NewVisitor = Callable[[], Visitor]
LIST, CHECK = "/my/certificates", "/verify"


class Came:
    """A visitor who registered for a session of the demo week and was let in."""

    def __init__(self, own: Visitor, code: str) -> None:
        found = find_session(demo_week_id(), code)
        assert found
        self.client, self.session, self.offering = own.client, found, offering_of("rs-ei-2").code
        own.register("rs-ei-2", name="王示例")
        self.own = db.session.scalars(select(Pass).order_by(Pass.id.desc())).first() or pytest.fail("no pass")
        self.of, self.id, token = self.own.code, self.own.id, token_of(self.own)
        gate = make_gate(found)
        with travel(found.start):
            device = make_device("lead")[0]
            record_scan(device, ScanRequest(1, gate.code, code, code=token), actor=device.actor)

    def fetch(self) -> str:
        """Press the button; return the page that follows."""
        answer = self.client.post(f"{LIST}?of={self.of}", data={"kind": "offering", "code": self.offering})
        assert answer.status_code == 303
        return self.client.get(answer.location).text


@pytest.fixture
def came(demo_app: Flask, visitor: NewVisitor, code: Code) -> Came:
    init_limits("")
    own = Came(visitor(), code("rs-ei-2"))
    demo_app.config["WTF_CSRF_ENABLED"] = False
    return own


def looked_up(client: FlaskClient, code: str) -> tuple[int, str]:
    form = hidden_in(client.get(CHECK).text)
    answer = client.post(CHECK, data=form | {"code": code})
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_fetched_after_the_session_opened_and_checked_by_somebody_else(app: Flask, came: Came) -> None:
    with travel(came.session.start + timedelta(minutes=5)):
        assert "活动还没有结束" in came.client.get(f"{LIST}?of={came.of}").text
        assert "活动还没有结束" in came.fetch() and db.session.scalar(select(AttendanceCertificate)) is None
    with travel(came.session.end + timedelta(hours=1)):
        assert "取参会证明" in came.client.get(f"{LIST}?of={came.of}").text
        page = came.fetch()
        row = db.session.scalars(select(AttendanceCertificate)).one()
        code = code_of(row.seed, row.key_id)
        assert grouped(code) in page and f"{LIST}/{row.code}.pdf" in page
        paper = came.client.get(f"{LIST}/{row.code}.pdf")
        assert (paper.mimetype, paper.headers["Cache-Control"]) == ("application/pdf", "no-store")
        words = pypdf.PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
        assert "王示例" in words and grouped(code) in words
        stranger = app.test_client()
        status, text = looked_up(stranger, grouped(code).lower())
        assert status == 200 and "这张证明是真的" in text and "王··" in text and "王示例" not in text
        assert came.session.title.zh in text.replace(" ", "") and "138" not in text
        opened = stranger.get(f"{CHECK}/{code}")
        assert opened.status_code == 200 and "王··" in opened.text and "王示例" not in opened.text
        assert "This certificate is genuine" in stranger.get(f"/en{CHECK}/{code}").text
        assert stranger.get(f"{LIST}/{row.code}.pdf").status_code == 404


def test_a_slip_an_unknown_code_and_rubbish_are_told_apart(app: Flask, came: Came) -> None:
    client = app.test_client()
    with app.app_context():
        good = code_of(bytes(16), keys.signing_key_id())
    slip = good[:-1] + ("0" if good[-1] != "0" else "1")
    for text, status, said in (
        (good, 404, "没有发过这个编号"),
        (slip, 422, "编号抄错了"),
        ("", 422, "编号抄错了"),
        ("码" * 300, 422, "编号抄错了"),
        ("<script>alert(1)</script>", 422, "编号抄错了"),
    ):
        assert (looked_up(client, text)[0], said in looked_up(client, text)[1]) == (status, True), text
    for path in (slip, "%00", "%F0%9F%98%80", "../x"):
        assert client.get(f"{CHECK}/{path}").status_code in (404, 422)
    assert f'value="{slip}"' in client.get(f"{CHECK}/{slip}").text, "what came by the address is there to be mended"


def test_too_many_looks_are_put_off(app: Flask, came: Came) -> None:
    client, seen = app.test_client(), set()
    for _ in range(70):
        seen.add(client.get(f"{CHECK}/AAAA").status_code)
    assert seen == {422, 429}


def test_who_is_nobody_here_gets_nothing(app: Flask, came: Came) -> None:
    stranger = app.test_client()
    assert 'class="proofs"' in came.client.get(LIST).text and 'class="proofs"' not in stranger.get(LIST).text
    data = {"kind": "offering", "code": came.offering}
    assert stranger.post(f"{LIST}?of={came.of}", data=data).status_code == 404
    assert db.session.scalar(select(AttendanceCertificate)) is None


def test_a_week_that_gives_none_says_so(app: Flask, came: Came) -> None:
    edit_week("jl2026", {"certificate_share": 0}, version=None, actor=SYSTEM)
    with travel(came.session.end + timedelta(hours=1)):
        assert "这一届不发参会证明" in came.client.get(f"{LIST}?of={came.of}").text
