"""On-line attendance: a pool without a limit, changes between it and a seat, the way in, and who went in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.calendars.holders import calendar_of_holder
from eventweek.campaigns.queries import count_people
from eventweek.campaigns.rules import Audience
from eventweek.checkin.queries.holders import find_entitlement
from eventweek.checkin.queries.sessions import count_turnout
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.actions import (
    Basket,
    Item,
    Online,
    Outcome,
    Successor,
    cancel_registration,
    close_offering,
    drop_class,
    drop_online,
    hand_over,
    hold_seats,
    join_online,
    move_registration,
    register,
    review_registrations,
    set_class,
    set_online,
    switch_attendance,
)
from eventweek.registration.actions.strikes import set_strike_rule
from eventweek.registration.enums import Verdict
from eventweek.registration.models import (
    CapacityPool,
    Offering,
    OnlineAttendance,
    OnlineLink,
    Pass,
    Registration,
    Strike,
)
from eventweek.registration.online import Sitting, sitting_now
from eventweek.registration.queries import find_pass, list_clashes_of, list_offerings, list_registrations
from eventweek.registration.queries.message_texts import facts_of
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.online import count_joined, find_opened_way, find_way_in
from eventweek.replanning.queries import foresee, list_swaps, map_questions
from eventweek.scheduling.queries.drafts import list_drafts
from tests.registration.test_verify import broken
from tests.registration.world import approval, book, counters, offering_of, phone, resize, state_of, week
from tests.replanning.world import asked, move, put_out, small_room

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
URL = "https://meeting.example.com/j/8613?pwd=qZ7"


def opened(cap: int = 1, key: str = "rs-ei-1", **more: Any) -> str:
    """Open a demo session on line, its room having as many seats; return the offering's code."""
    code = offering_of(key).code
    resize(code, cap)
    set_online(code, Online(True, url=URL, note=Bilingual("会议密码 8613", "Password 8613"), **more), actor=SYSTEM)
    return code


def on_line(code: str, number: int, seats: int = 1, **more: Any) -> Outcome:
    fields = {"name": "欧阳娜娜", "phone": phone(number), "consent": True} | more
    [outcome] = register(Basket(week_id=week().id, items=(Item(code, seats, online=True),), **fields), actor=VISITOR)
    return outcome


def refused(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as why:
        act(*args, **more)
    return why.value.errors[0].code if isinstance(why.value, Invalid) else why.value.code


def loaded(code: str) -> OpenOffering:
    db.session.rollback()
    return load_offerings(db.session.scalars(select(Offering.id).where(Offering.code == code)).all())[0]


def row_of(code: str) -> Registration:
    db.session.rollback()
    return db.session.scalars(select(Registration).where(Registration.code == code)).one()


def test_no_number_of_people_is_too_many_on_line_and_the_room_is_left_alone(demo_app: Flask) -> None:
    code = opened(1)
    seat = book(code, phone=phone(1))[0]
    everybody = [on_line(code, number, seats=5) for number in range(2, 12)]
    assert {one.state for one in everybody} == {"confirmed"} and all(one.online for one in everybody)
    assert counters(code) == counters(code, "public") == (1, 0) and counters(code, "online") == (50, 0)
    cancel_registration(everybody[0].registration, actor=VISITOR, owner=everybody[0].pass_id)
    assert counters(code, "online") == (45, 0) and state_of(seat.registration) == "confirmed" and broken() == []
    [facts] = list_offerings([loaded(code).sessions[0].code])[loaded(code).sessions[0].code]
    assert facts.online and facts.full


def test_one_person_holds_a_seat_or_takes_part_on_line_not_both(demo_app: Flask) -> None:
    code = opened(5)
    mine = on_line(code, 1)
    assert refused(book, code, pass_id=mine.pass_id) == "registration.already"
    other = book(code, phone=phone(2))[0]
    assert refused(on_line, code, 2, pass_id=other.pass_id) == "registration.already"
    assert counters(code) == (1, 0) and counters(code, "online") == (1, 0)


def test_on_line_opens_and_closes_on_its_own(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    assert refused(on_line, code, 1) == "online.none"
    opened(3)
    close_offering(code, actor=SYSTEM)
    assert refused(book, code, phone=phone(1)) == "offering.closed" and on_line(code, 1).state == "confirmed"
    set_online(code, Online(False), actor=SYSTEM)
    assert refused(on_line, code, 2) == "offering.closed" and find_way_in(loaded(code).offering.id) is not None
    assert refused(drop_online, code, actor=SYSTEM) == "online.in_use"


def test_a_seat_given_up_for_on_line_goes_to_who_waits_in_the_same_transaction(demo_app: Flask) -> None:
    code = opened(1)
    first, second = book(code, phone=phone(1))[0], book(code, phone=phone(2))[0]
    assert second.state == "waitlisted"
    switch_attendance(first.registration, online=True, actor=VISITOR, owner=first.pass_id)
    assert state_of(second.registration) == "confirmed" and row_of(first.registration).cls == "online"
    switch_attendance(first.registration, online=True, actor=VISITOR, owner=first.pass_id)
    assert counters(code) == (1, 0) and counters(code, "online") == (1, 0) and broken() == []
    told = db.session.scalars(select(Message.template).order_by(Message.id)).all()
    assert told[-2:] == ["registration/moved", "registration/promoted"]


def test_back_to_a_seat_only_where_one_is_free_and_nobody_waits(demo_app: Flask) -> None:
    code = opened(1)
    mine, other = on_line(code, 1), book(code, phone=phone(2))[0]
    back = {"online": False, "actor": VISITOR, "owner": mine.pass_id}
    assert refused(switch_attendance, mine.registration, **back) == "online.no_seat"
    assert row_of(mine.registration).cls == "online" and counters(code, "online") == (1, 0)
    cancel_registration(other.registration, actor=VISITOR, owner=other.pass_id)
    switch_attendance(mine.registration, **back)
    assert row_of(mine.registration).cls == "public" and counters(code) == (1, 0) and broken() == []


def test_who_waits_goes_on_line_at_once(demo_app: Flask) -> None:
    code = opened(1)
    book(code, phone=phone(1))
    waits = book(code, phone=phone(2))[0]
    switch_attendance(waits.registration, online=True, actor=VISITOR, owner=waits.pass_id)
    assert state_of(waits.registration) == "confirmed" and counters(code) == (1, 0)
    assert counters(code, "online") == (1, 0) and broken() == []


def test_another_persons_registration_is_not_found_and_one_under_review_stays(demo_app: Flask) -> None:
    code = approval(5)
    set_online(code, Online(True, url=URL), actor=SYSTEM)
    mine = on_line(code, 1)
    assert mine.state == "applied"
    own = {"online": False, "actor": VISITOR}
    assert refused(switch_attendance, mine.registration, owner=mine.pass_id + 10, **own) == "registration.not_found"
    assert refused(switch_attendance, mine.registration, owner=mine.pass_id, **own) == "registration.not_confirmed"
    assert refused(join_online, mine.registration, owner=mine.pass_id, actor=VISITOR) == "online.not_registered"


def test_the_way_in_is_open_from_shortly_before_until_the_end_and_the_first_time_counts(demo_app: Flask) -> None:
    code = opened(1, before_min=20)
    mine, seated = on_line(code, 1, seats=2), book(code, phone=phone(2))[0]
    session = loaded(code).sessions[0]
    owner = {"owner": mine.pass_id, "actor": VISITOR}
    with travel(session.start - timedelta(minutes=21)):
        assert refused(join_online, mine.registration, **owner) == "online.early"
        assert list_registrations(mine.pass_id)[0].joining == ""
    with travel(session.start - timedelta(minutes=20)):
        assert list_registrations(mine.pass_id)[0].joining == session.code
        way = join_online(mine.registration, **owner)
        assert (way.url, way.note.zh, way.session) == (URL, "会议密码 8613", session.code)
        assert refused(join_online, seated.registration, owner=seated.pass_id, actor=VISITOR) == "online.not_registered"
        assert refused(join_online, mine.registration, owner=seated.pass_id, actor=VISITOR) == "registration.not_found"
    with travel(session.end - timedelta(seconds=1)):
        join_online(mine.registration, **owner)
    with travel(session.end):
        assert refused(join_online, mine.registration, **owner) == "online.over"
    row = db.session.scalars(select(OnlineAttendance)).one()
    assert row.first_at == session.start - timedelta(minutes=20) and broken() == []
    assert count_joined([row_of(mine.registration).offering_id]) == {row_of(mine.registration).offering_id: 2}
    turnout = count_turnout(session.id)
    assert (turnout.registered, turnout.arrived) == (1, 0)


def test_the_week_says_when_unless_the_offering_does(demo_app: Flask) -> None:
    code = opened(1)
    assert loaded(code).online_before_min == 30
    set_online(code, Online(True, before_min=0), actor=SYSTEM)
    assert loaded(code).online_before_min == 0
    assert refused(set_online, code, Online(True, before_min=1441), actor=SYSTEM) == "number.range"


def test_the_way_in_is_sealed_and_no_audit_entry_holds_it(demo_app: Flask) -> None:
    code = opened(1)
    set_online(code, Online(True, url=URL + "8", note=Bilingual("", "")), actor=SYSTEM)
    set_online(code, Online(True), actor=SYSTEM)
    db.session.rollback()
    sealed = db.session.scalars(select(OnlineLink.sealed)).one()
    assert b"meeting" not in sealed
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "online.set").order_by(AuditEntry.id)
    ).all()
    assert [entry.changes.get("link") for entry in entries] == ["given", "changed", None]
    assert all("meeting" not in str(entry.changes) for entry in entries)
    set_online(code, Online(True, url=""), actor=SYSTEM)
    assert find_way_in(loaded(code).offering.id) is None
    mine = on_line(code, 1)
    with travel(loaded(code).starts):
        assert refused(join_online, mine.registration, owner=mine.pass_id, actor=VISITOR) == "online.no_link"


def test_the_pool_is_never_limited_held_or_dropped_like_a_class(demo_app: Flask) -> None:
    code = opened(1)
    assert refused(set_class, code, "online", cap=5, actor=SYSTEM) == "class.unknown"
    assert refused(drop_class, code, "online", actor=SYSTEM) == "class.unknown"
    until = loaded(code).starts
    facts = {"owner": "某单位", "reason": "代表团", "expires": until, "actor": SYSTEM}
    assert refused(hold_seats, code, "online", 1, **facts) == "class.unknown"
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(CapacityPool).where(CapacityPool.cls == "online").values(cap=5))
    drop_online(code, actor=SYSTEM)
    assert not loaded(code).offering.online_open and db.session.scalar(select(OnlineLink)) is None
    slot = db.session.scalars(select(Offering.code).where(Offering.slot_start.is_not(None))).first()
    assert slot and refused(set_online, slot, Online(True), actor=SYSTEM) == "online.slot" and broken() == []


def test_the_door_says_on_line_and_no_seat(demo_app: Flask) -> None:
    code = opened(1)
    mine = on_line(code, 1)
    session, person = loaded(code).sessions[0], row_of(mine.registration).attendee_id
    assert find_entitlement(week().id, person, session.id).state == "online"
    assert find_entitlement(week().id, person, session.id + 1).state in ("none", "cancelled")


def test_messages_and_the_private_feed_say_on_line_never_where(demo_app: Flask) -> None:
    code = opened(1)
    mine = on_line(code, 1, email="na@example.com")
    db.session.rollback()
    [sent] = db.session.scalars(select(Message).where(Message.template == "registration/confirmed")).all()
    assert "线上参加" in sent.context["confirmed"][0]["where"] and "meeting" not in str(sent.context)
    own = find_pass(mine.pass_id)
    assert isinstance(own, Pass)
    body = calendar_of_holder(own, "zh-CN", "https://week.example.cn")[1].decode()
    assert "线上参加" in body and "meeting" not in body and "8613" not in body
    hall = loaded(code).sessions[0].facts["room"]["zh"]
    assert f"LOCATION:{hall}" not in body and "GEO:" not in body


def test_on_line_there_is_no_journey(demo_app: Flask) -> None:
    code, own = opened(1), week()
    far = next(
        other.code
        for other in db.session.scalars(select(Offering).where(Offering.week_id == own.id)).all()
        if any(c.kind == "journey" for c in list_clashes_of(own.id, [code, other.code]))
    )
    assert not [c for c in list_clashes_of(own.id, [code, far], online=[code]) if c.kind == "journey"]


def test_an_organiser_moves_somebody_on_line_and_the_count_is_kept(demo_app: Flask) -> None:
    code = opened(1)
    seat = book(code, phone=phone(1))[0]
    move_registration(seat.registration, code, cls="online", actor=SYSTEM)
    assert counters(code) == (0, 0) and counters(code, "online") == (1, 0) and broken() == []


def test_of_two_rooms_that_are_open_it_is_the_one_that_began_last() -> None:
    at = datetime(2026, 10, 15, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    a, b = Sitting("a", at, at + hour), Sitting("b", at + hour, at + 2 * hour)
    assert sitting_now([a, b], 30, at + timedelta(minutes=45)) == a
    assert sitting_now([a, b], 30, at + hour) == b
    assert sitting_now([b], 30, at + timedelta(minutes=29)) is None


def test_whoever_changes_to_another_session_stays_on_line_where_that_is_open(demo_app: Flask) -> None:
    code, other = opened(1), opened(1, "rs-ei-2")
    book(other, phone=phone(9))
    mine = on_line(code, 1, seats=2)
    move_registration(mine.registration, other, actor=VISITOR, owner=mine.pass_id)
    assert row_of(mine.registration).cls == "online" and counters(other, "online") == (2, 0) and broken() == []
    resize(code, 2)
    set_online(code, Online(False), actor=SYSTEM)
    move_registration(mine.registration, code, actor=VISITOR, owner=mine.pass_id)
    assert row_of(mine.registration).cls == "public" and counters(code) == (2, 0) and broken() == []


def test_no_review_for_no_shows_is_passed_by_going_on_line_and_back(demo_app: Flask) -> None:
    code, own = opened(5), week().id
    set_strike_rule(own, 1, "review", version=None, actor=SYSTEM)
    missed = book(offering_of("rs-ei-2").code, phone=phone(1))[0]
    number = row_of(missed.registration).id
    db.session.rollback()
    with transaction():
        given = now() + timedelta(seconds=1)
        db.session.add(Strike(registration_id=number, state="given", given_at=given))
    assert book(offering_of("rs-nm-1").code, pass_id=missed.pass_id)[0].state == "applied"
    [mine] = register(Basket(own, (Item(code, online=True),), pass_id=missed.pass_id), actor=VISITOR)
    assert mine.state == "confirmed"
    reasons = {facts.offering: facts.why_no_switching for facts in list_registrations(mine.pass_id)}
    assert reasons[code] is not None and reasons[code].code == "online.seat_reviewed"
    back = {"online": False, "actor": VISITOR, "owner": mine.pass_id}
    assert refused(switch_attendance, mine.registration, **back) == "online.seat_reviewed"


def test_who_takes_a_place_over_has_not_been_in_the_room(demo_app: Flask) -> None:
    code = opened(1, before_min=1440)
    mine = on_line(code, 1)
    with travel(loaded(code).starts - timedelta(hours=20)):
        join_online(mine.registration, owner=mine.pass_id, actor=VISITOR)
        after = hand_over(
            mine.registration, Successor("王敏", phone(2), consent=True), actor=VISITOR, owner=mine.pass_id
        )
        assert row_of(mine.registration).attendee_id == after.attendee_id
        assert db.session.scalars(select(OnlineAttendance)).all() == []
        assert find_opened_way(mine.registration, loaded(code).sessions[0].id) is None


def test_what_is_said_beside_the_link_changes_alone_and_never_stands_alone(demo_app: Flask) -> None:
    code = opened(1)
    set_online(code, Online(True, note=Bilingual("密码改了", "")), actor=SYSTEM)
    way = find_way_in(loaded(code).offering.id)
    assert way and (way.url, way.note.zh) == (URL, "密码改了")
    other, note = offering_of("rs-ei-2").code, Bilingual("密码 1", "")
    assert refused(set_online, other, Online(True, note=note), actor=SYSTEM) == "online.link_first"
    assert refused(set_online, code, Online(True, url="", note=note), actor=SYSTEM) == "online.link_first"
    assert find_way_in(loaded(code).offering.id) and not loaded(other).offering.online_open


def test_a_link_whose_key_is_gone_is_none_and_can_be_given_anew(demo_app: Flask) -> None:
    code = opened(1)
    mine = on_line(code, 1)
    with transaction():
        db.session.execute(update(OnlineLink).values(key_id="gone"))
    assert find_way_in(loaded(code).offering.id) is None
    with travel(loaded(code).starts):
        assert refused(join_online, mine.registration, owner=mine.pass_id, actor=VISITOR) == "online.no_link"
        set_online(code, Online(True, url=URL, note=Bilingual("新", "")), actor=SYSTEM)
        assert join_online(mine.registration, owner=mine.pass_id, actor=VISITOR).url == URL


def test_another_hall_asks_nobody_on_line_another_time_does(demo_app: Flask) -> None:
    code = opened(3)
    mine, seated = on_line(code, 1), book(code, phone=phone(2))[0]
    hall = move("rs-ei-1", room=small_room("rs-ei-1", 60))
    assert foresee(week(), list_drafts(week().id, [hall])).registrations == 1
    put_out(hall)
    assert map_questions(mine.pass_id) == {} and list(map_questions(seated.pass_id)) == [seated.registration]
    put_out(move("rs-ei-1", minutes=30))
    row = asked(mine.registration).registration
    assert row.cls == "online" and all(not own.online for own in list_swaps(row, 1000))
    opened(1, "rs-ei-2")
    assert [own.offering.code for own in list_swaps(row, 1000) if own.online] == [offering_of("rs-ei-2").code]


def test_a_message_can_go_to_those_on_line_only(demo_app: Flask) -> None:
    code = opened(3)
    on_line(code, 1)
    [book(code, phone=phone(number)) for number in (2, 3)]
    session, own = loaded(code).sessions[0].code, week()
    counts = [count_people(own, Audience(session=session, way=way)) for way in ("", "room", "online")]
    assert counts == [3, 2, 1]


def test_who_is_let_in_on_line_by_a_reviewer_is_told_not_to_come(demo_app: Flask) -> None:
    code = approval(5)
    set_online(code, Online(True, url=URL), actor=SYSTEM)
    mine = on_line(code, 1, email="na@example.com")
    review_registrations(week().id, [mine.registration], Verdict.APPROVE, actor=SYSTEM)
    db.session.rollback()
    [sent] = db.session.scalars(select(Message).where(Message.template == "registration/approved")).all()
    facts = facts_of(week(), sent.context, "zh-CN", {})
    assert "不用到现场" in facts["outcome"] and "二维码" not in facts["outcome"]
    assert state_of(mine.registration) == "confirmed" and counters(code) == (0, 0) and broken() == []
