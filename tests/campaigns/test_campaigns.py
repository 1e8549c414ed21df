"""Messages to many reach each person once, can be stopped, and go on where they fell; reminders come once a day."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.campaigns.actions import reminding, sending
from eventweek.campaigns.actions.composing import (
    cancel_campaign,
    create_campaign,
    edit_campaign,
    schedule_campaign,
)
from eventweek.campaigns.actions.reminding import due_at, send_reminders
from eventweek.campaigns.models import Campaign
from eventweek.campaigns.queries import count_people, list_people
from eventweek.campaigns.rules import Audience
from eventweek.kernel.clock import local_day, now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.registration.actions import Outcome, cancel_registration, void_pass
from eventweek.registration.passes import reminder_token_of
from eventweek.registration.queries import find_pass, list_registrations, load_offerings
from eventweek.registration.queries.message_texts import Hours
from eventweek.worker import work_off
from tests.conftest import scaled
from tests.registration.world import book, offering_of, phone, resize, state_of, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
Statements = Callable[[], AbstractContextManager[list[str]]]
WORDS = {"purpose": "换厅", "subject_zh": "换到 A302", "body_zh": "{name}：您好。\n\n请到 A302。\n\n{link}"}


def sent(template: str = "campaigns/message") -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.template == template).order_by(Message.id)))


def state(code: str) -> str:
    db.session.rollback()
    return db.session.scalars(select(Campaign.state).where(Campaign.code == code)).one()


def crowd(size: int) -> list[str]:
    """Register so many people for one session and one for another; return the codes of passes of the first."""
    codes = [book(offering_of("rs-ei-1").code, phone=phone(n))[0].pass_code for n in range(size)]
    book(offering_of("rs-nm-1").code, phone=phone(99), email="z@example.org")
    return codes


def one_session() -> dict[str, str]:
    return {"session": offering_of("rs-ei-1").sessions[0].session.code}


def test_each_person_is_written_to_once_also_after_a_fall(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    codes, week_id = crowd(5), week().id
    own = create_campaign(week_id, WORDS | {"audience": one_session()}, actor=SYSTEM).code
    schedule_campaign(week_id, own, now() + timedelta(hours=1), actor=SYSTEM)
    sending.send_campaign(own)
    assert sent() == [] and state(own) == "scheduled"
    with travel(now() + timedelta(hours=1)):
        assert sending.send_some(own) and state(own) == "sending"
        cancel_registration(book(offering_of("rs-ei-1").code, phone=phone(50))[0].registration, actor=SYSTEM)
        work_off()
        sending.send_campaign(own)
    assert [m.person for m in sent()] == codes and {m.batch for m in sent()} == {own}
    assert state(own) == "done"
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.code == own).order_by(AuditEntry.id)).all()
    assert verbs == ["campaign.create", "campaign.schedule", "campaign.start", "campaign.finish"]
    with pytest.raises(Refusal, match="campaign.gone"):
        cancel_campaign(week_id, own, actor=SYSTEM)


def test_a_campaign_that_is_taken_back_stops_where_it_is(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    crowd(5)
    own, week_id = create_campaign(week().id, WORDS | {"audience": one_session()}, actor=SYSTEM).code, week().id
    schedule_campaign(week_id, own, None, actor=SYSTEM)
    assert sending.send_some(own)
    for _twice in range(2):
        cancel_campaign(week_id, own, actor=SYSTEM)
    sending.send_campaign(own)
    assert [(m.state, m.error) for m in sent()] == [("dead", "cancelled")] * 2 and state(own) == "cancelled"


def test_each_filter_reaches_whom_it_names_and_nobody_else(demo_app: Flask) -> None:
    keys = ("rs-ei-1", "fo-03", "rs-222400")
    passes = [book(offering_of(key).code, phone=phone(n))[0] for n, key in enumerate(keys)]
    sessions = [load_offerings([offering_of(key).id])[0].sessions[0] for key in keys]
    days = [local_day(own.start, week().timezone).isoformat() for own in sessions]
    values = {
        "session": [own.code for own in sessions],
        "kind": [own.facts["kind"]["code"] for own in sessions],
        "city": [own.facts["city"]["code"] for own in sessions],
        "day": days,
    }
    for name, own in values.items():
        reached = [count_people(week(), Audience(**{name: value})) for value in own]
        assert reached == [own.count(value) for value in own] and max(reached) < len(keys), name
    assert count_people(week(), Audience(kind=values["kind"][0], day=days[1])) == 1  # all that is asked at once
    assert count_people(week(), Audience()) == 3
    assert count_people(week(), Audience(states=("waitlisted",))) == 0
    cancel_registration(passes[0].registration, actor=SYSTEM)
    void_pass(passes[1].pass_code, actor=SYSTEM)
    assert [own.code for own in list_people(week(), Audience(), 0, 9)] == [passes[2].pass_code]


def test_a_campaign_is_refused_that_nobody_could_read(demo_app: Flask) -> None:
    wrong = WORDS | {"body_zh": "{nmae} {name.__class__}", "audience": {"day": "2026-13-01"}, "channels": ["fax"]}
    with pytest.raises(Invalid) as refused:
        create_campaign(week().id, wrong | {"purpose": ""}, actor=SYSTEM)
    assert sorted((e.field, e.code) for e in refused.value.errors) == [
        ("audience", "campaign.audience"),
        ("body_zh", "message.unknown_names"),
        ("channels", "message.channels"),
        ("purpose", "field.required"),
    ]
    own = create_campaign(week().id, WORDS | {"audience": one_session()}, actor=SYSTEM)
    code, version, week_id = own.code, own.version, week().id
    for act, why in (
        (lambda: schedule_campaign(week_id, code, None, actor=SYSTEM), "campaign.nobody"),
        (lambda: schedule_campaign(week_id, code, now() - timedelta(hours=1), actor=SYSTEM), "campaign.past"),
        (lambda: edit_campaign(week_id, code, {"purpose": "x"}, version=version + 1, actor=SYSTEM), "version.stale"),
        (lambda: edit_campaign(week_id, code, {"purpose": "x"}, version=version, actor=VISITOR), "permission.denied"),
    ):
        with pytest.raises(Refusal, match=why):
            act()
    assert sent() == []


def test_a_reminder_comes_once_and_its_link_cancels_by_a_button(demo_app: Flask, demo_client: FlaskClient) -> None:
    [outcome] = book(offering_of("rs-ei-1").code, phone=phone(1), email="a@example.org")
    evening = _evening_before(outcome.pass_id)
    with travel(evening - timedelta(minutes=1)):
        assert send_reminders() == 0
    with travel(evening):
        book(offering_of("rs-ei-1").code, phone=phone(2))
        assert send_reminders() == 1 and send_reminders() == 0
        [message] = sent("registration/reminder")
        day = message.context["reminder"].partition(":")[2]
        work_off()
        own = find_pass(outcome.pass_id)
        assert own
        address = f"/r/{own.code}/{day}/{reminder_token_of(own, day)}"
        page = demo_client.get(address)
        assert page.status_code == 200 and state_of(outcome.registration) == "confirmed"
        assert page.headers["Cache-Control"] == "no-store" and page.headers["Referrer-Policy"] == "no-referrer"
        forged = address[:-1] + ("0" if address[-1] != "0" else "1")
        for other in (f"/r/{own.code}/2026-10-01/{address[-26:]}", forged, f"/r/x/{day}/{address[-26:]}"):
            assert demo_client.get(other).status_code == 404
        for code, stands in (("other", "confirmed"), (outcome.registration, "cancelled")):
            token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', demo_client.get(address).text)
            assert token
            sent_back = {"csrf_token": token[1], "registration": code}
            assert demo_client.post(address, data=sent_back).status_code == 303
            assert state_of(outcome.registration) == stands
        assert "已取消" in demo_client.get(address).text


def test_a_batch_costs_the_same_for_3_as_for_300(
    demo_app: Flask, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sending, reminding):
        monkeypatch.setattr(module, "AT_ONCE", 1000)
    code, costs = offering_of("rs-ei-1").code, []
    resize(code, 400)
    outcomes: list[Outcome] = []
    for size in (3, scaled(300)):
        outcomes += [book(code, phone=phone(n), email=f"p{n}@example.org")[0] for n in range(len(outcomes), size)]
        own = create_campaign(week().id, WORDS | {"audience": one_session()}, actor=SYSTEM).code
        schedule_campaign(week().id, own, None, actor=SYSTEM)
        with statements() as written:
            sending.send_some(own)
        with travel(_evening_before(outcomes[0].pass_id)), statements() as reminded:
            assert send_reminders() == size - (len(costs) and 3)
        costs.append((len(written), len(reminded)))
        assert len(sent()) == size + (len(costs) - 1) * 3 and len(sent("registration/reminder")) == size
    assert costs[0] == costs[1] and max(costs[0]) < 20


def _evening_before(pass_id: int) -> datetime:
    [facts] = list_registrations(pass_id)
    local = facts.starts + timedelta(hours=8)
    return datetime(local.year, local.month, local.day, 10, 0, tzinfo=UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "at", "day"),
    [
        (Hours(), (14, 10, 0), date(2026, 10, 15)),
        (Hours(), (14, 9, 59), None),
        (Hours(remind=False), (14, 12, 0), None),
        (Hours(remind_days=0, remind_at="07:00"), (14, 0, 0), date(2026, 10, 14)),
        (Hours(remind_days=2), (14, 16, 30), None),
    ],
)
def test_reminders_are_due_on_the_clock_of_the_week(hours: Hours, at: tuple[int, int, int], day: date | None) -> None:
    found = due_at("Asia/Shanghai", hours, datetime(2026, 10, *at, tzinfo=UTC))
    assert (found.day if found else None) == day
