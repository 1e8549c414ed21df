"""Certificates of attendance: who gets one, the same one again, what its code says, and when it says so no more."""

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.checkin.actions.certificates import issue_certificate, issue_certificates
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.certificates import (
    Claim,
    Sitting,
    code_of,
    grouped,
    minutes_inside,
    read_code,
    why_no_certificate,
)
from eventweek.checkin.models import Attendance, AttendanceCertificate
from eventweek.checkin.queries.certificates import Checked, check_code, count_attended, list_own
from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel import files, keys
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language.printing import paper_tongue
from eventweek.printing.actions import KEPT_PERSONAL, order_print, purge_prints
from eventweek.printing.holders import certificate_pdf
from eventweek.printing.models import PrintJob
from eventweek.printing.queries import get_print, list_prints
from eventweek.printing.rules import Wish
from eventweek.privacy.actions import erase_person
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import Week
from eventweek.registration.models import Offering, OfferingSession, Pass, Registration
from tests.factories.door import Held, demo_week_id, make_device, make_gate, make_pass, open_sessions

NINE = datetime(2026, 10, 15, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
READER = Actor("reader", grants=(GrantValue("reader"),))
COMMITTEE = Actor("committee", grants=(GrantValue("committee"),))


def sitting(minutes: int | None, number: int = 0, length: int = 120) -> Sitting:
    starts = NINE + timedelta(days=number)
    return Sitting(starts, starts + timedelta(minutes=length), minutes)


def why(claim: Claim, hours: int = 999, needed: int | None = None) -> str:
    refusal = why_no_certificate(claim, NINE + hours * HOUR, needed)
    return refusal.code if refusal else ""


def test_one_session_asks_only_that_somebody_came() -> None:
    assert why(Claim((sitting(0),), 80)) == ""
    assert why(Claim((sitting(None),), 80)) == "certificate.not_attended"
    assert why(Claim((sitting(None),), 80), hours=1) == "certificate.not_over"
    assert why(Claim((sitting(60),), 80), hours=1) == "certificate.not_over"
    assert why(Claim((sitting(60),), 80), hours=2) == ""
    assert why(Claim((sitting(60),), 0)) == "certificate.off"


@pytest.mark.parametrize(("minutes", "told"), [(95, "certificate.too_short"), (96, ""), (97, "")])
def test_a_camp_asks_for_its_share_of_minutes(minutes: int, told: str) -> None:
    """Two sessions of an hour: 80 per cent are 96 minutes."""
    claim = Claim((sitting(60, 0, 60), sitting(minutes - 60, 1, 60)), 80)
    assert (claim.needed, why(claim)) == (96, told)
    assert why(claim, hours=2) == "certificate.not_over"


def test_minutes_beyond_the_end_of_a_session_do_not_stand_for_another() -> None:
    claim = Claim((sitting(600, 0, 60), sitting(None, 1, 60)), 80)
    assert (claim.minutes, why(claim)) == (60, "certificate.too_short")
    assert why(claim, needed=60) == ""  # what was promised when it was given stays


def test_who_was_never_scanned_on_the_way_out_stayed_to_the_end() -> None:
    assert minutes_inside(10, NINE, True, NINE + HOUR) == 70
    assert minutes_inside(10, NINE, False, NINE + HOUR) == 10
    assert minutes_inside(10, NINE + 2 * HOUR, True, NINE + HOUR) == 10
    assert minutes_inside(10, None, True, NINE + HOUR) == 10


def test_a_code_is_80_bits_spelled_so_that_a_slip_is_noticed(app: Flask) -> None:
    codes = {code_of(bytes([n]) * 16, keys.signing_key_id()) for n in range(64)}
    assert len(codes) == 64 and all(len(code) == 20 for code in codes)
    code = sorted(codes)[0]
    assert read_code(grouped(code).lower().replace("-", " ")) == code == read_code(f" {grouped(code)}\n")
    slips = [code[:at] + other + code[at + 1 :] for at in range(20) for other in "7Z" if code[at] != other]
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(19) if code[at] != code[at + 1]]
    assert {read_code(text) for text in [*slips, *swapped, code[:-1], code + "0", "", "码" * 20]} == {None}


class Door:
    """A session of the demo week, a gate, a lead's phone."""

    def __init__(self) -> None:
        self.session, self.other = open_sessions()
        self.gate = make_gate(self.session)
        with travel(self.session.start - timedelta(hours=2)):
            self.device = make_device("lead")[0]
        self.seq = 0

    def scan(self, held: Held, minute: int, kind: str = "in", **changes: int) -> None:
        """Scan a pass so many minutes after the start."""
        self.seq += 1
        with travel(self.session.start + timedelta(minutes=minute)):
            request = ScanRequest(self.seq, self.gate.code, self.session.code, kind, code=held.token)
            record_scan(self.device, replace(request, **changes), actor=self.device.actor)  # type: ignore[arg-type]

    def offering(self) -> str:
        """Return the code of what admits to the session."""
        query = select(Offering.code).join(Offering.sessions).where(OfferingSession.session_id == self.session.id)
        return db.session.scalars(query).one()


@pytest.fixture
def door(demo_app: Flask) -> Iterator[Door]:
    own = Door()
    with travel(own.session.end + HOUR):
        yield own


def fetched(door: Door, held: Held) -> str:
    """Let somebody fetch theirs; return what stands on it."""
    issue_certificate(held.pass_id, "offering", door.offering())
    db.session.rollback()
    query = select(AttendanceCertificate).where(AttendanceCertificate.pass_id == held.pass_id)
    row = db.session.scalars(query).one()
    return code_of(row.seed, row.key_id)


def refused(door: Door, held: Held, code: str = "") -> str:
    with pytest.raises(Refusal) as caught:
        issue_certificate(held.pass_id, "offering", code or door.offering())
    db.session.rollback()
    return caught.value.code


def count(model: type = AttendanceCertificate) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.database
def test_who_came_gets_one_and_the_same_again(door: Door) -> None:
    held = make_pass(door.session)
    assert refused(door, held) == "certificate.not_attended"
    door.scan(held, -5)
    with travel(door.session.end - timedelta(minutes=1)):
        assert refused(door, held) == "certificate.not_over" and count() == 0
    assert fetched(door, held) == fetched(door, held) and count() == 1
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "certificate.issue")).all()
    assert [(entry.subject, entry.changes) for entry in told] == [("attendance_certificate", {"people": 1})]
    assert refused(door, held, "nothing") == "certificate.no_subject"
    other = make_pass(door.other, phone="+8613800138001")
    assert refused(door, other) == "certificate.no_subject"


@pytest.mark.database
def test_a_code_tells_session_and_day_and_whose_it_is(door: Door) -> None:
    held = make_pass(door.session)
    door.scan(held, 0)
    code = fetched(door, held)
    found = check_code(grouped(code).lower())
    assert found.subject and found.week
    assert (found.withdrawn, found.subject.title, found.name) == (False, door.session.title, "示例丁卯")
    assert (found.subject.starts, found.week.id) == (door.session.start, demo_week_id())
    for text, said in ((code[:-1] + ("0" if code[-1] != "0" else "1"), "typo"), ("", "typo"), (held.token, "typo")):
        with pytest.raises(Refusal, match=f"certificate.{said}"):
            check_code(text)
    with pytest.raises(Refusal, match="certificate.unknown"):
        check_code(code_of(bytes(16), keys.signing_key_id()))


@pytest.mark.database
def test_attendance_that_is_corrected_withdraws_it_and_brings_it_back(door: Door) -> None:
    held = make_pass(door.session)
    door.scan(held, 0)
    code = fetched(door, held)
    with transaction():
        db.session.execute(update(Attendance).values(entries=0, inside=False))
    assert check_code(code) == Checked(withdrawn=True)
    own = db.session.get_one(Pass, held.pass_id)
    assert [one.why_not.code for one in list_own(own) if one.why_not and one.row] == ["certificate.not_attended"]
    db.session.rollback()
    door.scan(held, 10)
    assert not check_code(code).withdrawn


@pytest.mark.database
def test_an_entry_that_is_taken_back_at_the_door_withdraws_it(door: Door) -> None:
    held = make_pass(door.session)
    door.scan(held, 0)
    code = fetched(door, held)
    door.scan(held, 1, "annul", annuls=door.seq)
    assert check_code(code) == Checked(withdrawn=True)


def _camp(door: Door, held: Held, share: int = 80) -> str:
    """Join two sessions into one registration, as a camp has it."""
    with transaction():
        week_id, other = demo_week_id(), door.other
        admits = select(OfferingSession.offering_id).where(OfferingSession.session_id == door.session.id)
        own = db.session.get_one(Offering, db.session.scalars(admits).one())
        db.session.add(OfferingSession(week_id=week_id, offering_id=own.id, session_id=other.id))
        code = own.code
    edit_week("jl2026", {"certificate_share": share}, version=None, actor=SYSTEM)
    return code


def _minutes(session: DoorSession) -> int:
    return int((session.end - session.start).total_seconds()) // 60


@pytest.mark.database
def test_a_camp_counts_minutes_and_the_week_says_how_many(door: Door) -> None:
    held = make_pass(door.session)
    code, whole = _camp(door, held), _minutes(door.session) + _minutes(door.other)
    share = 100 * _minutes(door.session) // whole
    with travel(max(door.session.end, door.other.end) + HOUR):
        door.scan(held, 0)
        door.scan(held, _minutes(door.session), "out")
        assert refused(door, held, code) == "certificate.too_short"
        edit_week("jl2026", {"certificate_share": share}, version=None, actor=SYSTEM)
        assert issue_certificate(held.pass_id, "offering", code)
        row = db.session.scalars(select(AttendanceCertificate)).one()
        told = code_of(row.seed, row.key_id)
        edit_week("jl2026", {"certificate_share": 100}, version=None, actor=SYSTEM)
        assert not check_code(told).withdrawn  # what was given before is judged by what was asked for then
        edit_week("jl2026", {"certificate_share": 0}, version=None, actor=SYSTEM)
        assert not check_code(told).withdrawn
        second = make_pass(door.session, phone="+8613800138009")
        door.scan(second, 0)
        assert refused(door, second, code) == "certificate.off"


def test_an_archived_week_gives_none_anew_and_shows_those_that_are_there(door: Door) -> None:
    first, second = make_pass(door.session), make_pass(door.session, name="示例戊辰", phone="+8613800138002")
    for held in (first, second):
        door.scan(held, 0)
    code = fetched(door, first)
    with transaction():
        db.session.execute(update(Week).where(Week.id == demo_week_id()).values(state="archived"))
    assert refused(door, second) == "week.archived"
    assert fetched(door, first) == code and not check_code(code).withdrawn
    found = issue_certificates(demo_week_id(), "offering", door.offering(), actor=SYSTEM)
    assert [one.own.id for one in found] == [first.pass_id] and count() == 1


@pytest.mark.database
def test_two_who_fetch_at_once_get_one(app: Flask, demo_app: Flask) -> None:
    own = Door()
    held = make_pass(own.session)
    own.scan(held, 0)
    code, got = own.offering(), []

    def fetch() -> None:
        with demo_app.app_context(), travel(own.session.end + HOUR):
            got.append(issue_certificate(held.pass_id, "offering", code))

    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert len(set(got)) == 1 and len(got) == 4 and count() == 1


def _words(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_paper_says_who_attended_what(door: Door) -> None:
    held = make_pass(door.session, name="阿卜杜拉·㛃𬱖")
    door.scan(held, 0)
    code = fetched(door, held)
    row = db.session.scalars(select(AttendanceCertificate)).one().code
    own = db.session.get_one(Pass, held.pass_id)
    text = _words(certificate_pdf(own, row, paper_tongue("zh"), "https://week.example"))
    assert "参会证明" in text and "阿卜杜拉·㛃𬱖" in text and grouped(code) in text and "week.example/verify" in text
    assert door.session.title.zh.replace(" ", "") in text.replace("\u200b", "")
    english = _words(certificate_pdf(own, row, paper_tongue("en"), "https://week.example"))
    assert "Certificateofattendance" in english.replace("\u200b", "") and "week.example/en/verify" in english
    with pytest.raises(Refusal, match="certificate.not_found"):
        certificate_pdf(
            db.session.get_one(Pass, make_pass(phone="+8613800138003").pass_id), row, paper_tongue("zh"), ""
        )


def _printed(door: Door, actor: Actor = SYSTEM) -> PrintJob:
    code = order_print(demo_week_id(), Wish("proofs", part={"offering": door.offering()}), actor=actor).code
    worker.work_off()
    db.session.rollback()
    return db.session.scalars(select(PrintJob).where(PrintJob.code == code)).one()


def test_organisers_print_those_of_a_session_in_one_file(door: Door) -> None:
    people = [make_pass(door.session, name=f"示例{n}号", phone=f"+861380013810{n}") for n in "123"]
    for held in people[:2]:
        door.scan(held, 0)
    own = fetched(door, people[0])
    job = _printed(door)
    assert (job.state, job.pages, job.failure) == ("done", 2, "") and count() == 2
    text = _words(files.read(job.file or ""))
    assert "示例1号" in text and "示例2号" in text and "示例3号" not in text and grouped(own) in text
    assert [(one.came, one.due, one.given) for one in count_attended(_week(), actor=SYSTEM)] == [(2, 2, 2)]


def _week() -> Week:
    return db.session.get_one(Week, demo_week_id())


def test_who_may_not_read_registrations_neither_orders_nor_sees_them(door: Door) -> None:
    door.scan(make_pass(door.session), 0)
    part = {"offering": door.offering()}
    with pytest.raises(Refusal, match="permission.denied"):
        order_print(demo_week_id(), Wish("proofs", part=part), actor=READER)
    job = _printed(door, COMMITTEE)
    for actor, seen in ((READER, False), (COMMITTEE, True), (None, False)):
        assert (job.code in [one.code for one in list_prints(demo_week_id(), actor=actor)]) == seen
    with pytest.raises(Refusal, match="print.not_found"):
        get_print(demo_week_id(), job.code, actor=READER)
    elsewhere = Actor("city", grants=(GrantValue("city", demo_week_id(), "city", "999999"),))
    with pytest.raises(Refusal, match="certificate.no_subject"):
        order_print(demo_week_id(), Wish("proofs", part=part), actor=elsewhere)
    assert count_attended(_week(), actor=elsewhere) == []


def test_what_cannot_be_printed_is_said(door: Door) -> None:
    def at_fields(wish: Wish) -> dict[str, str]:
        with pytest.raises(Invalid) as caught:
            order_print(demo_week_id(), wish, actor=SYSTEM)
        return {one.field: one.code for one in caught.value.errors}

    assert at_fields(Wish("proofs")) == {"offering": "print.one_subject"}
    assert at_fields(Wish("proofs", draft=True, part={"offering": "x"})) == {"draft": "print.no_draft"}
    assert at_fields(Wish("proofs", part={"offering": "nothing"})) == {"offering": "print.unknown"}
    assert at_fields(Wish("proofs", part={"day": "2026-10-15"}))["day"] == "print.whole"
    held = make_pass(door.session)
    with pytest.raises(Refusal, match="certificate.no_subject"):
        order_print(demo_week_id(), Wish("proofs", part={"offering": door.offering()}), actor=SYSTEM)
    door.scan(held, 0)
    with travel(door.session.start + timedelta(minutes=1)), pytest.raises(Refusal, match="print.nobody"):
        order_print(demo_week_id(), Wish("proofs", part={"offering": door.offering()}), actor=SYSTEM)


def test_papers_with_names_go_after_three_days_and_at_an_erasure(door: Door) -> None:
    held = make_pass(door.session)
    door.scan(held, 0)
    job = _printed(door).code
    with travel(now() + KEPT_PERSONAL - HOUR):
        assert purge_prints() == 0
    with travel(now() + KEPT_PERSONAL + HOUR):
        assert purge_prints() == 1
    again = _printed(door).code
    row = db.session.scalars(select(AttendanceCertificate)).one()
    code = code_of(row.seed, row.key_id)
    erase_person(held.pass_id, actor=SYSTEM)
    left = db.session.scalars(select(PrintJob.code)).all()
    assert job not in left and again not in left
    assert check_code(code).name == "" and not check_code(code).withdrawn
    assert count_attended(_week(), actor=SYSTEM)[0].came == 0


def test_a_registration_that_nobody_came_for_is_no_claim_on_somebody_elses_code(door: Door) -> None:
    """Whose code it is stands under it: the first letter of their name."""
    came, stayed = (
        make_pass(door.session, name="王到场"),
        make_pass(door.session, name="李缺席", phone="+8613800138005"),
    )
    door.scan(came, 0)
    code = fetched(door, came)
    assert refused(door, stayed) == "certificate.not_attended" and check_code(code).name == "王到场"
    assert count(Registration) >= 2
