"""Scans at the door: each verdict, once per number, nobody twice, attendance as the fold of the scans."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions import scans as scan_actions
from eventweek.checkin.actions.answers import ScanAnswer
from eventweek.checkin.actions.devices import revoke_device, stop_gate
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.models import Attendance, Gate, Scan
from eventweek.checkin.queries.gates import DeviceFacts
from eventweek.checkin.queries.scans import list_broken_links, list_wrong_attendance
from eventweek.checkin.queries.sessions import DoorSession, Turnout, count_turnout
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.registration.models import Pass
from eventweek.scheduling.models import Published, ReleaseItem
from tests.conftest import scaled
from tests.factories.door import Held, demo_week_id, make_device, make_gate, make_pass, open_sessions
from tests.factories.releases import retell


class Door:
    """One gate of one session with a lead's phone, ten minutes before the start."""

    def __init__(self) -> None:
        self.session, self.other = open_sessions()
        self.gate = make_gate(self.session)
        with travel(self.session.start - timedelta(hours=2)):
            self.device, self.key = make_device("lead")
        self.seq = 0

    def scan(self, held: Held | str = "", *, device: DeviceFacts | None = None, **changes: Any) -> ScanAnswer:
        self.seq += 1
        code = held.token if isinstance(held, Held) else held
        request = ScanRequest(self.seq, self.gate.code, self.session.code, code=code)
        device = device or self.device
        return record_scan(device, replace(request, **changes), actor=device.actor)


@pytest.fixture
def door(demo_app: Flask) -> Iterator[Door]:
    with travel(open_sessions()[0].start - timedelta(minutes=10)):
        yield Door()


def said(answer: ScanAnswer) -> tuple[str, str]:
    return str(answer.colour), answer.code


@pytest.mark.database
def test_first_in_then_already_in_says_when_and_where(door: Door) -> None:
    held = make_pass(door.session)
    first = door.scan(held)
    assert (said(first), first.name, first.turnout) == (("yes", "entry.first"), "示例丁卯", Turnout(1, 1, 1))
    with travel(door.session.start):
        again = door.scan(held)
    assert said(again) == ("ask", "entry.already_in")
    assert again.before is not None and again.before[0] == door.session.start - timedelta(minutes=10)
    assert again.before[1] == door.gate.name
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 2
    assert list_wrong_attendance(demo_week_id()) == []


@pytest.mark.database
def test_the_same_number_again_is_the_same_answer_and_no_second_row(door: Door) -> None:
    held = make_pass(door.session)
    answers = [door.scan(held, seq=5) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2] and said(answers[0]) == ("yes", "entry.first")
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 1
    with pytest.raises(Refusal, match="scan.seq_used") as refused:
        door.scan(make_pass(door.session, phone="+8613800138001"), seq=5)
    assert refused.value.facts == {"next": 6}
    with pytest.raises(Refusal, match="scan.seq_used"):
        door.scan(held, seq=4)


def test_a_double_scan_within_five_seconds_is_the_same_green_and_one_entry(door: Door) -> None:
    held, start = make_pass(door.session), door.session.start
    with travel(start):
        door.scan(held)
    with travel(start + timedelta(seconds=4)):
        twice = door.scan(held)
    assert (said(twice), twice.repeat) == (("yes", "entry.first"), True)
    with travel(start + timedelta(seconds=6)):
        assert said(door.scan(held)) == ("ask", "entry.already_in")
    row = db.session.scalars(select(Attendance)).one()
    assert (row.entries, row.flags) == (1, "")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("confirmed", ("yes", "entry.first")),
        ("waitlisted", ("ask", "entry.waitlisted")),
        ("offered", ("ask", "entry.offered")),
        ("applied", ("ask", "entry.applied")),
        ("returned", ("ask", "entry.applied")),
        ("rejected", ("ask", "entry.cancelled")),
        ("cancelled", ("ask", "entry.cancelled")),
    ],
)
def test_a_session_is_open_exactly_to_the_confirmed(door: Door, state: str, expected: tuple[str, str]) -> None:
    assert said(door.scan(make_pass(door.session, state))) == expected


def test_a_wrong_session_names_the_right_one(door: Door) -> None:
    answer = door.scan(make_pass(door.other))
    assert said(answer) == ("ask", "entry.other_session")
    assert answer.right is not None and answer.right.code == door.other.code
    assert said(door.scan(make_pass(phone="+8613800138001"))) == ("ask", "entry.none")


@pytest.mark.database
def test_forged_altered_void_and_replaced_codes(door: Door) -> None:
    held = make_pass(door.session)
    altered = ("1" if held.token[0] == "0" else "0") + held.token[1:]
    assert said(door.scan("Z" * 26)) == said(door.scan(altered)) == ("ask", "token.unknown")
    assert said(door.scan(make_pass(door.session, token_state="void"))) == ("no", "token.void")
    assert said(door.scan(make_pass(door.session, token_state="replaced"))) == ("no", "token.replaced")
    for rubbish in ("", "https://example.org/", "\ud800" * 26, "\0", "１" * 26 + "x", "A" * 100_000, "' OR 1=1 --"):
        assert said(door.scan(rubbish)) == ("no", "token.malformed")
    with transaction():
        db.session.execute(update(Pass).values(status="void"))
    assert said(door.scan(held)) == ("no", "token.void")
    assert count_turnout(door.session.id).arrived == 0


def test_a_code_is_read_in_any_spelling(door: Door) -> None:
    held = make_pass(door.session)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in held.token)
    for text in (f"HTTPS://WEEK.EXAMPLE.ORG/T/{held.token}", wide, f" {held.token.lower()}\r\n", held.short_code):
        assert said(door.scan(text)) == ("yes", "entry.first")


def test_an_unknown_code_is_red_where_the_gate_says_so(door: Door) -> None:
    with transaction():
        db.session.execute(update(Gate).values(unknown="no"))
    assert said(door.scan("Z" * 26)) == ("no", "token.unknown")


@pytest.mark.database
def test_another_weeks_pass(door: Door) -> None:
    held = make_pass(door.session)
    with transaction():
        own = db.session.get(Week, demo_week_id())
        assert own is not None
        days = {"first_day": own.first_day - timedelta(days=365), "last_day": own.last_day - timedelta(days=365)}
        last = Week(code="jl2025", title=own.title, theme=own.theme, contact=own.contact, timezone=own.timezone, **days)
        db.session.add(last)
        db.session.flush()
        db.session.execute(update(Pass).where(Pass.id == held.pass_id).values(week_id=last.id))
    assert said(door.scan(held)) == ("no", "token.other_week")


def test_too_early_too_late_and_the_slot(door: Door) -> None:
    early, late = door.session.start - timedelta(minutes=61), door.session.end
    with travel(early):
        assert said(door.scan(make_pass(door.session))) == ("ask", "time.early")
        assert said(door.scan(make_pass(door.session, phone="+861"), rehearsal=True)) == ("yes", "entry.first")
    with travel(late):
        assert said(door.scan(make_pass(door.session, phone="+862"))) == ("no", "time.over")
    slot = (timedelta(0), timedelta(minutes=30))
    held = make_pass(door.session, phone="+863", slot=slot)
    assert said(door.scan(held)) == ("ask", "slot.early")
    with travel(door.session.start + timedelta(minutes=30)):
        assert said(door.scan(held)) == ("ask", "slot.late")
    with travel(door.session.start + timedelta(minutes=5)):
        assert said(door.scan(held)) == ("yes", "entry.first")


@pytest.mark.database
def test_a_full_room_and_a_stopped_gate_let_nobody_in(door: Door) -> None:
    _set_capacity(door.session, 3)
    assert said(door.scan(make_pass(door.session, seats=2))) == ("yes", "entry.first")
    assert said(door.scan(make_pass(door.session, phone="+861", seats=2))) == ("no", "room.full")
    single = make_pass(door.session, phone="+862")
    assert said(door.scan(single)) == ("yes", "entry.first")
    assert count_turnout(door.session.id) == Turnout(registered=5, arrived=3, inside=3)
    assert said(door.scan(single, kind="out")) == ("yes", "exit.ok")
    assert count_turnout(door.session.id) == Turnout(registered=5, arrived=3, inside=2)
    stop_gate(door.gate.code, stopped=True, actor=SYSTEM)
    assert said(door.scan(make_pass(door.session, phone="+863"))) == ("no", "room.stopped")


def _set_capacity(session: DoorSession, seats: int) -> None:
    with transaction():
        query = select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id)
        item = db.session.scalars(query.where(Published.session_id == session.id)).one()
        retell(item, room=item.snapshot["room"] | {"capacity": seats})


@pytest.mark.database
def test_undo_by_the_same_device_within_five_minutes(door: Door) -> None:
    held = make_pass(door.session)
    entry = door.scan(held)
    other, _key = make_device()
    assert said(door.scan(device=other, seq=1, kind="annul", annuls=entry.seq)) == ("no", "annul.none")
    assert said(door.scan(kind="annul", annuls=entry.seq)) == ("yes", "annul.ok")
    assert count_turnout(door.session.id) == Turnout(1, 0, 0)
    assert said(door.scan(kind="annul", annuls=entry.seq)) == ("no", "annul.done")
    back = door.scan(held)
    assert said(back) == ("yes", "entry.first")
    with travel(door.session.start):
        assert said(door.scan(kind="annul", annuls=back.seq)) == ("no", "annul.late")
    assert list_wrong_attendance(demo_week_id()) == [] == list_broken_links(demo_week_id())


def test_out_and_in_again(door: Door) -> None:
    held, start = make_pass(door.session), door.session.start
    assert said(door.scan(held, kind="out")) == ("ask", "exit.not_inside")
    door.scan(held)
    with travel(start + timedelta(minutes=20)):
        assert said(door.scan(held, kind="out")) == ("yes", "exit.ok")
    with travel(start + timedelta(minutes=25)):
        assert said(door.scan(held)) == ("yes", "entry.again")
    row = db.session.scalars(select(Attendance)).one()
    assert (row.entries, row.minutes, row.inside) == (2, 30, True)


@pytest.mark.database
def test_the_lead_lets_in_on_yellow_with_a_reason(door: Door) -> None:
    held = make_pass(door.other)
    scanner, _key = make_device("find")
    with pytest.raises(Refusal, match="device.profile_denied"):
        door.scan(held, device=scanner, override="guest")
    with pytest.raises(Refusal, match="input.invalid"):
        door.scan(held, override="因为他说他是张三")
    answer = door.scan(held, override="guest")
    assert (said(answer), answer.overridden) == (("yes", "entry.first"), "entry.other_session")
    assert said(door.scan(make_pass(door.session, token_state="void"), override="guest")) == ("no", "token.void")
    kept = db.session.scalars(select(Scan).order_by(Scan.id)).first()
    assert kept is not None and (kept.override, kept.operator) == ("guest", door.device.code)


def test_a_rehearsal_never_counts(door: Door) -> None:
    held = make_pass(door.session)
    assert said(door.scan(held, rehearsal=True)) == ("yes", "entry.first")
    with travel(door.session.start):
        assert said(door.scan(held, rehearsal=True)) == ("ask", "entry.already_in")
        assert count_turnout(door.session.id) == Turnout(1, 0, 0)
        assert said(door.scan(held)) == ("yes", "entry.first")


def test_walk_in_needs_its_profile_and_counts(door: Door) -> None:
    scanner, _key = make_device("scan")
    with pytest.raises(Refusal, match="device.profile_denied"):
        door.scan(device=scanner, kind="walk-in")
    assert said(door.scan(kind="walk-in")) == ("yes", "entry.walk_in")
    assert count_turnout(door.session.id) == Turnout(0, 1, 1)


@pytest.mark.database
def test_a_revoked_or_expired_device_scans_nothing_more(door: Door) -> None:
    held = make_pass(door.session)
    with travel(door.session.start + timedelta(days=8)), pytest.raises(Refusal, match="device.expired"):
        door.scan(held)
    revoke_device(door.device.code, actor=SYSTEM)
    with pytest.raises(Refusal, match="device.revoked"):
        door.scan(held)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seq": 0}, "input.invalid"),
        ({"seq": -1}, "input.invalid"),
        ({"seq": 10**20}, "input.invalid"),
        ({"kind": "dance"}, "input.invalid"),
        ({"kind": "annul"}, "input.invalid"),
        ({"annuls": 3}, "input.invalid"),
        ({"gate": "nowhere"}, "gate.not_found"),
        ({"session": "nothing"}, "door.session_not_found"),
        ({"session": "\ud800"}, "door.session_not_found"),
    ],
)
@pytest.mark.database
def test_bad_requests_are_refused_alike_and_keep_nothing(door: Door, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        door.scan(make_pass(door.session), **changes)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


def test_a_device_stands_only_at_its_gates(door: Door) -> None:
    elsewhere = make_gate(next(s for s in open_sessions(60) if s.venue_code != door.session.venue_code))
    bound, _key = make_device("scan", elsewhere)
    with pytest.raises(Refusal, match="gate.not_found"):
        door.scan(make_pass(door.session), device=bound, seq=1)


@pytest.mark.database
def test_an_altered_scan_breaks_the_chain(door: Door) -> None:
    for number in range(4):
        door.scan(make_pass(door.session, phone=f"+86{number}"))
    assert list_broken_links(demo_week_id()) == []
    with transaction():
        db.session.execute(update(Scan).where(Scan.device_seq == 2).values(door_verdict="no"))
    assert list_broken_links(demo_week_id()) == [(door.device.code, 3)]


def _roomy(rounds: int) -> DoorSession:
    """Return a session whose room holds them all: a full room would stop the race."""
    return next(session for session in open_sessions(170) if (session.capacity or 0) >= rounds)


def _race(app: Flask, roomy: DoorSession, rounds: int) -> tuple[list[int], list[str]]:
    """Let two devices scan one pass at the same moment, `rounds` passes; return the greens per pass and the faults."""
    devices = [make_device()[0] for _ in range(2)]
    passes = [make_pass(roomy, phone=f"+86{n}") for n in range(rounds)]
    start, gate, session = roomy.start, make_gate(roomy).code, roomy.code
    greens, faults, barrier = [0] * rounds, [], threading.Barrier(2, timeout=20)

    def stand(device: DeviceFacts) -> None:
        with app.app_context(), travel(start):
            for n, held in enumerate(passes):
                barrier.wait()
                request = ScanRequest(n + 1, gate, session, code=held.token)
                try:
                    if record_scan(device, request, actor=device.actor).colour == "yes":
                        greens[n] += 1
                except IntegrityError as error:
                    faults.append(type(error).__name__)
            db.session.remove()

    threads = [threading.Thread(target=stand, args=(device,), daemon=True) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return greens, faults


@pytest.mark.database
def test_two_devices_and_one_pass_let_in_once(demo_app: Flask, door: Door) -> None:
    rounds = scaled(100, 15)
    roomy = _roomy(rounds)
    assert _race(demo_app, roomy, rounds) == ([1] * rounds, [])
    assert count_turnout(roomy.id) == Turnout(rounds, rounds, rounds)
    assert list_wrong_attendance(demo_week_id()) == []


@pytest.mark.database
def test_the_race_test_bites(demo_app: Flask, door: Door, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock PostgreSQL decides twice, and only the unique row objects; SQLite has one writer."""
    monkeypatch.setattr(scan_actions, "_lock_pass", lambda holder: None)
    greens, faults = _race(demo_app, _roomy(100), scaled(100, 40))
    assert bool(faults or 2 in greens) == (database_kind == "postgresql")
