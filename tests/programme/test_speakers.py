"""Links and replies of the people of the programme."""

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry, Revision
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.programme.actions.parties import archive_person, restore_person
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.speakers.links import Contact, give_links, renew_link, revoke_links
from eventweek.programme.actions.speakers.replies import note_reply, reply_by_link
from eventweek.programme.actions.speakers.retention import purge_contacts
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.enums import Reply
from eventweek.programme.models import PersonContact, SpeakerLink, SpeakerReply
from eventweek.programme.queries.speakers import list_links, list_parts_of_person, map_replies, open_link
from eventweek.programme.rules.speakers import (
    feed_token,
    last_day_of_links,
    page_token,
    read_token,
    reply_of,
    summed,
)
from eventweek.worker import work_off
from tests.factories.programme import make_person
from tests.factories.speakers import link, make_scene


def test_secrets_differ_by_purpose_seed_and_epoch_and_are_read_as_people_type_them() -> None:
    key, seed = b"k" * 32, b"s" * 16
    made = {page_token(key, seed), feed_token(key, seed, 1), feed_token(key, seed, 2), page_token(key, b"t" * 16)}
    assert len(made) == 4 and {len(token) for token in made} == {26}
    token = page_token(key, seed)
    assert read_token(f" {token[:13].lower()}-{token[13:]} ") == token
    assert [read_token(text) for text in (token[:-1], token + "0", "", "\x00" * 26, "‮" * 26)] == [None] * 5


@pytest.mark.parametrize(
    ("replies", "whole"),
    [
        ([], Reply.UNASKED),
        ([Reply.CONFIRMED], Reply.CONFIRMED),
        ([Reply.CONFIRMED, Reply.ASKED], Reply.ASKED),
        ([Reply.ASKED, Reply.DECLINED, Reply.CONFIRMED], Reply.DECLINED),
    ],
)
def test_what_needs_the_organisers_comes_first(replies: list[Reply], whole: Reply) -> None:
    assert summed(replies) == whole


def test_a_reply_counts_more_than_the_question() -> None:
    assert [reply_of("", False), reply_of("", True), reply_of("declined", True)] == ["unasked", "asked", "declined"]
    assert last_day_of_links(date(2027, 4, 16), 30) == date(2027, 5, 16)


@pytest.mark.database
def test_a_link_opens_until_it_is_renewed_revoked_archived_or_over(app: Flask) -> None:
    scene = make_scene()
    first = link(scene)
    assert open_link(first.token) and first.token not in str(db.session.scalars(select(SpeakerLink.token_hash)).all())
    assert link(scene).token == "" and open_link(first.token)
    second = renew_link(scene.week.id, scene.person.code, actor=SYSTEM)
    assert open_link(first.token) is None and open_link(second.token)
    with travel(datetime(2027, 5, 16, 15, 59, tzinfo=UTC)):
        assert open_link(second.token) and len(list_links(scene.week.id)) == 1
    with travel(datetime(2027, 5, 16, 16, tzinfo=UTC)):
        assert open_link(second.token) is None and list_links(scene.week.id) == []
        with pytest.raises(Refusal, match="speakers.over"):
            link(scene)
    assert revoke_links(scene.week.id, [scene.person.code], actor=SYSTEM) == 1
    assert revoke_links(scene.week.id, [scene.person.code], actor=SYSTEM) == 0
    third = link(scene)
    archive_person(scene.person.code, actor=SYSTEM)
    restore_person(scene.person.code, actor=SYSTEM)
    assert open_link(third.token) is None


def test_a_letter_goes_out_once_a_day_and_keeps_no_secret(app: Flask) -> None:
    scene = make_scene()
    given = link(scene, email=" Wang＠Example.ORG ")
    link(scene, email="wang@example.org")
    message = db.session.scalars(select(Message)).one()
    assert message.recipient == "wang@example.org" and given.token not in str(message.context)
    assert db.session.scalars(select(PersonContact.email)).all() == ["wang@example.org"]
    link(scene)
    assert db.session.scalars(select(PersonContact)).all() == []
    work_off()
    (path,) = (app.extensions["eventweek"].var / "mail").iterdir()
    letter = message_from_bytes(path.read_bytes(), policy=default)
    assert f"http://127.0.0.1:8000/p/{given.token}\n" in letter.get_content() and "王示例" in letter.get_content()


def test_addresses_go_when_the_links_have_ended(app: Flask) -> None:
    scene = make_scene()
    link(scene, email="wang@example.org")
    assert purge_contacts() == 0
    with travel(datetime(2027, 5, 16, 16, tzinfo=UTC)):
        assert (purge_contacts(), purge_contacts()) == (1, 0)
    assert db.session.scalars(select(AuditEntry.changes).where(AuditEntry.verb == "speaker.purge")).all() == [
        {"count": 1}
    ]


def test_a_wrong_address_sends_nothing_to_anybody(app: Flask) -> None:
    scene = make_scene()
    wanted = {scene.person.code: Contact("wang@example.org"), scene.other.code: Contact("nowhere")}
    with pytest.raises(Invalid) as refused:
        give_links(scene.week.id, wanted, actor=SYSTEM)
    assert [error.field for error in refused.value.errors] == [f"{scene.other.code}.email"]
    assert db.session.scalar(select(func.count()).select_from(SpeakerLink)) == 0


def test_only_who_answers_for_a_part_of_the_week_asks_its_people(app: Flask) -> None:
    scene = make_scene()
    jilin = Actor("u1", grants=(GrantValue("city", scene.week.id, "city", "220200"),))
    changchun = Actor("u2", grants=(GrantValue("city", scene.week.id, "city", "220100"),))
    reader = Actor("u3", grants=(GrantValue("reader", scene.week.id),))
    for actor in (jilin, reader):
        with pytest.raises(Refusal, match="permission.denied"):
            renew_link(scene.week.id, scene.person.code, actor=actor)
    assert renew_link(scene.week.id, scene.person.code, actor=changchun).token
    stranger = make_person("赵局外")
    with pytest.raises(Refusal, match="permission.denied"):
        renew_link(scene.week.id, stranger.code, actor=changchun)
    for codes, why in (([], "speakers.nobody"), (["x"] * 501, "speakers.too_many"), (["nobody"], "subject.not_found")):
        with pytest.raises(Refusal, match=why):
            revoke_links(scene.week.id, codes, actor=SYSTEM)


@pytest.mark.database
def test_a_reply_is_kept_told_and_counted_once(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    assert [part.reply for part in list_parts_of_person(scene.week.id, scene.person.id)] == [Reply.ASKED] * 2
    for _twice in range(2):
        assert reply_by_link(own, scene.one.code, "declined", " 那天\n在外地 ") == Reply.DECLINED
    reply_by_link(own, scene.two.code, "confirmed")
    said = {row.session_id: (row.answer, row.reason, row.via) for row in db.session.scalars(select(SpeakerReply))}
    assert said == {scene.one.id: ("declined", "那天 在外地", "link"), scene.two.id: ("confirmed", "", "link")}
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb.like("speaker.%"))).all()
    assert [(entry.actor, entry.verb, entry.code) for entry in entries] == [
        ("speaker", "speaker.declined", scene.person.code),
        ("speaker", "speaker.confirmed", scene.person.code),
    ]
    assert "外地" not in str([entry.changes for entry in entries])
    kept = db.session.scalars(select(Revision).where(Revision.verb == "reply", Revision.row_id == scene.one.id)).one()
    assert kept.changes == {"replies": [[], [{"person": scene.person.code, "answer": "declined"}]]}
    replies = map_replies(scene.week.id)
    assert replies[scene.person.id].reply == Reply.DECLINED and replies[scene.other.id].reply == Reply.UNASKED


def test_nobody_replies_for_others_to_what_is_off_or_after_the_archive(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    edit_session(scene.two.code, {"people": []}, version=None, actor=SYSTEM)
    cancel_session(scene.one.code, reason=Bilingual("取消", ""), actor=SYSTEM)
    tries = {
        "session.not_found": (own, scene.two.code, "confirmed"),
        "reply.cancelled": (own, scene.one.code, "confirmed"),
        "input.invalid": (own, scene.one.code, "perhaps"),
        "speaker_link.not_found": ("nobody", scene.one.code, "confirmed"),
    }
    for why, given in tries.items():
        with pytest.raises(Refusal, match=why):
            reply_by_link(*given)
    set_week_state(scene.week.code, "closed", actor=SYSTEM)
    set_week_state(scene.week.code, "archived", actor=SYSTEM)
    with pytest.raises(Refusal, match="week.archived"):
        reply_by_link(own, scene.one.code, "confirmed")
    assert db.session.scalars(select(SpeakerReply)).all() == []


def test_organisers_write_down_what_they_were_told(app: Flask) -> None:
    scene = make_scene()
    note_reply(scene.week.id, scene.person.code, scene.one.code, "confirmed", "电话里说的", actor=SYSTEM)
    part = list_parts_of_person(scene.week.id, scene.person.id)[0]
    assert part.said and (part.reply, part.said.via, part.said.reason) == (Reply.CONFIRMED, "desk", "电话里说的")
    with pytest.raises(Refusal, match="permission.denied"):
        note_reply(scene.week.id, scene.person.code, scene.one.code, "declined", actor=Actor("u9"))
