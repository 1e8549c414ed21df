"""What a week sets for registration: deadlines as offsets, what people are told, and what they agree to."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import ConsentText
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions import cancel_registration
from eventweek.registration.models import Consent
from eventweek.registration.queries import find_consent_text, load_offerings
from eventweek.registration.rules import why_no_registration
from tests.registration.world import book, offering_of, week


def _edit(**values: object) -> None:
    edit_week("jl2026", values, version=None, actor=SYSTEM)


@pytest.mark.usefixtures("before_the_week")
def test_deadlines_are_offsets_of_the_week_and_its_sessions(demo_app: Flask) -> None:
    offering = offering_of("ex-main-7", 2)
    _edit(registration_opens_days=2, registration_closes_min=90)
    own = load_offerings([offering.id])[0]
    assert own.window.opens and own.window.opens.isoformat() == "2026-10-13T00:00:00+08:00"
    assert own.window.closes == own.starts - timedelta(minutes=90)
    assert str(why_no_registration(own.window, own.window.opens - timedelta(minutes=1))).count("offering.not_yet") == 1
    assert why_no_registration(own.window, own.window.opens) is None
    late = why_no_registration(own.window, own.window.closes)
    assert late and late.code == "offering.closed"


@pytest.mark.usefixtures("before_the_week")
def test_nobody_cancels_after_the_weeks_cut_off(demo_app: Flask) -> None:
    done = book(offering_of("ex-main-7", 2).code)[0]
    own = load_offerings([offering_of("ex-main-7", 2).id])[0]
    _edit(cancelling_ends_min=60)
    with travel(own.window.ends - timedelta(minutes=60)), pytest.raises(Refusal) as found:
        cancel_registration(done.registration, actor=VISITOR, owner=done.pass_id)
    assert found.value.code == "registration.cancelling_over" and found.value.facts == {"minutes": 60}
    with travel(own.window.ends - timedelta(minutes=61)):
        cancel_registration(done.registration, actor=VISITOR, owner=done.pass_id)


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_a_changed_consent_text_is_a_version_that_people_agree_to(demo_app: Flask) -> None:
    first = find_consent_text(week())
    assert first and first.version == 1
    book(offering_of("ex-main-7", 2).code)
    _edit(consent_zh="由{host}负责。", consent_en="Run by {host}.")
    shown = find_consent_text(week())
    assert shown and shown.version == 2 and shown.text_zh.endswith("由吉林省科学技术厅负责。")
    assert db.session.scalars(select(ConsentText.version)).all() == [1]
    book(offering_of("ex-main-7", 1).code, phone="13900000001")
    agreed = select(ConsentText.version).join(Consent, Consent.text_id == ConsentText.id).order_by(Consent.id)
    assert db.session.scalars(agreed).all() == [1, 2]
    kept = db.session.scalars(select(ConsentText).where(ConsentText.version == 2)).one()
    assert (kept.text_zh, kept.text_en) == (shown.text_zh, shown.text_en)
    assert find_consent_text(week()) is kept
    with pytest.raises(Invalid):
        book(offering_of("ex-main-7", 0).code, phone="13900000002", consent=False)


@pytest.mark.usefixtures("before_the_week")
def test_people_are_told_the_weeks_words(demo_app: Flask) -> None:
    _edit(confirmation_zh="请带身份证。\n问{contact}。")
    book(offering_of("ex-main-7", 2).code, email="a@example.org")
    message = db.session.scalars(select(Message).where(Message.template == "registration/confirmed")).one()
    assert message.context["note"].startswith("请带身份证。\n问组委会")


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_nobody_agrees_to_a_text_that_changed_while_the_form_was_open(demo_app: Flask) -> None:
    """Two texts that nobody has agreed to yet bear the same version; the mark tells them apart."""
    code = offering_of("ex-main-7", 0).code
    _edit(consent_zh="先说的。")
    read = find_consent_text(week())
    assert read
    mark = mark_of(read)
    _edit(consent_zh="后说的。")
    shown = find_consent_text(week())
    assert shown and shown.version == read.version and mark_of(shown) != mark
    with pytest.raises(Invalid) as refused:
        book(code, phone="13900000007", consent_text=mark)
    assert [(error.field, error.code) for error in refused.value.errors] == [("consent", "consent.changed")]
    assert db.session.scalars(select(Consent)).all() == []
    [mine] = book(code, phone="13900000007", consent_text=mark_of(shown))
    kept = db.session.scalars(select(ConsentText).join(Consent, Consent.text_id == ConsentText.id)).one()
    assert "后说的" in kept.text_zh
    _edit(consent_zh="再后来说的。")
    other = offering_of("rs-nm-1").code
    with pytest.raises(Invalid) as refused:
        book(other, pass_id=mine.pass_id, name="", phone="", consent_text=mark_of(shown))
    assert [error.code for error in refused.value.errors] == ["consent.changed"]
