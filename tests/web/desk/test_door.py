"""The door on the desk: arrivals, gates, devices, and who may touch them."""

import re
from base64 import b64decode
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.queries.gates import list_devices, list_gates
from eventweek.kernel.clock import local_day, travel
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Grant
from tests.conftest import SignIn
from tests.factories.door import demo_week_id, make_device, make_gate, make_pass, open_sessions

GATES = "/desk/w/jl2026/gates"
DEVICES = "/desk/w/jl2026/devices"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn, at_demo_noon: Any) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _post(client: FlaskClient, address: str, page: str = GATES, **fields: Any) -> Any:
    token = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(page).text)[0]
    return client.post(address, data={"csrf_token": token, **fields})


def test_a_gate_is_added_stopped_and_let_go_on(desk: FlaskClient) -> None:
    session = open_sessions()[0]
    assert "还没有验票设备" in desk.get(GATES).text
    fields = {"venue": session.venue_code, "name_zh": "东门", "name_en": ""}
    assert _post(desk, GATES, **fields).status_code == 303
    gate = next(gate for gate in list_gates(demo_week_id()) if gate.name.zh == "东门")
    assert "东门" in desk.get(GATES).text
    twice = _post(desk, GATES, **fields)
    assert twice.status_code == 422 and "已有同名入口" in twice.text and 'value="东门"' in twice.text
    assert "没有这个场地" in _post(desk, GATES, venue="\0", name_zh="门").text
    assert "入口要有名字" in _post(desk, GATES, venue=session.venue_code, name_zh="\u200b ").text
    for stopped in (True, True, False):
        assert _post(desk, f"{GATES}/{gate.code}/pause", stopped=str(int(stopped))).status_code == 303
        assert ("恢复放行" in desk.get(GATES).text) == stopped
    assert _post(desk, f"{GATES}/nowhere/pause", stopped="1").status_code == 404


def test_a_device_is_enrolled_by_qr_renewed_and_revoked(demo_app: Flask, desk: FlaskClient) -> None:
    gate = make_gate(open_sessions()[0])
    new = f"{DEVICES}/new"
    fields = {"name": "东门1号", "profile": "find", "gates": gate.code, "valid_to": "2026-10-20"}
    page = _post(desk, DEVICES, new, **fields)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    link = re.findall(r'value="(http://[^"]*/gate/enrol/[^"]*)"', page.text)[0]
    assert link.startswith("http://127.0.0.1:8000/gate/enrol/") and _read_qr(page.text) == link
    phone = demo_app.test_client()
    path = link.removeprefix("http://127.0.0.1:8000")
    assert _post(phone, path, path, name="东门1号").status_code == 303
    assert phone.get("/gate/").status_code == 200
    device = list_devices(demo_week_id())[0]
    assert "在用" in desk.get(GATES).text
    renewed = _post(desk, f"{DEVICES}/{device.code}/link")
    assert link not in renewed.text and phone.get("/gate/").status_code == 403
    assert _post(desk, f"{DEVICES}/{device.code}/revocation").status_code == 303
    assert "已停用" in desk.get(GATES).text
    assert _post(desk, f"{DEVICES}/{device.code}/link").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " \u200b", "设备要有名字"),
        ("profile", "king", "权限只有三种"),
        ("gates", "nowhere", "所选入口不属于这一届"),
        ("valid_to", "2026-10-01", "有效期应在今天之后"),
        ("valid_to", "9999-12-31", "有效期应在今天之后"),
        ("valid_to", "\ud800", "有效期应在今天之后"),
    ],
)
def test_a_wrong_device_is_refused_at_its_field(desk: FlaskClient, field: str, value: str, words: str) -> None:
    fields = {"name": "东门1号", "profile": "scan", "valid_to": "2026-10-20", field: value.encode("utf-8", "replace")}
    page = _post(desk, DEVICES, f"{DEVICES}/new", **fields)
    assert page.status_code == 422 and words in page.text
    assert list_devices(demo_week_id()) == []


def test_arrivals_by_session_and_day(desk: FlaskClient) -> None:
    session = open_sessions()[0]
    gate, held = make_gate(session), make_pass(session, seats=3)
    with travel(session.start - timedelta(minutes=5)):
        device, _key = make_device()
        record_scan(device, ScanRequest(1, gate.code, session.code, code=held.token), actor=device.actor)
    day = local_day(session.start, "Asia/Shanghai").isoformat()
    row = re.findall(rf"<tr>(?:(?!</tr>).)*{session.code}.*?</tr>", desk.get(f"{GATES}?day={day}").text, re.S)[0]
    assert re.findall(r'data-word="(\w+)">(\d+)', row) == [("报名", "3"), ("到场", "3"), ("厅内", "3")]
    assert "100%" in row
    assert desk.get(f"{GATES}?day=rubbish").status_code == 200


@pytest.mark.parametrize("role", ["reader", "proposer"])
def test_others_may_not(demo_app: Flask, sign_in: SignIn, at_demo_noon: Any, role: str) -> None:
    client = sign_in(demo_app, role)
    assert client.get(GATES).status_code == 403 and client.get(f"{DEVICES}/new").status_code == 403
    assert sign_in(demo_app, "door").get(GATES).status_code == 200


def _read_qr(page: str) -> str:
    data = re.findall(r'src="data:image/png;base64,([^"]*)"', page)[0]
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(b64decode(data))).convert("L"))[0].text)


def test_a_door_role_of_one_venue_touches_no_other(demo_app: Flask, sign_in: SignIn, at_demo_noon: Any) -> None:
    mine = open_sessions()[0]
    other = next(session for session in open_sessions() if session.venue_code != mine.venue_code)
    gates = {session.venue_code: make_gate(session) for session in (mine, other)}
    client = sign_in(demo_app, "door")
    with transaction():
        grant = db.session.scalars(select(Grant).where(Grant.role == "door").order_by(Grant.id.desc())).first()
        assert grant
        grant.scope_kind, grant.scope_code = "venue", mine.venue_code
    device = {"name": "手机", "profile": "find", "valid_to": "2026-10-20"}
    for venue, allowed in ((mine.venue_code, True), (other.venue_code, False)):
        code = gates[venue].code
        added = _post(client, GATES, venue=venue, name_zh="西门").status_code
        stopped = _post(client, f"{GATES}/{code}/pause", stopped="1").status_code
        enrolled = _post(client, DEVICES, f"{DEVICES}/new", gates=code, **device).status_code
        assert (added, stopped, enrolled) == ((303, 303, 200) if allowed else (403, 403, 403))
    assert _post(client, DEVICES, f"{DEVICES}/new", **device).status_code == 403
    assert [g.venue.code for g in list_gates(demo_week_id()) if g.name.zh == "西门"] == [mine.venue_code]
    assert len(list_devices(demo_week_id())) == 1
