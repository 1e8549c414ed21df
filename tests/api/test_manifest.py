"""The list of a door device: whole and in changes, right for every pass, with no name that can be read."""

import gzip
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.checkin.actions.devices import revoke_device, stop_gate
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.listing import short_hash
from eventweek.checkin.models import Device
from eventweek.checkin.queries.holders import find_entitlement
from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.registration.actions import Basket, Item, register
from eventweek.registration.models import Attendee, Offering, OfferingSession, Pass, PassToken, Registration
from eventweek.registration.passes import token_of
from tests.conftest import scaled
from tests.factories.door import Held, demo_week_id, make_device, make_gate, make_pass, open_sessions
from tests.factories.door_list import hash_of, open_seal, read_row


def noted() -> None:
    """Audit a change that a test made by hand, as each action audits its own."""
    with transaction():
        record(SYSTEM, "pass.reissue", "pass", "test", week_id=demo_week_id())


class Phone:
    """A phone at one gate that keeps its list as a device does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, (self.session, self.other) = client, open_sessions()
        self.gate = make_gate(self.session)
        with travel(self.session.start - timedelta(hours=2)):
            self.device, self.key = make_device("lead", self.gate)
        self.list, self.seq, self.rows = 0, 0, dict[str, str]()

    def get(self, path: str = "manifest", key: str | None = None, **asked: Any) -> TestResponse:
        """Ask for the list."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        return self.client.get(f"/api/v1/{path}", query_string=asked, headers=headers)

    def sync(self) -> dict[str, Any]:
        """Take over what the list says now."""
        answer = self.get(list=self.list, since=self.seq)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json or {}
        if told["whole"]:
            self.rows.clear()
        self.rows |= told["rows"]
        for token in told["gone"]:
            del self.rows[token]
        self.list, self.seq = told["list"], told["seq"]
        return told

    def state(self, held: Held) -> tuple[str, str]:
        """Give what the list says of a pass for the session."""
        row = read_row(self.rows[hash_of(held.token)])
        return row.token, row.state_in(self.session.id)


def offering_of(session: DoorSession) -> str:
    """Give the code of an offering that admits to a session."""
    query = select(Offering.code).join(Offering.sessions).where(OfferingSession.session_id == session.id)
    return db.session.scalars(query).first() or ""


@pytest.fixture
def phone(demo_app: Flask, demo_client: FlaskClient) -> Iterator[Phone]:
    with travel(open_sessions()[0].start - timedelta(minutes=10)):
        yield Phone(demo_client)


@pytest.mark.database
def test_the_list_is_sent_whole_then_in_changes(phone: Phone) -> None:
    held = make_pass(phone.session)
    first = phone.sync()
    assert first["whole"] and phone.state(held) == ("valid", "confirmed")
    assert [own["code"] for own in first["gates"]] == [phone.gate.code]
    assert phone.session.code in {own["code"] for own in first["sessions"]}
    assert {own["venue"] for own in first["sessions"]} == {phone.session.venue_code}
    nothing = phone.sync()
    assert (nothing["whole"], nothing["rows"], nothing["gone"], nothing["seq"]) == (False, {}, [], first["seq"])
    late, elsewhere = make_pass(phone.session, "waitlisted"), make_pass(phone.other)
    with transaction():
        db.session.execute(update(PassToken).where(PassToken.pass_id == held.pass_id).values(status="void"))
        db.session.execute(update(Pass).where(Pass.id == held.pass_id).values(status="void"))
    noted()
    changed = phone.sync()
    assert not changed["whole"] and len(changed["rows"]) == 3 and changed["seq"] == first["seq"] + 1
    assert phone.state(late) == ("valid", "waitlisted") and phone.state(held)[0] == "void"
    assert phone.state(elsewhere) == ("valid", "other" if phone.other.id != phone.session.id else "confirmed")


@pytest.mark.database
def test_a_token_that_is_gone_is_taken_off_and_a_foreign_list_is_sent_whole(phone: Phone) -> None:
    held = make_pass(phone.session)
    phone.sync()
    with transaction():
        db.session.delete(db.session.get_one(Pass, held.pass_id))
        db.session.delete(db.session.get_one(Attendee, held.attendee_id))
    noted()
    told = phone.sync()
    assert told["gone"] == [hash_of(held.token)] and hash_of(held.token) not in phone.rows
    for wrong in ({"list": phone.list + 1, "since": 1}, {"list": phone.list, "since": phone.seq + 1}):
        answer = phone.get(**wrong).json
        assert answer and answer["whole"] and answer["rows"] == phone.rows


def test_what_came_in_at_another_gate_is_told(phone: Phone) -> None:
    held = make_pass(phone.session)
    with travel(phone.session.start - timedelta(hours=1)):
        other, _key = make_device("scan")
    phone.sync()  # from here on nothing is done but the scan
    request = ScanRequest(1, phone.gate.code, phone.session.code, code=held.token)
    record_scan(other, request, actor=other.actor)
    phone.sync()
    part = (read_row(phone.rows[hash_of(held.token)]).parts or {})[phone.session.id]
    assert (part.entries, part.inside) == (1, True)


def test_a_stopped_gate_is_told_without_a_change_of_the_list(phone: Phone) -> None:
    first = phone.sync()
    stop_gate(phone.gate.code, stopped=True, actor=SYSTEM)
    told = phone.sync()
    assert told["gates"][0]["stopped"] and not told["rows"] and told["seq"] == first["seq"]


def test_every_row_says_what_the_server_would(phone: Phone) -> None:
    """Every pass, every session at the venue, every state and slot: state, seats and slot as the server finds them."""
    for number, state in enumerate(("confirmed", "waitlisted", "applied", "cancelled") * 2):
        slot = (timedelta(minutes=-30), timedelta(minutes=30)) if number >= 4 else None
        make_pass(phone.session, state, seats=number % 3 + 1, slot=slot)
    make_pass(phone.session, "offered")
    with transaction():
        online = make_pass(phone.session)
        own = Registration.attendee_id == online.attendee_id
        db.session.execute(update(Registration).where(own).values(cls="online"))
    make_pass(None)
    told, wrong, seen = phone.sync(), [], set()
    query = select(PassToken.token_hash, Pass.attendee_id).join(Pass, Pass.id == PassToken.pass_id)
    for hashed, person in db.session.execute(query.where(Pass.week_id == demo_week_id(), Pass.status == "active")):
        row = read_row(phone.rows[short_hash(hashed)])
        for session in told["sessions"]:
            mine = find_entitlement(demo_week_id(), person, session["id"])
            part = (row.parts or {}).get(session["id"])
            found = (
                row.state_in(session["id"]),
                *((part.party, part.slot_start, part.slot_end) if part else (1, None, None)),
            )
            seen.add(mine.state)
            if found != (mine.state, mine.party, mine.slot_start, mine.slot_end):
                wrong.append((mine, found))
    assert wrong == []
    assert seen >= {"confirmed", "waitlisted", "applied", "cancelled", "offered", "online", "none"}


def test_a_list_kept_by_changes_is_the_list_sent_whole(phone: Phone) -> None:
    """Invariant 12: whatever happens in whatever order, the list at 0 with changes 1..n is the list at n."""
    dice, held = random.Random(7), [make_pass(phone.session) for _ in range(6)]
    states = ("confirmed", "waitlisted", "cancelled")
    for _step in range(scaled(120)):
        one = dice.choice(held)
        with transaction():
            match dice.randrange(4):
                case 0:
                    own = update(Registration).where(Registration.attendee_id == one.attendee_id)
                    db.session.execute(own.values(state=dice.choice(states)))
                case 1:
                    own_token = update(PassToken).where(PassToken.pass_id == one.pass_id)
                    db.session.execute(own_token.values(status=dice.choice(("active", "void", "replaced"))))
                case 2:
                    own_name = update(Attendee).where(Attendee.id == one.attendee_id)
                    db.session.execute(own_name.values(version=Attendee.version + 1))
                case _:
                    pass
        if dice.random() < 0.3:
            held.append(make_pass(dice.choice((phone.session, phone.other))))
        if dice.random() < 0.5:
            noted()
            phone.sync()
    make_pass(phone.session)
    noted()
    phone.sync()
    whole = phone.get().json
    assert whole and whole["rows"] == phone.rows and whole["seq"] == phone.seq > 1


def test_names_are_sealed_for_who_shows_the_code(phone: Phone) -> None:
    wanted = (Item(offering_of(phone.session)),)
    basket = Basket(demo_week_id(), wanted, name="王小明", email="w@example.org", consent=True)
    made = register(basket, actor=VISITOR, key="w")
    told, own = phone.sync(), db.session.get_one(Pass, made[0].pass_id)
    token, name = token_of(own), own.attendee.name
    answer = phone.get("manifest/names").json
    assert answer and answer["next"] == "" and set(answer["names"]) <= set(told["rows"])
    with travel(phone.session.start - timedelta(hours=2)):
        everything = make_device("scan")
    wide = phone.get("manifest/names", key=everything[1]).json
    assert wide
    seal = wide["names"][hash_of(token)]
    assert open_seal(token, seal) == (name, own.attendee.organisation)
    assert open_seal("0" * 26, seal) is None and open_seal(token, seal[:-8] + "AAAAAAA=") is None
    assert name not in json.dumps(wide, ensure_ascii=False) + json.dumps(told, ensure_ascii=False)
    body = phone.get(key=everything[1]).text
    for secret in (name, token, own.code, own.attendee.phone_e164 or "nobody", own.attendee.email or "nobody"):
        assert secret not in body


@pytest.mark.parametrize(("ahead", "kept"), [(0, 0), (90_000, 90_000), (-3_600_000, -3_600_000), (10**12, 2**31 - 1)])
def test_how_far_a_clock_is_off_is_noted(phone: Phone, ahead: int, kept: int) -> None:
    at = phone.session.start - timedelta(minutes=10)
    assert phone.get(clock=round(at.timestamp() * 1000) + ahead).status_code == 200
    device = db.session.get_one(Device, phone.device.id)
    assert (device.clock_offset_ms, device.last_seen_at) == (kept, at)
    assert phone.get().status_code == 200 and device.clock_offset_ms == kept


def test_few_statements_for_any_number(phone: Phone, statements: Any) -> None:
    for _ in range(5):
        make_pass(phone.session)
    with statements() as first:
        phone.sync()
    with statements() as quiet:
        phone.sync()
    assert len(first) <= 22 and len(quiet) <= 10, (len(first), len(quiet))


def test_bad_requests_are_told_what_is_wrong(phone: Phone) -> None:
    assert phone.get(key="nobody").status_code == 401
    for wrong in ({"since": "x"}, {"since": -1}, {"list": 10**12}, {"clock": -1}):
        answer = phone.get(**wrong)
        assert answer.status_code == 422 and (answer.json or {})["errors"], answer.text
    revoke_device(phone.device.code, actor=SYSTEM)
    refused = phone.get()
    assert refused.status_code == 401 and (refused.json or {})["code"] == "device.revoked"
    assert "names" not in phone.get("manifest/names").text


def test_it_is_zipped_where_that_is_understood(phone: Phone) -> None:
    headers = {"Authorization": f"Bearer {phone.key}", "Accept-Encoding": "gzip"}
    answer = phone.client.get("/api/v1/manifest", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Cache-Control"] == "no-store"
    assert json.loads(gzip.decompress(answer.data))["whole"]
