"""No-shows that count: only what the person could help, seen and answered by them, and off unless a week wants it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.checkin import verify as checkin
from eventweek.checkin.actions.merging import merge_attendees
from eventweek.checkin.actions.strikes import settle_strikes
from eventweek.checkin.models import Attendance, Device, Gate, Scan
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Part
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.privacy.actions import erase_person
from eventweek.privacy.queries import tell_person
from eventweek.registration.actions import Basket, Item, Wish, cancel_registration, invite, purge_attendees, register
from eventweek.registration.actions.strikes import (
    appeal_strike,
    decide_strike,
    drop_strike_rule,
    set_strike_rule,
)
from eventweek.registration.enums import StrikeDecision
from eventweek.registration.models import Registration, RegistrationEvent, Strike, StrikeStep
from eventweek.registration.passes import manage_token_of
from eventweek.registration.queries import list_registrations
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import find_pass
from eventweek.registration.queries.strikes import effect_on, find_record
from eventweek.registration.rules import RETENTION_DAYS
from eventweek.registration.strikes import Miss, Spot, Taken, why_no_strike
from eventweek.registration.verify import list_findings
from eventweek.scheduling.models import Published, ReleaseItem
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.factories.releases import retell
from tests.registration.world import book, cancel_now, offering_of, phone, resize, set_week_state, state_of, week

pytestmark = pytest.mark.usefixtures("before_the_week")
EARLY, LATER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC)
HERE = Spot(EARLY, "2026-10-15T01:00:00Z", 60, ("v", "r"), False)
MISS = Miss("confirmed", "public", False, LATER, LATER, [Taken(True, "")], [[HERE]], False, True)
BY_MESSAGE = ("registration/no_show", "registration/no_show_decided")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"seen": True}, "came"),
        ({"state": "cancelled"}, "not_in"),
        ({"state": "offered"}, "not_in"),
        ({"cls": "standby"}, "not_in"),
        ({"cls": "invited"}, "not_in"),
        ({"grouped": True}, "not_own"),
        ({"taken": [Taken(False, "promoted")]}, "not_own"),
        ({"taken": [Taken(False, "")]}, "not_own"),
        ({"taken": [Taken(True, ""), Taken(True, "handed_over")]}, "not_own"),
        ({"taken": [Taken(True, "accepted")]}, ""),
        ({"taken": [Taken(False, "approved")]}, ""),
        ({"told": [[HERE, replace(HERE, at=LATER + timedelta(1), start="2026-10-15T02:00:00Z")]]}, "changed"),
        ({"told": [[HERE, replace(HERE, at=LATER + timedelta(1), place=("v", "other"))]]}, "changed"),
        ({"told": [[HERE, replace(HERE, at=LATER + timedelta(1), cancelled=True)]]}, "changed"),
        ({"told": [[replace(HERE, start="2026-10-14T01:00:00Z"), replace(HERE, at=EARLY + timedelta(1))]]}, ""),
        ({"told": [[]]}, "changed"),
        ({"kept": False}, "no_door"),
        ({"starts": EARLY - timedelta(1)}, "before"),
    ],
)
def test_only_what_the_person_could_help_counts(changed: dict[str, Any], why: str) -> None:
    assert why_no_strike(replace(MISS, **changed), EARLY) == why


def on(misses: int = 1, effect: str = "behind") -> None:
    set_strike_rule(week().id, misses, effect, version=None, actor=SYSTEM)


def comes(outcome: Any, key: str = "rs-ei-1") -> None:
    """Let somebody have come to a demo session."""
    own = find_pass(outcome.pass_id)
    assert own
    facts: dict[str, Any] = {"holder": own.code, "registration_code": outcome.registration, "entries": 1}
    with transaction():
        session = offering_of(key).sessions[0].session_id
        db.session.add(Attendance(week_id=week().id, session_id=session, first_in=now(), last_in=now(), **facts))


def day_after(key: str = "rs-ei-1") -> datetime:
    """Return a moment on the day after a demo session."""
    [own] = load_offerings([offering_of(key).id])
    return max(session.end for session in own.sessions) + timedelta(days=1)


def ahead(number: int = 0) -> OpenOffering:
    """Return an offering that begins well after the demo session's next day and that anybody registers for at once."""
    every = list_week_offerings(week().id, actor=SYSTEM)
    plain = [own for own in every if own.offering.mode == "open" and not own.asks and not own.offering.slot_start]
    return [own for own in plain if own.starts > day_after() + timedelta(hours=3)][number]


def missed(*more: str) -> Any:
    """Let one come to a session and one not, who is registered for `more` too; return the one who did not."""
    code = offering_of("rs-ei-1").code
    comes(book(code, phone=phone(1))[0])
    return book(code, *more, phone=phone(2), email="b@example.org")[0]


def strikes() -> list[tuple[str, str]]:
    db.session.rollback()
    query = select(Registration.code, Strike.state).join(Strike.registration).order_by(Strike.id)
    return [(code, state) for code, state in db.session.execute(query)]


def one() -> Strike:
    db.session.rollback()
    return db.session.scalars(select(Strike)).one()


def sound() -> bool:
    db.session.rollback()
    [struck] = [finding for finding in checkin.list_findings() if "strike" in finding.name]
    return [finding.name for finding in (*list_findings(), struck) if finding.rows] == []


def told() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.template).where(Message.template.in_(BY_MESSAGE))))


@pytest.mark.database
def test_off_leaves_no_row_no_message_and_no_page(demo_app: Flask) -> None:
    own = missed()
    with travel(day_after()):
        assert settle_strikes() == 0
        assert strikes() == [] and told() == [] and find_record(find_pass(own.pass_id)) is None  # type: ignore[arg-type]
        client = demo_app.test_client()
        client.get(f"/m/{manage_token_of(find_pass(own.pass_id))}")  # type: ignore[arg-type]
        assert "没有到场" not in client.get("/my").text


@pytest.mark.database
def test_who_did_not_come_gets_one_strike_and_is_told(demo_app: Flask) -> None:
    on()
    own = missed()
    with travel(day_after() - timedelta(days=1)):
        assert settle_strikes() == 0
    with travel(day_after()):
        assert settle_strikes() == 1
        assert settle_strikes() == 0
        assert strikes() == [(own.registration, "given")] and told() == ["registration/no_show"] and sound()
        message = db.session.scalars(select(Message).where(Message.template == BY_MESSAGE[0])).one()
        assert "1 次" in message.context["rule"] and message.recipient == "b@example.org"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "strike.give")).one()
    assert entry.changes == {"registration": own.registration}


@pytest.mark.database
@pytest.mark.parametrize("why", ["cancelled", "no_door", "before", "moved", "promoted", "seen", "off_again"])
def test_in_doubt_nobody_gets_one(demo_app: Flask, why: str) -> None:
    on()
    own = missed()
    with transaction():
        if why == "no_door":
            db.session.execute(update(Attendance).values(entries=0))
        if why == "promoted":
            db.session.execute(update(RegistrationEvent).values(reason="promoted", actor="system"))
        if why == "seen":
            _scan(own)
        if why == "moved":
            _move_later()
    if why == "cancelled":
        cancel_registration(own.registration, actor=VISITOR, owner=own.pass_id)
    if why == "off_again":
        drop_strike_rule(week().id, version=None, actor=SYSTEM)
    with travel(day_after()):
        if why == "before":
            drop_strike_rule(week().id, version=None, actor=SYSTEM)
            on()
        assert settle_strikes() == 0
    assert strikes() == [] and told() == []


def test_a_session_that_was_cancelled_gives_none(demo_app: Flask) -> None:
    on()
    missed()
    cancel_now("rs-ei-1")
    with travel(day_after()):
        assert settle_strikes() == 0
    assert strikes() == []


def _scan(own: Any) -> None:
    holder = find_pass(own.pass_id)
    session = offering_of("rs-ei-1").sessions[0].session_id
    gate = db.session.scalars(select(Gate).limit(1)).one()
    span = {"valid_from": now(), "valid_to": now() + timedelta(days=1), "created_at": now()}
    device = Device(week_id=week().id, name="门", profile="scan", **span)
    db.session.add(device)
    db.session.flush()
    times = {"device_time": now(), "effective_time": now(), "received_at": now()}
    words = {"kind": "in", "mode": "online", "door_verdict": "no", "door_reason": "x", "should_have": "no"}
    words |= {"should_reason": "", "operator": "d", "prev_hash": "0" * 64, "holder": holder.code if holder else ""}
    facts: dict[str, Any] = {"device_id": device.id, "device_seq": 1, "session_id": session, "gate_id": gate.id}
    db.session.add(Scan(week_id=week().id, **facts, **times, **words))


def _move_later() -> None:
    """Publish the session again an hour later, after people registered."""
    session = offering_of("rs-ei-1").sessions[0].session_id
    pointer = db.session.scalars(select(Published).where(Published.session_id == session)).one()
    item = db.session.get_one(ReleaseItem, pointer.item_id)
    facts = {c.key: getattr(item, c.key) for c in ReleaseItem.__mapper__.column_attrs if c.key != "id"}
    start = datetime.fromisoformat(item.snapshot["start"]) + timedelta(hours=1)
    anew = ReleaseItem(**facts)
    retell(anew, start=start.strftime("%Y-%m-%dT%H:%M:%SZ"))
    db.session.add(anew)
    db.session.flush()
    pointer.item_id = anew.id


@pytest.mark.database
def test_behind_means_behind_others_and_free_seats_stay_free(demo_app: Flask) -> None:
    on()
    own = missed()
    code, free = ahead().offering.code, ahead(1).offering.code
    with travel(day_after()):
        settle_strikes()
        resize(code, 1)
        [first] = book(code, phone=phone(3))
        [behind, beside] = book(code, free, pass_id=own.pass_id)
        [after] = book(code, phone=phone(4))
        assert (behind.state, beside.state, after.state) == ("waitlisted", "confirmed", "waitlisted")
        assert (behind.position, after.position) == (1, 1) and sound()
        facts = {one.code: one for one in list_registrations(own.pass_id)}[behind.registration]
        assert facts.behind and facts.position == 2
        cancel_registration(first.registration, actor=VISITOR, owner=first.pass_id)
        assert (state_of(behind.registration), state_of(after.registration)) == ("waitlisted", "confirmed")
        decide_strike(week().id, one().code, StrikeDecision.LIFT, "来过", actor=SYSTEM)
        row = db.session.scalars(select(Registration).where(Registration.code == behind.registration)).one()
        assert row.queue_priority == 0 and sound()
        assert told() == list(BY_MESSAGE)


@pytest.mark.database
def test_review_means_that_an_organiser_looks_first(demo_app: Flask) -> None:
    on(effect="review")
    own = missed()
    code = ahead().offering.code
    with travel(day_after()):
        settle_strikes()
        [asked] = book(code, pass_id=own.pass_id)
        assert asked.state == "applied" and sound()
        assert book(code, phone=phone(5))[0].state == "confirmed"
        appeal_strike(one().code, "来过", owner=own.pass_id, actor=VISITOR)
        assert book(ahead(1).offering.code, pass_id=own.pass_id)[0].state == "confirmed"
    event = select(RegistrationEvent.reason).join(Registration, Registration.id == RegistrationEvent.registration_id)
    assert db.session.scalars(event.where(Registration.code == asked.registration)).one() == "struck"


@pytest.mark.database
def test_one_no_show_fewer_than_the_rule_names_follows_nothing(demo_app: Flask) -> None:
    on(misses=2, effect="review")
    twice = missed(offering_of("rs-ei-2").code)
    comes(book(offering_of("rs-ei-2").code, phone=phone(4))[0], "rs-ei-2")
    [once] = book(offering_of("rs-ei-1").code, phone=phone(3))
    code = ahead().offering.code
    with travel(day_after()):
        assert settle_strikes() == 3 and len(strikes()) == 3
        assert book(code, pass_id=once.pass_id)[0].state == "confirmed"
        assert book(code, pass_id=twice.pass_id)[0].state == "applied" and sound()


@pytest.mark.database
def test_whoever_is_invited_comes_in_whatever_was_counted(demo_app: Flask) -> None:
    on(effect="review")
    own, code = missed(), ahead().offering.code
    with travel(day_after()):
        settle_strikes()
        [one] = invite(code, Wish(now() + timedelta(days=1)), actor=SYSTEM)
        items = (Item(code, invitation=one.row.code),)
        [done] = register(Basket(week_id=week().id, items=items, pass_id=own.pass_id), actor=VISITOR)
        assert done.state == "confirmed" and sound()


@pytest.mark.database
def test_what_was_counted_before_the_rule_was_made_anew_or_in_another_week_follows_nobody(demo_app: Flask) -> None:
    new = {"code": "jl2027", "title_zh": "2027年双创周", "first_day": "2027-10-14"}
    other = copy_week("jl2026", new, parts=[Part.SETTINGS], actor=SYSTEM).id
    for number in (week().id, other):
        set_strike_rule(number, 1, "review", version=None, actor=SYSTEM)
    own = missed()
    with travel(day_after()):
        settle_strikes()
        holder = find_pass(own.pass_id)
        assert holder and db.session.scalar(select(effect_on(week().id, holder.attendee_id))) == "review"
        assert db.session.scalar(select(effect_on(other, holder.attendee_id))) is None
        drop_strike_rule(week().id, version=None, actor=SYSTEM)
    with travel(day_after() + timedelta(hours=1)):
        on(effect="review")
        assert book(ahead().offering.code, pass_id=own.pass_id)[0].state == "confirmed" and sound()


@pytest.mark.database
def test_an_appeal_is_made_once_and_decided_with_a_reason(demo_app: Flask) -> None:
    on()
    own = missed()
    other = book(offering_of("rs-ei-2").code, phone=phone(7))[0]
    with travel(day_after()):
        settle_strikes()
        code = one().code
        with pytest.raises(Invalid):
            appeal_strike(code, " ", owner=own.pass_id, actor=VISITOR)
        with pytest.raises(Refusal, match=r"strike\.not_found"):
            appeal_strike(code, "来过", owner=other.pass_id, actor=VISITOR)
        with pytest.raises(Refusal, match=r"strike\.not_appealed"):
            decide_strike(week().id, code, StrikeDecision.ACCEPT, "来过", actor=SYSTEM)
        appeal_strike(code, "来过，码没扫上", owner=own.pass_id, actor=VISITOR)
        found = find_record(find_pass(own.pass_id))  # type: ignore[arg-type]
        assert found and (found.counting, found.effect) == (0, "")
        with pytest.raises(Refusal, match=r"strike\.appealed"):
            appeal_strike(code, "再说一次", owner=own.pass_id, actor=VISITOR)
        with pytest.raises(Invalid):
            decide_strike(week().id, code, StrikeDecision.REJECT, "", actor=SYSTEM)
        with pytest.raises(Refusal, match=r"permission\.denied"):
            decide_strike(week().id, code, StrikeDecision.REJECT, "x", actor=VISITOR)
        with pytest.raises(Refusal, match=r"version\.stale"):
            decide_strike(week().id, code, StrikeDecision.REJECT, "x", actor=SYSTEM, version=99)
        decide_strike(week().id, code, StrikeDecision.REJECT, "名单上没有", actor=SYSTEM)
        found = find_record(find_pass(own.pass_id))  # type: ignore[arg-type]
        assert found and (found.counting, found.effect) == (1, "behind")
        with pytest.raises(Refusal, match=r"strike\.closed"):
            appeal_strike(code, "再说一次", owner=own.pass_id, actor=VISITOR)
        decide_strike(week().id, code, StrikeDecision.LIFT, "查到了签到表", actor=SYSTEM)
        with pytest.raises(Refusal, match=r"strike\.closed"):
            decide_strike(week().id, code, StrikeDecision.LIFT, "x", actor=SYSTEM)
        assert settle_strikes() == 0 and sound()
    steps = list(db.session.scalars(select(StrikeStep.to_state).order_by(StrikeStep.id)))
    assert steps == ["given", "appealed", "upheld", "lifted"]
    assert told() == [BY_MESSAGE[0], BY_MESSAGE[1], BY_MESSAGE[1]]


@pytest.mark.database
@pytest.mark.parametrize("why", ["came", "changed", "not_in"])
def test_what_turns_out_wrong_is_lifted_by_itself(demo_app: Flask, why: str) -> None:
    on()
    own = missed()
    with travel(day_after()):
        settle_strikes()
    with travel(day_after() + timedelta(hours=1)):
        with transaction():
            if why == "came":
                _scan(own)
            if why == "changed":
                _move_later()
        if why == "not_in":
            cancel_registration(own.registration, actor=SYSTEM)
        assert why != "came" or sound()
    with travel(day_after() + timedelta(hours=4)):
        assert sound() == (why == "changed")
        assert settle_strikes() == 1
        assert strikes() == [(own.registration, "lifted")] and sound()
        assert settle_strikes() == 0
    assert db.session.scalars(select(StrikeStep.reason).order_by(StrikeStep.id.desc())).first() == why


@pytest.mark.database
def test_a_strike_is_looked_at_again_though_nobody_is_registered_there_any_more(demo_app: Flask) -> None:
    on()
    missed()
    with travel(day_after()):
        assert settle_strikes() == 1
        for code in db.session.scalars(select(Registration.code)).all():
            cancel_registration(code, actor=SYSTEM)
    with travel(day_after() + timedelta(hours=4)):
        assert settle_strikes() == 1 and [state for _code, state in strikes()] == ["lifted"] and sound()


@pytest.mark.database
def test_a_merge_lifts_what_the_other_pass_missed(demo_app: Flask) -> None:
    on()
    code = offering_of("rs-ei-1").code
    came, double = book(code, phone=phone(1))[0], book(code, phone=phone(2))[0]
    comes(came)
    with travel(day_after()):
        settle_strikes()
        assert strikes() == [(double.registration, "given")]
        codes = [find_pass(outcome.pass_id).code for outcome in (came, double)]  # type: ignore[union-attr]
        merge_attendees(week().id, *codes, reason="本人来电", actor=SYSTEM)
        assert strikes() == [(double.registration, "lifted")] and sound()
        found = find_record(find_pass(came.pass_id))  # type: ignore[arg-type]
        assert found and found.counting == 0 and len(found.strikes) == 1


@pytest.mark.database
def test_erasing_takes_the_words_and_closes_the_appeal(demo_app: Flask) -> None:
    on()
    own = missed()
    with travel(day_after()):
        settle_strikes()
        appeal_strike(one().code, "住院证明在组委会", owner=own.pass_id, actor=VISITOR)
        holder = find_pass(own.pass_id)
        assert holder
        [kept] = [row for row in tell_person(holder)["registrations"] if row["no_show"]]
        assert [step["words"] for step in kept["no_show"]["steps"]] == ["", "住院证明在组委会"]
        erase_person(own.pass_id, actor=VISITOR)
        assert strikes() == [(own.registration, "lifted")] and sound()
    assert set(db.session.scalars(select(StrikeStep.words))) == {""}


def test_when_the_time_is_over_no_appeal_waits_and_no_words_are_left(demo_app: Flask) -> None:
    on()
    own = missed()
    with travel(day_after()):
        settle_strikes()
        appeal_strike(one().code, "住院证明在组委会", owner=own.pass_id, actor=VISITOR)
    with travel(day_after() + timedelta(days=RETENTION_DAYS + 7)):
        assert purge_attendees() > 0
        assert strikes() == [(own.registration, "lifted")] and sound()
    assert set(db.session.scalars(select(StrikeStep.words))) == {""}


@pytest.mark.parametrize("misses", [0, 11, True, "2"])
def test_a_rule_without_sense_is_refused(demo_app: Flask, misses: Any) -> None:
    with pytest.raises(Invalid):
        on(misses)
    with pytest.raises(Invalid):
        on(2, "ban")
    with pytest.raises(Refusal, match=r"permission\.denied"):
        set_strike_rule(week().id, 2, "behind", version=None, actor=VISITOR)


def test_switching_off_puts_people_back_in_their_place(demo_app: Flask) -> None:
    on()
    own = missed()
    code = ahead().offering.code
    with travel(day_after()):
        settle_strikes()
        resize(code, 1)
        book(code, phone=phone(3))
        [behind] = book(code, pass_id=own.pass_id)
        [after] = book(code, phone=phone(4))
        drop_strike_rule(week().id, version=None, actor=SYSTEM)
        places = {facts.code: facts.position for facts in list_registrations(own.pass_id)}
        assert places[behind.registration] == 1 and sound()
        assert {f.code: f.position for f in list_registrations(after.pass_id)}[after.registration] == 2
        assert find_record(find_pass(own.pass_id)) is None  # type: ignore[arg-type]
    with travel(day_after() + timedelta(minutes=1)):
        on()
        found = find_record(find_pass(own.pass_id))  # type: ignore[arg-type]
        assert found and found.strikes == ()


@pytest.mark.database
@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE strike SET state = 'lifted'", "each strike stands where its steps end"),
        ("DELETE FROM strike_step", "each strike stands where its steps end"),
        ("UPDATE registration SET queue_priority = -1, state = 'waitlisted'", "nobody waits behind"),
    ],
)
def test_verify_finds_what_is_broken(demo_app: Flask, damage: str, found: str) -> None:
    on()
    missed()
    with travel(day_after()):
        settle_strikes()
        with transaction():
            db.session.execute(text(damage))
        assert any(found in finding.name for finding in list_findings() if finding.rows)


def test_the_pages_and_the_api(demo_app: Flask, sign_in: SignIn) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    desk, here = sign_in(demo_app), "/desk/w/jl2026/strikes"
    client, key = demo_app.test_client(), make_key("jl2026")[1]
    api, rule = "/api/v1/desk/weeks/jl2026/strikes", "/api/v1/desk/weeks/jl2026/strike-rule"
    assert "没有开启" in desk.get(here).text
    off = client.get(rule, headers=key)
    assert (off.json or {})["on"] is False
    assert "1 到 10" in desk.get(desk.post("/desk/w/jl2026/strike-rule", data={"misses": "0"}).location).text
    switched = desk.post("/desk/w/jl2026/strike-rule", data={"misses": "1", "effect": "behind", "version": "0"})
    assert "已保存" in desk.get(switched.location).text
    own = missed()
    holder = find_pass(own.pass_id)
    assert holder
    visitor, bearer = demo_app.test_client(), {"Authorization": f"Bearer {manage_token_of(holder)}"}
    visitor.get(f"/m/{manage_token_of(holder)}")
    assert (client.get("/api/v1/no-shows", headers=bearer).json or {})["items"] == []
    with travel(day_after()):
        settle_strikes()
        code = one().code
        assert "你的新报名现在排在候补的其他人后面" in visitor.get("/my").text
        assert visitor.get("/my/no-shows/nobody").status_code == 404
        assert demo_app.test_client().get(f"/my/no-shows/{code}").status_code == 404
        page = visitor.get(f"/my/no-shows/{code}").text
        assert "本届的规则" in page and "提交申诉" in page
        assert visitor.post(f"/my/no-shows/{code}", data={"text": ""}).status_code == 422
        assert (
            "申诉已交给主办方"
            in visitor.get(visitor.post(f"/my/no-shows/{code}", data={"text": "<b>来过</b>"}).location).text
        )
        listed = desk.get(here).text
        assert "&lt;b&gt;来过" in listed and "1 份申诉等答复" in listed
        assert "1</b>" in desk.get("/desk/w/jl2026/registrations").text
        told_now = client.get("/api/v1/no-shows", headers=bearer).json or {}
        assert (told_now["counting"], told_now["items"][0]["state"]) == (0, "appealed")
        assert client.put(f"/api/v1/no-shows/{code}/appeal", json={"text": "又"}, headers=bearer).status_code == 422
        assert client.put(f"/api/v1/no-shows/{code}/appeal", json={}, headers=bearer).status_code == 422
        assert (client.get(api, headers=key).json or {})["appeals"] == 1
        assert client.get(f"{api}?state=nix", headers=key).status_code == 422
        shown = client.get(f"{api}/{code}", headers=key)
        assert [step["to"] for step in (shown.json or {})["steps"]] == ["given", "appealed"]
        put = f"{api}/{code}/decision"
        bad = client.put(put, json={"decision": "maybe", "reason": "x"}, headers=key | {"If-Match": "*"})
        assert bad.status_code == 422
        assert "写一句原因" in desk.get(desk.post(f"{here}/{code}/decision", data={"do": "accept"}).location).text
        done = client.put(
            put, json={"decision": "reject", "reason": "x"}, headers=key | {"If-Match": shown.headers["ETag"]}
        )
        assert (done.json or {})["state"] == "upheld"
        posted = desk.post(f"{here}/{code}/decision", data={"do": "lift", "reason": "查到了"})
        assert "已撤销" in desk.get(posted.location).text and one().state == "lifted"
        assert client.delete(rule, headers=key | {"If-Match": "*"}).status_code == 204
        assert client.get("/api/v1/no-shows", headers=bearer).json == {
            "rule": None,
            "counting": 0,
            "effect": "",
            "items": [],
        }
        assert visitor.get(f"/my/no-shows/{code}").status_code == 404


def test_the_rule_stands_on_the_form_before_anybody_registers(demo_app: Flask) -> None:
    on(2, "review")
    own = missed()
    visitor = demo_app.test_client()
    session = offering_of("rs-ei-2").sessions[0].session.code
    origin = {"Origin": "http://127.0.0.1:8000"}
    assert visitor.post("/w/jl2026/picks", data={"s": [session]}, headers=origin).status_code == 303
    assert "本届有 2 次" in visitor.get("/w/jl2026/basket").text
    on(1, "review")
    with travel(day_after()):
        settle_strikes()
        holder = find_pass(own.pass_id)
        assert holder
        visitor.get(f"/m/{manage_token_of(holder)}")
        session = ahead().sessions[0].code
        visitor.post("/w/jl2026/picks", data={"s": [session]}, headers=origin)
        assert "这次的报名要先经主办方审核" in visitor.get("/w/jl2026/basket").text


def test_an_archived_week_is_left_alone(demo_app: Flask) -> None:
    on()
    missed()
    set_week_state("archived")
    with travel(day_after()):
        assert settle_strikes() == 0
