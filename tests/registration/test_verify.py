"""Each invariant bites: it is broken on purpose, and found by its name."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from eventweek.audit.actors import SYSTEM
from eventweek.checkin import verify as checkin
from eventweek.cli import main
from eventweek.kernel.db import db, transaction
from eventweek.registration import verify as registration
from eventweek.registration.actions import cancel_registration
from eventweek.registration.models import Registration
from eventweek.registration.verify import list_findings
from eventweek.replanning import verify as replanning
from tests.registration.world import book, counters, offering_of, phone, resize

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def broken() -> list[str]:
    db.session.rollback()
    return [finding.name for finding in list_findings() if finding.rows]


def some_registrations() -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 3)
    book(code, offering_of("ex-main-2").code, phone=phone(1), seats=2, email="a@example.org", key="k")
    book(code, phone=phone(2), seats=2)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE capacity_pool SET taken = taken + 1 WHERE class = 'room' AND taken > 0", "counters of each pool"),
        ("UPDATE capacity_pool SET waiting = waiting + 1 WHERE class = 'public'", "counters of each pool"),
        ("UPDATE registration SET seats = 9 WHERE state = 'confirmed'", "confirmed seats fit"),
        ("UPDATE registration SET state = 'confirmed' WHERE state = 'waitlisted'", "each registration stands"),
        (
            "UPDATE registration SET state = 'offered', offer_expires_at = '2020-01-01T00:00:00.000000Z'"
            " WHERE state = 'waitlisted'",
            "no offer is past its expiry and one every offer holds its seats",
        ),
        (
            "UPDATE registration SET state = 'offered', offer_expires_at = '2099-01-01T00:00:00.000000Z'"
            " WHERE state = 'waitlisted'",
            "no offer lasts into its session",
        ),
        ("UPDATE capacity_pool SET cap = 100 WHERE cap = 3", "nobody waits beside a free seat"),
        (
            "INSERT INTO pool_hold (pool_id, code, seats, owner, reason, version, expires_at)"
            " SELECT MAX(pool_id), 'h', 1, 'a', 'b', 1, '2020-01-01T00:00:00.000000Z' FROM seat_delta",
            "no hold is past its expiry and one counters of each pool",
        ),
        ("UPDATE seat_delta SET taken = 0", "seat changes in the history"),
        ("DELETE FROM registration_event WHERE to_state = 'waitlisted'", "each registration stands"),
        ("UPDATE capacity_pool SET overbook = 5 WHERE taken = 0", "overbooking is in the audit"),
        ("UPDATE offering SET online_open = (1 = 1)", "on line there is a pool"),
        (
            "INSERT INTO online_attendance (registration_id, session_id, week_id, first_at)"
            " SELECT r.id, s.session_id, r.week_id, '2026-10-09T00:00:00.000000Z' FROM registration r"
            " JOIN offering_session s ON s.offering_id = r.offering_id WHERE r.id = (SELECT MIN(id) FROM registration)",
            "who went in on line was registered",
        ),
        ("UPDATE pass_token SET status = 'replaced'", "an active pass has one active token"),
        ("DELETE FROM pass", "whoever is confirmed has a pass"),
        ("UPDATE stored_answer SET status = 0", "every stored answer"),
        (
            "UPDATE registration SET state = 'cancelled', end_reason = 'session' WHERE contact_key IS NOT NULL",
            "whoever lost a cancelled session was told",
        ),
        (
            "UPDATE offering_session SET session_id = (SELECT MAX(session_id) FROM offering_session)"
            " WHERE offering_id = (SELECT MIN(id) FROM offering)",
            "two live offerings never",
        ),
        (
            "DROP INDEX uq_registration_live_attendee; DROP INDEX uq_registration_live_contact;"
            "UPDATE registration SET attendee_id = (SELECT MIN(id) FROM attendee), offering_id = "
            "(SELECT MIN(offering_id) FROM registration), contact_key = 'x'",
            "one live registration per person and one live registration per unverified contact",
        ),
        (
            "DROP INDEX uq_pass_active; UPDATE pass SET attendee_id = (SELECT MIN(id) FROM attendee)",
            "one active pass per person",
        ),
    ],
)
def test_each_invariant_is_found_when_broken(demo_app: Flask, damage: str, found: str) -> None:
    some_registrations()
    assert broken() == []
    with transaction():
        for statement in damage.split(";"):
            db.session.execute(text(statement))
    for name in found.split(" and one "):
        assert any(name.removeprefix("one ") in own for own in broken())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE capacity_pool SET cap = 1 WHERE taken > 1",
        "UPDATE capacity_pool SET taken = -1",
        "UPDATE capacity_pool SET taken = cap + overbook + 1",
        "UPDATE registration SET seats = 0",
        "UPDATE capacity_pool SET class = 'online' WHERE class = 'public'",
        "UPDATE registration SET state = 'offered'",
        "UPDATE registration SET holding = (1 = 1)",
        "UPDATE registration SET contact_key = 'x', offering_id = (SELECT MIN(offering_id) FROM registration)",
    ],
)
def test_what_the_database_itself_refuses(demo_app: Flask, damage: str) -> None:
    some_registrations()
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text(damage))


def test_the_command_ends_with_one_and_names_the_rows(demo_app: Flask) -> None:
    config = demo_app.extensions["eventweek"]
    env = {"EVENTWEEK_VAR": str(config.var), "EVENTWEEK_DATABASE_URL": config.database}
    some_registrations()
    sound = CliRunner().invoke(main, ["verify"], env=env)
    assert sound.exit_code == 0 and "broken" not in sound.output
    rooms = (list_findings(), checkin.list_findings(), replanning.list_findings())
    assert len(sound.output.splitlines()) == sum(map(len, rooms)) + 1  # and the files
    with transaction():
        db.session.execute(text("UPDATE capacity_pool SET taken = taken + 1 WHERE class = 'room' AND taken > 0"))
    wrong = CliRunner().invoke(main, ["verify"], env=env)
    assert wrong.exit_code == 1
    assert "broken  counters of each pool equal its registrations" in wrong.output
    assert f"code={offering_of('rs-ei-1').code} class=room taken=3" in wrong.output


def test_what_others_commit_while_the_command_looks_is_no_finding(
    demo_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, code, heads = demo_app.extensions["eventweek"], offering_of("rs-ei-1").code, registration._heads
    resize(code, 3, overtakes=0)
    book(code, phone=phone(1))
    [large] = book(code, phone=phone(2), seats=3)
    book(code, phone=phone(3), seats=2)

    def fill_up() -> None:
        with demo_app.app_context():
            cancel_registration(large.registration, actor=SYSTEM)
            book(code, phone=phone(4))

    def look_after_the_others(offering_id: int) -> dict[str, Registration]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(copy_context().run, fill_up).result()
        return heads(offering_id)

    monkeypatch.setattr(registration, "_heads", look_after_the_others)
    env = {"EVENTWEEK_VAR": str(config.var), "EVENTWEEK_DATABASE_URL": config.database}
    seen = CliRunner().invoke(main, ["verify"], env=env)
    assert (counters(code), seen.exit_code) == ((3, 1), 0), seen.output
