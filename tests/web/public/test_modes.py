"""Each way of registering that the demo week has works from a visitor's phone, or says clearly how one gets in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.enums import RegistrationMode
from eventweek.programme.models import Session
from eventweek.programme.queries import find_current_week
from eventweek.registration.actions import Wish, invite
from eventweek.registration.models import Registration
from eventweek.registration.queries import list_offerings
from eventweek.scheduling.queries import PublishedSession, list_published
from tests.web.public.conftest import Visitor

NewVisitor = Callable[[], Visitor]


def session_of(mode: str, visibility: str = "public") -> PublishedSession:
    """Return a session of the demo week that is ahead and takes registrations in a mode."""
    week = find_current_week()
    assert week
    found = [s for s in list_published(week.id) if s.facts["registration"] == mode and s.start > now()]
    return next(s for s in found if s.visibility == visibility and not s.cancelled)


def key_of(session: PublishedSession) -> str:
    """Return the demo's own id of a session."""
    found = db.session.scalars(select(Session.source_key).where(Session.code == session.code)).one()
    return str(found).removeprefix("demo:")


@pytest.mark.parametrize(
    ("mode", "button", "state"),
    [
        ("open", "报名这场", "confirmed"),
        ("spectator", "报名这场", "confirmed"),
        ("timed_entry", "报名这场", "confirmed"),
        ("approval", "申请参加", "applied"),
    ],
)
def test_visitors_register_by_themselves(visitor: NewVisitor, mode: str, button: str, state: str) -> None:
    own, session = visitor(), session_of(mode)
    assert button in own.client.get(f"/w/jl2026/s/{session.code}").text
    own.pick(key_of(session))
    slots = [offering.code for offering in list_offerings([session.code])[session.code] if offering.why_not is None]
    assert own.send(**{f"slot-{session.code}": slots[-1]}).status_code == 303
    row = db.session.scalars(select(Registration)).one()
    assert (row.state, row.cls) == (state, "public") and row.offering.code == slots[-1 if mode == "timed_entry" else 0]


def test_the_invited_register_with_their_code(visitor: NewVisitor) -> None:
    own, session = visitor(), session_of("invite+quota")
    page = own.client.get(f"/w/jl2026/s/{session.code}").text
    assert "凭邀请参加" in page and "有邀请码" in page and "报名这场" not in page
    own.pick(key_of(session))
    assert own.send().status_code == 422 or not db.session.scalar(select(Registration.id))
    offering = list_offerings([session.code])[session.code][0].code
    made = invite(offering, Wish(now() + timedelta(days=1)), actor=SYSTEM)[0]
    own.client.get(f"/w/jl2026/i/{made.token}")
    own.register(key_of(session))
    assert db.session.scalars(select(Registration.cls)).all() == ["invited"]


def test_media_and_none_say_how_one_gets_in(visitor: NewVisitor) -> None:
    week, own = find_current_week(), visitor()
    assert week
    ahead = [s for s in list_published(week.id) if s.end > now() and not s.cancelled]
    for mode, said in (("media", "凭记者证件参加"), ("none", "不用报名，直接来")):
        shown = [s for s in ahead if s.facts["registration"] == mode and s.visibility == "public"]
        hidden = [s for s in ahead if s.facts["registration"] == mode and s.visibility != "public"]
        assert shown or hidden, mode
        assert all(said in own.client.get(f"/w/jl2026/s/{s.code}").text for s in shown), mode
        assert all(own.client.get(f"/w/jl2026/s/{s.code}").status_code == 404 for s in hidden), mode


def test_the_demo_week_has_every_mode(visitor: NewVisitor) -> None:
    week = find_current_week()
    assert week and visitor()
    assert {s.facts["registration"] for s in list_published(week.id)} == set(RegistrationMode)
