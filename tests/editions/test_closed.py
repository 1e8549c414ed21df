"""What closing ends and what goes on: nobody registers, seats are given back and move on; archiving ends it all."""

from datetime import timedelta

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.editions.actions.deleting import delete_week
from eventweek.kernel.clock import travel
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.weeks import set_week_state
from eventweek.registration.actions import (
    Successor,
    Unit,
    add_members,
    cancel_member,
    cancel_registration,
    change_seats,
    hand_over,
    register_group,
    reissue_pass,
    swap_member,
    void_pass,
)
from eventweek.registration.groups import token_of_group
from eventweek.registration.members import Member
from eventweek.registration.queries.groups import find_group, list_live_members
from tests.factories.door import make_device, make_gate, make_pass, open_sessions
from tests.registration.world import book, offering_of, phone, resize, state_of, week


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_a_closed_week_gives_seats_back_and_takes_nobody(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    (first,), (second,) = book(code), book(code, phone=phone(2))
    set_week_state("jl2026", "closed", actor=SYSTEM)
    with pytest.raises(Invalid) as caught:
        book(code, phone=phone(3))
    assert [error.code for error in caught.value.errors] == ["offering.week_over"]
    cancel_registration(first.registration, actor=SYSTEM)
    assert (state_of(first.registration), state_of(second.registration)) == ("cancelled", "confirmed")
    with pytest.raises(Refusal, match="week.not_draft"):
        delete_week("jl2026", actor=SYSTEM)
    set_week_state("jl2026", "open", actor=SYSTEM)
    assert book(code, phone=phone(3))[0].state == "waitlisted"


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_a_unit_gives_back_and_hands_on_in_a_closed_week_like_everybody(demo_app: Flask) -> None:
    code, unit = offering_of("rs-ei-1").code, Unit("示例单位", "王敏", email="w@example.org", consent=True)
    resize(code, 2)
    made = register_group(week().id, code, unit, [Member(n, f"示例{'甲乙'[n - 1]}", phone(n)) for n in (1, 2)])
    waits, alone = book(code, phone=phone(3))[0], book(offering_of("rs-ei-2").code, phone=phone(4))[0]
    own = find_group(made.group)
    assert own
    first, second = [row.code for row in list_live_members(own.id)]
    set_week_state("jl2026", "closed", actor=SYSTEM)
    with pytest.raises(Refusal, match="offering.week_over"):
        add_members(made.group, [Member(1, "示例丙", phone(5))])
    swap_member(made.group, first, Successor("司马相如", phone(6), consent=True))
    hand_over(alone.registration, Successor("卓文君", phone(7), consent=True), actor=VISITOR, owner=alone.pass_id)
    cancel_member(made.group, second)
    assert (state_of(second), state_of(waits.registration), state_of(first)) == ("cancelled", "confirmed", "confirmed")
    client = demo_app.test_client()
    client.get(f"/g/{token_of_group(own)}")
    page = client.get(f"/my/groups/{made.group}").text
    assert "不能再加人" in page and "换人或取消" in page and 'name="lines"' not in page
    set_week_state("jl2026", "archived", actor=SYSTEM)
    for act in (lambda: cancel_member(made.group, first), lambda: swap_member(made.group, first, Successor("甲乙"))):
        with pytest.raises(Refusal, match="offering.week_over"):
            act()


@pytest.mark.database
def test_an_archived_week_keeps_every_registration_pass_and_scan(demo_app: Flask) -> None:
    session = open_sessions(1)[0]
    with travel(session.start - timedelta(minutes=10)):
        device, gate = make_device("lead", make_gate(session))[0], make_gate(session).code
        held, (own,) = make_pass(session), book(offering_of("rs-ei-2").code)
        request = ScanRequest(1, gate, session.code, code=held.token)
        set_week_state("jl2026", "closed", actor=SYSTEM)
        set_week_state("jl2026", "archived", actor=SYSTEM)
        for change in (
            lambda: cancel_registration(own.registration, actor=SYSTEM),
            lambda: cancel_registration(own.registration, actor=VISITOR, owner=own.pass_id),
            lambda: change_seats(own.registration, 2, actor=VISITOR, owner=own.pass_id),
            lambda: reissue_pass(own.pass_code, actor=VISITOR, owner=own.pass_id),
            lambda: void_pass(own.pass_code, actor=SYSTEM),
            lambda: record_scan(device, request, actor=device.actor),
            lambda: set_week_state("jl2026", "open", actor=SYSTEM),
        ):
            with pytest.raises(Refusal, match="week.archived"):
                change()
