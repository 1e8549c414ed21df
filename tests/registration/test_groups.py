"""Groups: everybody or nobody, the row and the reason of each problem, the leader's changes until the cut-off."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.delivery.mails import links_of
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.tables import Sheet
from eventweek.outbox.actions import claim_message
from eventweek.outbox.models import Message
from eventweek.programme.models import Kind
from eventweek.registration.actions import (
    Checked,
    Successor,
    Unit,
    add_members,
    cancel_member,
    check_members,
    edit_offering,
    purge_attendees,
    register_group,
    swap_member,
)
from eventweek.registration.actions.forms import write_questions
from eventweek.registration.groups import token_of_group
from eventweek.registration.members import Member, lines_of, read_lines, read_sheet
from eventweek.registration.models import Attendee, Offering, Pass, Registration, RegistrationGroup
from eventweek.registration.queries.groups import find_group, find_group_by_token, list_live_members
from eventweek.registration.queries.offerings import load_offerings
from tests.registration.test_forms import row
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, offering_of, phone, resize, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
UNIT = Unit("吉林省示例光电有限公司", "王敏", email="wang@example.org", consent=True)
NAMES = "甲乙丙丁戊己庚辛壬癸"


def people(number: int, first: int = 1) -> list[Member]:
    """Return so many people with phones of their own."""
    return [Member(n + 1, f"示例{NAMES[n // 10 % 10]}{NAMES[n % 10]}", phone(n)) for n in range(first, first + number)]


def send(members: list[Member], unit: Unit = UNIT) -> Checked:
    return register_group(week().id, offering_of("rs-ei-1").code, unit, members)


def rows_of(checked: Checked) -> list[tuple[int, str, str]]:
    return [(own.row, own.error.field, own.error.code) for own in checked.problems]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_unit_registers_everybody_with_a_pass_each(demo_app: Flask) -> None:
    checked = send(people(20))
    assert checked.problems == [] and checked.count("confirmed") == 20
    group = find_group(checked.group)
    assert group and group.leader and group.leader.name == "王敏"
    members = list_live_members(group.id)
    assert len(members) == 20 and {row.source for row in members} == {"group"} and count(Pass) == 20
    assert {row.attendee.organisation for row in members} == {UNIT.name}
    assert counters(offering_of("rs-ei-1").code) == (20, 0) and broken() == []
    message = db.session.scalars(select(Message).where(Message.template == "registration/group")).one()
    token = token_of_group(group)
    assert token not in str(message.context) and find_group_by_token(token.lower()) is not None
    with demo_app.test_request_context():
        letter = claim_message(message.id)
        assert letter and links_of(letter)["link"].endswith(f"/g/{token}")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "group.create")).one()
    assert "王敏" not in str(entry.changes) and "示例" not in str(entry.changes)


def test_a_bad_row_registers_nobody_and_is_named(demo_app: Flask) -> None:
    book(offering_of("rs-ei-1").code, phone=phone(90))
    bad = [
        Member(4, "", phone(50)),
        Member(7, "示例甲", "123"),
        Member(9, "示例乙", phone(1)),
        Member(11, "示例丙", phone(90)),
        Member(12, "示例丁"),
        Member(13, "示\0例" * 100, "\ud800", "x@" * 400),
    ]
    before = [count(model) for model in (Registration, Attendee, Pass, Message, RegistrationGroup, AuditEntry)]
    checked = send(people(3) + bad)
    found = rows_of(checked)
    assert found[:5] == [
        (4, "name", "name.required"),
        (7, "phone", "phone.invalid"),
        (9, "phone", "group.contact_taken"),
        (11, "phone", "group.contact_taken"),
        (12, "phone", "contact.required"),
    ]
    assert {row for row, _field, _code in found} == {4, 7, 9, 11, 12, 13} and checked.group == ""
    assert [count(model) for model in (Registration, Attendee, Pass, Message, RegistrationGroup, AuditEntry)] == before
    assert counters(offering_of("rs-ei-1").code) == (1, 0) and broken() == []


def test_a_dry_run_says_what_would_be_and_writes_nothing(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    checked = check_members(week().id, code, people(3))
    assert (checked.count("confirmed"), checked.count("waitlisted"), checked.problems) == (2, 1, [])
    assert count(Registration) == count(Attendee) == count(Message) == 0 and counters(code) == (0, 0)


def test_why_a_group_cannot_be_made(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    with pytest.raises(Invalid) as caught:
        send(people(1), Unit("", "王", "1", "x"))
    assert {error.field for error in caught.value.errors} == {"unit", "leader", "phone", "email", "consent"}
    for members, refusal in (([], "group.empty"), (people(101), "group.too_many")):
        with pytest.raises(Refusal, match=refusal):
            send(members)
    for wrong in ("none", "\0", ""):
        with pytest.raises(Refusal, match="offering.not_found"):
            register_group(week().id, wrong, UNIT, people(1))
    for setting in ({"proven_contact": True}, {"real_name": True}):
        own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
        edit_offering(code, setting, version=own.version, actor=SYSTEM)
        with pytest.raises(Refusal, match="group.asks"):
            send(people(1))
    assert count(Registration) == 0


def test_only_the_questions_of_its_own_kind_keep_a_unit_away(demo_app: Flask) -> None:
    own = load_offerings([offering_of("rs-ei-1").id])[0]
    [kind] = own.kinds
    other = db.session.scalars(select(Kind.code).where(Kind.week_id == week().id, Kind.code != kind).limit(1)).one()
    write_questions(week().id, "kind", other, {"questions": [row("diet")]}, version=None, actor=SYSTEM)
    assert send(people(2)).count("confirmed") == 2
    write_questions(week().id, "kind", kind, {"questions": [row("diet")]}, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match="group.asks"):
        send(people(2, 5))


def test_the_leader_adds_swaps_and_cancels_until_the_cut_off(demo_app: Flask) -> None:
    group = send(people(2)).group
    own = find_group(group)
    assert own
    assert rows_of(add_members(group, people(2, 2))) == [(3, "phone", "group.contact_taken")]
    assert add_members(group, people(1, 5)).problems == []
    first, second, _third = list_live_members(own.id)
    swap_member(group, first.code, Successor("司马相如", phone(60), consent=True))
    cancel_member(group, second.code)
    left = list_live_members(own.id)
    assert [row.attendee.name for row in left][0] == "司马相如" and len(left) == 2 and broken() == []
    stranger = book(offering_of("rs-ei-1").code, phone=phone(70))[0].registration
    for act in (lambda: cancel_member(group, stranger), lambda: swap_member(group, "none", Successor("甲乙"))):
        with pytest.raises(Refusal, match="registration.not_found"):
            act()
    with pytest.raises(Refusal, match="group.not_found"):
        cancel_member("none", first.code)
    with travel(own.cut_off):
        for act in (lambda: cancel_member(group, first.code), lambda: add_members(group, people(1, 9))):
            with pytest.raises(Refusal, match="group.over"):
                act()


def test_the_leader_is_forgotten_with_everybody(demo_app: Flask) -> None:
    group = send(people(1)).group
    with travel(now() + timedelta(days=300)):
        purge_attendees()
        own = find_group(group)
        assert own and own.unit == "" and own.leader is None
    assert {row.name for row in db.session.scalars(select(Attendee))} == {""}


def test_lines_and_sheets_are_read_alike() -> None:
    lines = read_lines("王敏，13800138000\n\n李示例\tli@example.org\t139 0000 0001")
    assert lines == [Member(1, "王敏", "13800138000"), Member(3, "李示例", "139 0000 0001", "li@example.org")]
    assert [(m.name, m.phone, m.email) for m in read_lines(lines_of(lines))] == [
        (m.name, m.phone, m.email) for m in lines
    ]
    rows = [
        (1, ["吉林示例公司名单"]),
        (2, ["序号", "姓名*", "手机号", "问题"]),
        (3, ["", "示例", "13800138000"]),
        (4, ["1", "王敏", "13800138000", "x"]),
        (6, ["2", "", " "]),
        (7, ["3", "李"]),
    ]
    assert read_sheet([Sheet("空"), Sheet("名单", rows)], "示例") == [Member(4, "王敏", "13800138000"), Member(7, "李")]
    for sheets in ([], [Sheet("x", [(1, ["a"])])]):
        with pytest.raises(Refusal, match="group.no_heads"):
            read_sheet(sheets, "示例")
    with pytest.raises(Refusal, match="group.too_many"):
        read_lines("a\n" * 101)
