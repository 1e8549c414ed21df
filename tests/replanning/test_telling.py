"""Who takes part in the sessions of a release, and who manages them, is told once; the preview says the same."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.outbox.models import Message
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.models import Grant, Week
from eventweek.replanning.actions import publish
from eventweek.replanning.actions.telling import tell_release
from eventweek.replanning.queries import pairs_of
from eventweek.replanning.queries.previewing import Sample, preview_messages
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.worker import work_off
from tests.conftest import SignIn
from tests.factories.programme import make_person
from tests.factories.speakers import Scene, link, make_scene, place
from tests.registration.world import book, offering_of, week
from tests.replanning.world import move, put_out, session_of

LATER = "2027-04-13T11:00:00+08:00"


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Give a published forum of somebody with an address and a link, and of another without."""
    own = make_scene()
    link(own, email="wang@example.org")
    return own


def manager(scene: Scene, role: str, code: str, *, prefix: str = "", disabled: bool = False) -> str:
    """Add a user who manages a scope of the week; return their address."""
    email = f"{prefix}{role}.{code}@example.org".lower()
    with transaction():
        gone = now() if disabled else None
        user = User(email=email, name="管理员", password_hash="", created_at=now(), disabled_at=gone)
        db.session.add(user)
        db.session.flush()
        db.session.add(Grant(user_id=user.id, week_id=scene.week.id, role=role, scope_kind=role, scope_code=code))
    return email


def mails(audience: str) -> list[Message]:
    db.session.rollback()
    query = select(Message).where(Message.template == f"replanning/release_{audience}").order_by(Message.id)
    return list(db.session.scalars(query))


def release(scene: Scene) -> Release:
    return publish(scene.week.id, actor=SYSTEM, note="")


def preview(own: Week) -> dict[str, Sample]:
    pairs = pairs_of(list_changed_drafts(own.id))
    return {sample.kind: sample for sample in preview_messages(own, pairs, 2)}


@pytest.mark.database
def test_people_and_managers_are_told_once_by_the_job(scene: Scene, application: Flask, sign_in: SignIn) -> None:
    venue = scene.room.venue.code
    reached = {manager(scene, "city", "220100"), manager(scene, "venue", venue)}
    for role, code in (("city", "220200"), ("venue", "elsewhere"), ("track", "other"), ("reader", "220100")):
        manager(scene, role, code)
    manager(scene, "city", "220100", prefix="gone.", disabled=True)
    place(scene.one, LATER, scene.room)
    number, week_id = release(scene).number, scene.week.id
    assert (mails("people"), mails("staff")) == ([], []), "not before the release stands"
    work_off()
    person, staff = mails("people"), mails("staff")
    assert [own.recipient for own in person] == ["wang@example.org"]
    assert {own.recipient for own in staff} == reached
    body = person[0].context["body"]
    assert "王示例：您好" in body and "开放创新论坛（时间或地点有变）" in body and "青年夜话（新公布）" in body
    assert re.search(r"时间：.*9:00.* → .*11:00", body) and person[0].context["speaker_link"]
    assert "开放创新论坛" in staff[0].context["body"]
    assert tell_release(week_id, number) == 0 and len(mails("people")) == 1, "a second run writes nothing"
    work_off()
    sent = [own for own in [*mails("people"), *mails("staff")] if own.state == "sent"]
    assert len(sent) == 3, "the worker renders and delivers them"
    page = sign_in(application).get("/desk/w/spring/messages?template=replanning/release_staff").text
    assert page.count("发布：管城市、场馆、专题的人") >= 2 and "city.220100" not in page


def test_a_text_that_changes_is_told_to_nobody(scene: Scene) -> None:
    tell_release(scene.week.id, release(scene).number)
    before = len(mails("people"))
    edit_session(scene.one.code, {"text_zh": "新的介绍"}, version=None, actor=SYSTEM)
    assert preview(scene.week) == {}
    assert tell_release(scene.week.id, release(scene).number) == 0
    assert len(mails("people")) == before


@pytest.mark.parametrize("stays", [True, False])
def test_who_comes_and_who_goes_is_told_of_that(scene: Scene, stays: bool) -> None:
    release(scene)
    tell_release(scene.week.id, 2)
    new = make_person("新来人")
    link(scene, new, "new@example.org")
    kept = [scene.person.code] if stays else []
    people = [{"person": code, "role": "speaker"} for code in [new.code, *kept]]
    edit_session(scene.one.code, {"people": people}, version=None, actor=SYSTEM)
    tell_release(scene.week.id, release(scene).number)
    told = {own.recipient: own.context["body"] for own in mails("people") if own.context["number"] == 3}
    assert "请您参加" in told["new@example.org"] and "10月" not in told["new@example.org"]
    assert ("wang@example.org" in told) != stays
    assert stays or "不再由您参加" in told["wang@example.org"]


def test_who_refuses_to_be_named_is_told_all_the_same(scene: Scene) -> None:
    note_consents(scene.week.id, scene.person.code, {"name": False}, actor=SYSTEM)
    release(scene)
    tell_release(scene.week.id, 2)
    cancel_session(scene.one.code, reason=Bilingual("讲者生病", "Illness"), actor=SYSTEM)
    assert tell_release(scene.week.id, release(scene).number) == 1
    assert "开放创新论坛（取消）" in mails("people")[-1].context["body"]
    assert "原因：讲者生病" in mails("people")[-1].context["body"]


def test_an_unknown_release_is_told_to_nobody(scene: Scene) -> None:
    with pytest.raises(Refusal, match="release.not_found"):
        tell_release(scene.week.id, 99)


def test_the_preview_counts_and_shows_each_kind_without_personal_data(scene: Scene) -> None:
    manager(scene, "city", "220100")
    place(scene.one, LATER, scene.room)
    found = preview(scene.week)
    assert {kind: (own.count, own.unreached) for kind, own in found.items()} == {"people": (1, 1), "staff": (1, 0)}
    text = found["people"].subject.zh + found["people"].body.zh + found["people"].body.en
    assert "王··：您好" in text and "Dear 王··" in text and "开放创新论坛" in text and "has changed" in text
    assert "王示例" not in text and "wang@example.org" not in text and not mails("people")
    shown = found["people"].body.zh.replace("王··", "王示例").removesuffix("\n\nhttps://…")
    release(scene)
    tell_release(scene.week.id, 2)
    assert mails("people")[0].context["body"] == shown, "what was shown is what went out"


@pytest.mark.usefixtures("before_the_week")
def test_the_preview_shows_what_attendees_will_read(demo_app: Flask) -> None:
    book(offering_of("rs-ei-1").code, name="示例甲")
    book(offering_of("rs-ei-2").code, name="示例乙")
    moved, off = move("rs-ei-1", minutes=30), session_of("rs-ei-2").code
    cancel_session(off, reason=Bilingual("场地检修", "Repairs"), actor=SYSTEM)
    found = preview(week())
    assert (found["changed"].count, found["session_cancelled"].count) == (1, 1)
    changed = found["changed"].body
    assert "示··：您好" in changed.zh and "→" in changed.zh and "https://…" in changed.zh and "Time" in changed.en
    assert "场地检修" in found["session_cancelled"].body.zh
    assert "示例甲" not in changed.zh and "示例乙" not in found["session_cancelled"].body.zh
    put_out(moved, off)
    sent = list(db.session.scalars(select(Message).where(Message.template == "registration/changed")))
    line = sent[0].context["changes"]
    assert line in changed.zh, "the same change as in the message itself"
