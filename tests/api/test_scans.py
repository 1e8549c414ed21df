"""Scans by program: the door's verdicts, once per number, and one wrong scan does not stop the others."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import revoke_device
from eventweek.checkin.models import Scan
from eventweek.checkin.queries.scans import list_broken_links, list_wrong_attendance
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from tests.api.shapes import complaints
from tests.factories.door import demo_week_id, make_device, make_gate, make_pass, open_sessions


class Door:
    """One gate ten minutes before a session, and the key of a device."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, (self.session, self.other) = client, open_sessions()
        self.gate = make_gate(self.session).code
        with travel(self.session.start - timedelta(hours=2)):
            self.device, self.key = make_device("lead")

    def scan(self, seq: Any, code: str = "", **more: Any) -> dict[str, Any]:
        """Give a scan of this gate."""
        return {"seq": seq, "gate": self.gate, "session": self.session.code, "code": code, **more}

    def send(self, *scans: Any, key: str | None = None, **headers: str) -> TestResponse:
        """Send scans."""
        sent = {"Authorization": f"Bearer {self.key if key is None else key}", **headers}
        return self.client.post("/api/v1/scans", json={"scans": list(scans)}, headers=sent)

    def told(self, *scans: Any) -> list[dict[str, Any]]:
        """Give what is said to each scan."""
        answer = self.send(*scans)
        assert answer.status_code == 200 and answer.json, answer.text
        items: list[dict[str, Any]] = answer.json["items"]
        return items


@pytest.fixture
def door(demo_app: Flask, demo_client: FlaskClient) -> Iterator[Door]:
    with travel(open_sessions()[0].start - timedelta(minutes=10)):
        yield Door(demo_client)


def kept() -> int:
    """Give the number of scans."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Scan)) or 0


@pytest.mark.database
def test_each_scan_is_answered_as_at_the_door(door: Door) -> None:
    mine, theirs = make_pass(door.session, seats=2), make_pass(door.other, phone="+8613800138001", name="示例甲")
    answer = door.send(
        door.scan(1, f"HTTPS://EXAMPLE.ORG/T/{mine.token}", device_time="2026-10-15T09:00:00+08:00"),
        door.scan(2, theirs.short_code),
        door.scan(3, "不是码"),
        door.scan(4, mine.token, kind="out", mode="online"),
        door.scan(5, kind="annul", annuls=1),
        **{"Accept-Language": "en"},
    )
    spec = door.client.get("/api/v1/openapi.json").json or {}
    assert answer.json and complaints(spec, {"$ref": "#/components/schemas/Acknowledgements"}, answer.json) == []
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Accept-Language")
    said = [one["verdict"] for one in answer.json["items"]]
    assert [(v["colour"], v["code"]) for v in said] == [
        ("yes", "entry.first"),
        ("ask", "entry.other_session"),
        ("no", "token.malformed"),
        ("yes", "exit.ok"),
        ("yes", "annul.ok"),
    ]
    assert said[0]["detail"] == "Registered." and (said[0]["name"], said[0]["party"]) == ("示例丁卯", 2)
    assert said[0]["people"] == {"registered": 2, "arrived": 2, "inside": 2} and said[4]["people"]["arrived"] == 0
    assert said[1]["go_to"]["code"] == door.other.code and answer.json["next_seq"] == 6
    assert "1380" not in answer.text
    assert list_wrong_attendance(demo_week_id()) == [] == list_broken_links(demo_week_id())


@pytest.mark.database
def test_a_batch_sent_again_gets_the_same_answers_and_adds_nothing(door: Door) -> None:
    held = make_pass(door.session)
    batch = [door.scan(3, held.token), door.scan(4, held.token, kind="out")]
    first = door.told(*batch)
    for _again in range(3):
        told = door.told(*batch)
        assert told[0]["verdict"].pop("people") == {"registered": 1, "arrived": 1, "inside": 0}
        assert {**first[0]["verdict"], **told[0]["verdict"]} == first[0]["verdict"]
        assert (told[1], kept()) == (first[1], 2)
    again = door.told(door.scan(4, held.token, kind="in"), door.scan(2, held.token), door.scan(5, held.token))
    assert [one["error"] and one["error"]["code"] for one in again] == ["scan.seq_used", "scan.seq_used", None]
    assert again[2]["verdict"]["code"] == "entry.again" and kept() == 3


@pytest.mark.database
def test_a_chain_is_proved_when_it_is_kept(door: Door) -> None:
    held = make_pass(door.session)
    first = door.told(door.scan(1, held.token, prev_hash="0" * 64))[0]["verdict"]
    wrong = door.told(door.scan(2, held.token, kind="out", prev_hash="0" * 64))[0]
    assert wrong["error"]["code"] == "scan.chain" and kept() == 1
    second = door.told(door.scan(2, held.token, kind="out", prev_hash=first["link"]))[0]["verdict"]
    assert second["code"] == "exit.ok" and list_broken_links(demo_week_id()) == []
    assert db.session.scalar(select(Scan.prev_hash).where(Scan.device_seq == 2)) == first["link"]


WRONG: list[tuple[Any, str, set[tuple[str, str]]]] = [
    (None, "input.invalid", {("body", "json.type")}),
    ([], "input.invalid", {("body", "json.type")}),
    ("x", "input.invalid", {("body", "json.type")}),
    ({"seq": 0}, "input.invalid", {("seq", "json.range")}),
    ({"seq": 10**30}, "input.invalid", {("seq", "json.range")}),
    ({"seq": "1"}, "input.invalid", {("seq", "json.type")}),
    ({"seq": True}, "input.invalid", {("seq", "json.type")}),
    ({"seq": 1.5}, "input.invalid", {("seq", "json.type")}),
    ({"kind": "dance"}, "input.invalid", {("kind", "json.choice")}),
    ({"kind": "annul"}, "input.invalid", {("kind", "scan.kind")}),
    ({"annuls": 7}, "input.invalid", {("kind", "scan.kind")}),
    ({"mode": "offline"}, "input.invalid", {("mode", "json.choice")}),
    ({"override": "bribe"}, "input.invalid", {("override", "json.choice")}),
    ({"code": "x" * 201}, "input.invalid", {("code", "json.length")}),
    ({"code": None}, "input.invalid", {("code", "json.required")}),
    ({"rehearsal": "yes"}, "input.invalid", {("rehearsal", "json.type")}),
    ({"device_time": "2026-10-15T09:00:00"}, "input.invalid", {("device_time", "json.type")}),
    ({"device_time": "0001-01-01T00:00:00+14:00"}, "input.invalid", {("device_time", "scan.time")}),
    ({"device_time": "9999-12-31T23:59:59-14:00"}, "input.invalid", {("device_time", "scan.time")}),
    ({"device_time": 5}, "input.invalid", {("device_time", "json.type")}),
    ({"name": "王"}, "input.invalid", {("name", "json.unknown")}),
    ({"gate": "nix"}, "gate.not_found", set()),
    ({"gate": "a\0b"}, "gate.not_found", set()),
    ({"session": "nix"}, "door.session_not_found", set()),
    ({"session": "a\0b"}, "door.session_not_found", set()),
    ({"prev_hash": "%s\0"}, "scan.chain", set()),
]


@pytest.mark.database
def test_wrong_scans_are_refused_one_by_one_and_the_others_are_kept(door: Door) -> None:
    held = make_pass(door.session)
    wrong = [{**door.scan(2, held.token), **one} if isinstance(one, dict) else one for one, _code, _errors in WRONG]
    told = door.told(door.scan(1, held.token), *wrong, door.scan(2, held.token, kind="out"))
    assert [told[0]["verdict"]["code"], told[-1]["verdict"]["code"]] == ["entry.first", "exit.ok"] and kept() == 2
    for (sent, code, errors), one in zip(WRONG, told[1:-1], strict=True):
        assert one["verdict"] is None and one["error"]["detail"], sent
        assert (one["error"]["code"], {(e["field"], e["code"]) for e in one["error"]["errors"]}) == (code, errors), sent


@pytest.mark.database
def test_codes_of_controls_and_wide_characters_are_answered(door: Door) -> None:
    codes = ["a\0b", "\u202e\u200b", "😀" * 100, "０" * 26, "", "%", "' OR 1=1 --"]
    told = door.told(*(door.scan(number, code) for number, code in enumerate(codes, 1)))
    assert {one["verdict"]["code"] for one in told} <= {"token.malformed", "token.unknown"} and kept() == len(codes)


@pytest.mark.database
def test_a_session_of_another_venue_is_not_at_this_gate(door: Door) -> None:
    away = next(s for s in open_sessions(200) if s.venue_code != door.session.venue_code)
    told = door.told({**door.scan(1, "x"), "session": away.code})
    assert told[0]["error"]["code"] == "door.session_not_found" and kept() == 0


@pytest.mark.database
def test_only_a_working_device_is_heard(door: Door) -> None:
    scan = door.scan(1, make_pass(door.session).token)
    for key, code in (("", "token.missing"), ("0" * 43, "device.unknown"), ("x\x7f", "token.missing")):
        refused = door.send(scan, key=key)
        assert refused.status_code == 401 and refused.json and refused.json["code"] == code
    with travel(door.session.start + timedelta(days=30)):
        late = door.send(scan)
    assert late.status_code == 401 and late.json and late.json["code"] == "device.expired"
    revoke_device(door.device.code, actor=SYSTEM)
    gone = door.send(scan, **{"Accept-Language": "zh-CN"})
    assert gone.status_code == 401 and gone.json and gone.json["code"] == "device.revoked"
    assert "停用" in gone.json["detail"] and gone.headers["WWW-Authenticate"] == "Bearer" and kept() == 0


@pytest.mark.database
def test_a_scanning_device_has_no_rights_of_the_lead(door: Door) -> None:
    with travel(door.session.start - timedelta(hours=2)):
        key = make_device("scan")[1]
    wanted = [door.scan(1, make_pass().token, override="guest"), door.scan(1, kind="walk-in")]
    answer = door.send(*wanted, key=key)
    assert answer.json and [one["error"]["code"] for one in answer.json["items"]] == ["device.profile_denied"] * 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b'{"scans": []}', 422),
        (b'{"scans": {}}', 422),
        (b'{"scans": null}', 422),
        (json.dumps({"scans": [{}] * 101}).encode(), 422),
        (b'{"scans": [' + b"[" * 30 + b"]" * 30 + b"]}", 400),
        (b'{"scans": [{"seq": NaN}]}', 400),
        (b'{"scans": [{"code": "\\ud800"}]}', 400),
        (b'{"scans": ["' + b"x" * 2_000_000 + b'"]}', 413),
    ],
)
def test_a_batch_that_is_none_is_a_problem(door: Door, body: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {door.key}", "Content-Type": "application/json"}
    answer = door.client.post("/api/v1/scans", data=body, headers=headers)
    assert (answer.status_code, answer.mimetype, kept()) == (status, "application/problem+json", 0), answer.text


def test_too_many_batches_and_guesses_have_to_wait(door: Door) -> None:
    guessed = door.told(*(door.scan(seq, f"{seq:08}" + " - " * 5) for seq in range(1, 71)))
    refused = [one["error"]["code"] for one in guessed if one["error"]]
    assert set(refused) == {"limit.reached"} and 5 <= len(refused) <= 10
    # at most twice the rate and a few: the window slides, and a minute may end on the way
    answers = (door.send(door.scan(100 + number, "0" * 26)) for number in range(125))
    first = next(answers)
    last = next((answer for answer in answers if answer.status_code != 200), first)
    assert (first.status_code, last.status_code) == (200, 429)
    assert last.json and last.json["code"] == "limit.reached" and int(last.headers["Retry-After"]) > 0
