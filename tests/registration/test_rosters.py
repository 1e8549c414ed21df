"""Lists of people: looked at first, then all or nobody; twice the same; seats never oversold; rows gone afterwards."""

import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.progress import find_progress
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.outbox.models import Message
from eventweek.registration.actions import cancel_registration, edit_offering, purge_attendees, rosters
from eventweek.registration.actions.rosters import (
    Given,
    confirm_roster,
    discard_roster,
    plan_roster,
    purge_rosters,
    run_roster,
)
from eventweek.registration.models import Attendee, Consent, Offering, Pass, Registration, Roster
from eventweek.registration.queries.rosters import get_roster, label_of, lines_of, list_enrollable
from eventweek.worker import work_off
from tests.conftest import scaled
from tests.registration.test_verify import broken
from tests.registration.world import approval, book, counters, offering_of, phone, resize, set_week_state, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
HEADS = ("姓名", "手机号", "邮箱", "所在单位", "报名项")
GIVEN = Given(True, "partner", "省科协报名系统 2026-09", send=True)
SURNAMES = "赵钱孙李周吴郑王冯陈"


def sheet(*rows: tuple[str | int, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    return write_workbook([Page("名单", [Column(head) for head in heads], [Row(list(row)) for row in rows])])


def person(number: int, offering: str, name: str = "") -> tuple[str, ...]:
    return (name or f"{SURNAMES[number % 10]}{SURNAMES[number // 10 % 10]}示例", phone(number), "", "省科协", offering)


def plan(content: bytes, given: Given = GIVEN, name: str = "list.xlsx") -> Roster:
    return plan_roster(week().id, content, name, given, actor=SYSTEM)


def checked(content: bytes, given: Given = GIVEN) -> Roster:
    code = plan(content, given).code
    run_roster(code)
    return get_roster(week().id, code)


def done(content: bytes, given: Given = GIVEN) -> Roster:
    own = checked(content, given)
    assert own.state == "checked", own.outcome
    code = confirm_roster(week().id, own.code, actor=SYSTEM).code
    run_roster(code)
    return get_roster(week().id, code)


def problems(own: Roster) -> list[tuple[int, str, str]]:
    return [(row["row"], row["field"], row["code"]) for row in own.outcome["rows"] if row["fate"] == "wrong"]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_list_is_looked_through_then_confirmed_then_everybody_is_in(demo_app: Flask) -> None:
    one, two = offering_of("rs-ei-1").code, offering_of("rs-ei-2").code
    content = sheet(*(person(n, one) for n in range(5)), person(5, f"{one}；{two}"))
    own = checked(content)
    assert (own.state, own.outcome["counts"], count(Registration)) == ("checked", {"new": 7, "confirmed": 7}, 0)
    own = done(content)
    assert (own.state, own.outcome["counts"], own.file) == ("done", {"new": 7, "confirmed": 7}, None)
    rows = db.session.scalars(select(Registration)).all()
    assert len(rows) == 7 and {row.source for row in rows} == {"list"} and {row.cls for row in rows} == {"public"}
    assert (count(Attendee), count(Pass), count(Message)) == (6, 6, 6) and broken() == []
    consents = db.session.scalars(select(Consent)).all()
    assert {(own.channel, own.origin) for own in consents} == {("list", "省科协报名系统 2026-09")} and len(
        consents
    ) == 6
    verbs = [entry.verb for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "roster"))]
    assert verbs == ["roster.plan", "roster.settle", "roster.confirm", "roster.done"]
    told = " ".join(str(entry.changes) for entry in db.session.scalars(select(AuditEntry)))
    assert "示例" not in told and phone(0)[-4:] not in told and "partner" in told


def test_the_same_list_twice_changes_nothing(demo_app: Flask) -> None:
    one = offering_of("rs-ei-1").code
    content = sheet(*(person(n, one) for n in range(3)))
    done(content)
    before = [count(model) for model in (Registration, Attendee, Pass, Consent, Message)]
    again = done(content)
    assert again.outcome["counts"] == {"same": 3}
    assert [count(model) for model in (Registration, Attendee, Pass, Consent, Message)] == before
    other = (*person(0, one)[:3], "换了单位", one)
    assert checked(sheet(other)).outcome["counts"] == {"kept": 1}
    spaced = ("赵赵示例 ", "+86 139 0000 0000", "", "", one)
    assert checked(sheet(spaced, person(1, one), person(1, one))).outcome["counts"] == {"same": 3}


@pytest.mark.parametrize("cap", [100, 2])
def test_a_row_costs_as_little_in_a_long_list_as_in_a_short_one(
    demo_app: Flask, statements: Callable[[], AbstractContextManager[list[str]]], cap: int
) -> None:
    """Also of those who wait: the queue is gone through once for the list, and everybody is told in one statement."""
    code, costs = offering_of("rs-ei-1").code, []
    resize(code, cap)
    for first, last in ((0, 5), (5, 35)):
        own = checked(sheet(*(person(n, code) for n in range(first, last))))
        confirm_roster(week().id, own.code, actor=SYSTEM)
        with statements() as seen:
            run_roster(own.code)
        costs.append(len(seen))
    assert (count(Registration), count(Message), counters(code)) == (35, 35, (min(35, cap), max(0, 35 - cap)))
    assert costs[1] - costs[0] < 10 * 25 and broken() == []
    places = [message.context["waitlisted"] for message in db.session.scalars(select(Message).order_by(Message.id))]
    assert [own[0]["position"] for own in places if own] == list(range(1, 35 - min(35, cap) + 1))


def test_a_list_behind_a_party_that_does_not_fit_is_let_in_past_it(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 4, overtakes=2)
    book(code, phone=phone(40))
    assert book(code, phone=phone(41), seats=4)[0].state == "waitlisted"
    own = done(sheet(*(person(n, code) for n in range(3))))
    assert [row["becomes"] for row in own.outcome["rows"]] == ["confirmed", "confirmed", "waitlisted"]
    assert counters(code) == (3, 5) and broken() == []


def test_nobody_is_asked_or_told_where_the_organiser_says_so(demo_app: Flask) -> None:
    own = done(sheet(person(1, offering_of("rs-ei-1").code)), Given(True, "form", "纸质报名表", send=False))
    assert own.outcome["counts"] == {"new": 1, "confirmed": 1} and count(Message) == 0


def test_seats_are_filled_then_queued_then_refused(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3)
    content = sheet(*(person(n, code) for n in range(5)))
    own = checked(content)
    assert [row["becomes"] for row in own.outcome["rows"]] == ["confirmed"] * 3 + ["waitlisted"] * 2
    assert done(content).outcome["counts"] == {"new": 5, "confirmed": 3, "waitlisted": 2}
    assert counters(code) == (3, 2) and broken() == []
    resize(code, 3, queue_open=False)
    own = checked(sheet(person(7, code), person(0, code)))
    assert (own.state, problems(own)) == ("wrong", [(2, "offerings", "seat.full")])


def test_seats_sold_meanwhile_are_not_sold_again(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3, queue_open=False)
    own = checked(sheet(*(person(n, code) for n in range(3))))
    confirm_roster(week().id, own.code, actor=SYSTEM)
    book(code, phone=phone(50))
    before = count(Attendee)
    run_roster(own.code)
    own = get_roster(week().id, own.code)
    assert (own.state, problems(own)) == ("wrong", [(4, "offerings", "seat.full")])
    assert (counters(code), count(Registration), count(Attendee)) == ((1, 0), 1, before) and broken() == []


def test_without_the_look_under_the_locks_nothing_is_oversold_either(
    demo_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2, queue_open=False)
    own = checked(sheet(*(person(n, code) for n in range(2))))
    confirm_roster(week().id, own.code, actor=SYSTEM)
    book(code, phone=phone(50))
    kept = list(own.outcome["rows"])
    assert len(kept) == 2
    monkeypatch.setattr("eventweek.registration.queries.rosters.free_seats", lambda _pool: None)
    run_roster(own.code)
    assert counters(code) == (1, 0) and count(Registration) == 1 and broken() == []


def test_what_is_shut_is_refused_and_what_has_not_opened_is_not(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    later = now() + timedelta(hours=1)
    edit_offering(code, {"opens_at": later}, version=own.version, actor=SYSTEM)
    assert checked(sheet(person(1, code))).state == "checked"
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"opens_at": None, "closes_at": now()}, version=own.version, actor=SYSTEM)
    assert problems(checked(sheet(person(2, code)))) == [(2, "offerings", "offering.closed")]
    with travel(now() + timedelta(days=20)):
        assert problems(checked(sheet(person(3, offering_of("rs-ei-2").code))))[0][2] == "offering.over"
    set_week_state("draft")
    assert problems(checked(sheet(person(4, code)))) == [(2, "offerings", "offering.week_not_open")]


def test_people_go_into_the_class_of_the_mode_and_applicants_to_the_reviewer(demo_app: Flask) -> None:
    code = approval(2)
    assert done(sheet(person(1, code))).outcome["counts"] == {"new": 1, "applied": 1}
    invited = next(own for own in list_enrollable(week().id, actor=SYSTEM) if own.cls == "invited").offering.code
    assert done(sheet(person(1, invited))).outcome["counts"] == {"new": 1, "confirmed": 1}
    assert {row.cls for row in db.session.scalars(select(Registration))} == {"public", "invited"}
    assert count(Pass) == 1 and broken() == []


def test_what_asks_the_person_is_not_answered_for_them(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    for change in ({"proven_contact": True}, {"proven_contact": False, "real_name": True}):
        own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
        edit_offering(code, change, version=own.version, actor=SYSTEM)
        assert problems(checked(sheet(person(1, code)))) == [(2, "offerings", "roster.asks")]


def test_somebody_known_keeps_their_pass_and_a_family_shares_a_phone(demo_app: Flask) -> None:
    one, two, three = (offering_of(key).code for key in ("rs-ei-1", "rs-ei-2", "rs-nm-1"))
    [first] = book(one, phone=phone(1), name="王小明", organisation="原单位")
    own = done(sheet(("王小明", phone(1), "", "新单位", two), ("王小红", phone(1), "", "", three)))
    assert own.outcome["counts"] == {"new": 2, "confirmed": 2} and count(Pass) == 2 and broken() == []
    assert db.session.get_one(Pass, first.pass_id).attendee.organisation == "原单位"


def test_one_contact_is_counted_once_per_offering(demo_app: Flask) -> None:
    one = offering_of("rs-ei-1").code
    book(one, phone=phone(1), name="王小明")
    own = checked(
        sheet(("王小红", phone(1), "", "", one), ("李四四", phone(2), "", "", one), ("李五五", phone(2), "", "", one))
    )
    assert problems(own) == [(2, "phone", "roster.contact_taken"), (4, "phone", "roster.contact_taken")]


def test_names_labels_codes_and_parts_lead_to_offerings(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    own = next(one for one in list_enrollable(week().id, actor=SYSTEM) if one.offering.code == code)
    title = own.sessions[0].title.zh
    names = (title, f"  {title} ", code.upper(), label_of(own, "zh"), f"{code} 随便写的", f"{code};{code}")
    told = checked(sheet(*(person(n, name) for n, name in enumerate(names))))
    assert told.outcome["counts"] == {"new": 6, "confirmed": 6}, told.outcome
    assert {row["offering"] for row in told.outcome["rows"]} == {code}


def test_every_bad_cell_is_named_and_nobody_goes_in(demo_app: Flask) -> None:
    one = offering_of("rs-ei-1").code
    rows: list[tuple[str | int, ...]] = [
        ("", phone(1), "", "", one),
        ("王小明", "123", "", "", one),
        ("王小明", "", "", "", one),
        ("王小明", "", "not an address", "", one),
        ("王小明", phone(2), "", "", "没有这一场"),
        ("王小明", phone(2), "", "", ""),
        ("王小明", "1.38E+10", "", "", one),
        ("王小明", phone(3), "", "长" * 300, one),
        ("=HYPERLINK(1)", phone(4), "", "", one),
        ("# 例", "x", "", "", "y"),
        ("李小明", phone(5), "", "", one),
    ]
    own = checked(sheet(*rows))
    assert own.state == "wrong" and count(Registration) == 0
    assert [(row, name) for row, name, _code in problems(own)] == [
        (2, "name"),
        (3, "phone"),
        (4, "phone"),
        (5, "email"),
        (6, "offerings"),
        (7, "offerings"),
        (8, "phone"),
        (9, "organisation"),
        (10, "name"),
    ]
    assert own.outcome["counts"]["new"] == 1 and "王小明" not in str(own.outcome) and phone(2) not in str(own.outcome)
    with pytest.raises(Refusal, match="roster.not_ready"):
        confirm_roster(week().id, own.code, actor=SYSTEM)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"x" * 5_000_001, "import.too_large"),
        (b"PK\x03\x04 nothing", "table.broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table.old_format"),
        (b"a,b\n1,2\n", "roster.no_heads"),
        ("姓名,报名项\n王小明,x\n".encode(), "roster.no_heads"),
        ("姓名,手机号,报名项\n".encode(), "roster.empty"),
        (b"a,b\0c", "table.not_text"),
        (b"\x81\xff\xfe", "table.encoding"),
    ],
)
def test_what_is_no_list_is_refused_at_once(demo_app: Flask, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as told:
        plan(content)
    assert told.value.code == code and count(Roster) == 0


def test_long_lists_and_bombs_are_refused(demo_app: Flask) -> None:
    with pytest.raises(Refusal, match="roster.too_many"):
        plan(("姓名,手机号,报名项\n" + "王小明,1,x\n" * 1001).encode())
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (129 * 1024 * 1024))
    with pytest.raises(Refusal, match="table.unpacked"):
        plan(store.getvalue())


def test_a_chinese_csv_is_read(demo_app: Flask) -> None:
    line = f"姓名,手机,单位,场次\n王小明,{phone(1)},省科协,{offering_of('rs-ei-1').code}\n"
    own = plan(line.encode("gb18030"), name="名单.csv")
    run_roster(own.code)
    assert get_roster(week().id, own.code).outcome["counts"] == {"new": 1, "confirmed": 1}


def test_an_organiser_says_where_people_agreed(demo_app: Flask) -> None:
    content = sheet(person(1, offering_of("rs-ei-1").code))
    for given, name in (
        (Given(False, "form", "表"), "consent"),
        (Given(True, "x", "表"), "consent_from"),
        (Given(True, "form", " "), "consent_note"),
        (Given(True, "form", "长" * 201), "consent_note"),
    ):
        with pytest.raises(Invalid) as told:
            plan(content, given)
        assert [error.field for error in told.value.errors] == [name]
    assert count(Roster) == 0


def test_rows_are_sealed_and_go_with_the_end(demo_app: Flask) -> None:
    content = sheet(person(1, offering_of("rs-ei-1").code))
    own = plan(content)
    assert own.file
    kept, file = files.read(own.file), own.file
    assert "示例".encode() not in kept and phone(1).encode() not in kept and lines_of(own)[0].phone == phone(1)
    assert plan(content).code == own.code and plan(content, Given(True, "form", "另一处")).code != own.code
    discard_roster(week().id, own.code, actor=SYSTEM)
    assert discard_roster(week().id, own.code, actor=SYSTEM).state == "discarded" and not files.is_kept(file)
    assert get_roster(week().id, own.code).file is None and find_progress(file) == (0, 0)
    run_roster(own.code)
    assert get_roster(week().id, own.code).state == "discarded"


def test_what_nobody_confirms_goes_within_a_day(demo_app: Flask) -> None:
    waiting = checked(sheet(person(1, offering_of("rs-ei-1").code)))
    wrong = checked(sheet(person(2, "没有")))
    held = [own.file or "" for own in (waiting, wrong)]
    code = waiting.code
    assert purge_rosters() == 0
    with travel(now() + timedelta(hours=25)):
        assert purge_rosters() == 2 and not any(files.is_kept(file) for file in held)
        assert get_roster(week().id, code).state == "discarded"
    with travel(now() + timedelta(days=31)):
        assert purge_rosters() == 2 and count(Roster) == 0


def test_where_people_agreed_goes_with_them(demo_app: Flask) -> None:
    done(sheet(person(1, offering_of("rs-ei-1").code)))
    with travel(now() + timedelta(days=200)):
        assert purge_attendees() == 1
    db.session.rollback()
    assert db.session.scalars(select(Consent.origin)).all() == [""] and broken() == []


def test_rights_that_are_gone_when_the_worker_comes_end_the_list(demo_app: Flask) -> None:
    reader = Actor("reader", grants=(GrantValue("reader", week().id),))
    content = sheet(person(1, offering_of("rs-ei-1").code))
    with pytest.raises(Refusal, match="permission.denied"):
        plan_roster(week().id, content, "a.xlsx", GIVEN, actor=reader)
    own = plan(content)
    with transaction():
        db.session.get_one(Roster, own.id).user_id = 999_999
    run_roster(own.code)
    own = get_roster(week().id, own.code)
    assert (own.state, own.file, own.outcome["refusal"]["code"]) == ("failed", None, "permission.denied")
    set_week_state("archived")
    for verb in (confirm_roster, discard_roster):
        with pytest.raises(Refusal, match="week.archived"):
            verb(week().id, own.code, actor=SYSTEM)
    with pytest.raises(Refusal, match="week.archived"):
        plan(content)


def test_a_worker_that_fails_in_the_middle_leaves_nothing(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    own = checked(sheet(*(person(n, offering_of("rs-ei-1").code) for n in range(3))))
    confirm_roster(week().id, own.code, actor=SYSTEM)

    def killed(_file: str) -> Any:
        def note(done: int, _total: int) -> None:
            if done == 2:
                raise RuntimeError("killed")

        return note

    with monkeypatch.context() as patch:
        patch.setattr(rosters, "note_progress", killed)
        with pytest.raises(RuntimeError):
            run_roster(own.code)
    assert count(Registration) == count(Attendee) == 0 and get_roster(week().id, own.code).state == "waiting"
    run_roster(own.code)
    assert get_roster(week().id, own.code).outcome["counts"] == {"new": 3, "confirmed": 3} and broken() == []


def test_two_confirm_at_once_and_people_are_in_once(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    content = sheet(*(person(n, code) for n in range(4)))
    lists = [checked(content).code, checked(content, Given(True, "form", "另一份")).code]
    week_id = week().id
    db.session.remove()

    def confirm(own: str) -> str:
        with demo_app.app_context():
            try:
                return str(confirm_roster(week_id, own, actor=SYSTEM).state)
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(copy_context().run, confirm, own) for own in (*lists, *lists)]
        told = [each.result() for each in asked]
    assert sorted(set(told)) == ["roster.busy", "waiting"] and told.count("waiting") == 2

    def work() -> None:
        with demo_app.app_context():
            for own in lists:
                run_roster(own)

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(copy_context().run, work) for _twice in range(2)]:
            job.result()
    db.session.rollback()
    states = sorted(get_roster(week_id, own).state for own in lists)
    assert states == ["checked", "done"] and count(Registration) == count(Pass) == 4
    left = next(own for own in lists if get_roster(week_id, own).state == "checked")
    confirm_roster(week_id, left, actor=SYSTEM)
    run_roster(left)
    assert get_roster(week_id, left).outcome["counts"] == {"same": 4}
    assert count(Registration) == 4 and broken() == []


def test_a_list_and_the_public_share_the_last_seats(demo_app: Flask) -> None:
    code, most = offering_of("rs-ei-1").code, scaled(60)
    resize(code, most)
    own = checked(sheet(*(person(n, code) for n in range(most))))
    week_id, name = week().id, own.code
    confirm_roster(week_id, name, actor=SYSTEM)
    db.session.remove()

    def public(number: int) -> None:
        with demo_app.app_context():
            book(code, phone=phone(10_000 + number))

    def work() -> None:
        with demo_app.app_context():
            run_roster(name)

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(copy_context().run, public, n) for n in range(most)]
        jobs.append(pool.submit(copy_context().run, work))
        for job in jobs:
            job.result()
    assert counters(code) == (most, most) and broken() == []
    assert get_roster(week_id, name).state == "done"


def test_a_freed_seat_goes_to_whoever_the_list_put_in_the_queue(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    done(sheet(person(1, code), person(2, code)))
    first = db.session.scalars(select(Registration).where(Registration.state == "confirmed")).one()
    cancel_registration(first.code, actor=SYSTEM)
    assert counters(code) == (1, 0) and broken() == []


def test_the_worker_carries_a_list_by_itself(demo_app: Flask) -> None:
    code = plan(sheet(person(1, offering_of("rs-ei-1").code))).code
    work_off()
    confirm_roster(week().id, code, actor=SYSTEM)
    work_off()
    assert get_roster(week().id, code).state == "done"
