"""Invitations: told once, guarded where they are used, for whom and until when they were meant."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.audit.models import AuditEntry
from eventweek.delivery.mails import links_of
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.actions import claim_message
from eventweek.outbox.models import Message
from eventweek.programme.enums import Visibility
from eventweek.registration.actions import (
    Basket,
    Item,
    Made,
    Outcome,
    Successor,
    Wish,
    hand_over,
    invite,
    register,
    revoke_invitation,
)
from eventweek.registration.actions.attendees import Who
from eventweek.registration.actions.classes import drop_class
from eventweek.registration.actions.inviting import admit, use_invitations
from eventweek.registration.contacts import Contact
from eventweek.registration.guests import Guest, read_guests
from eventweek.registration.models import Offering, OfferingInvitation, Registration
from eventweek.registration.queries.invitations import find_invited, list_invited
from eventweek.registration.queries.offerings import load_offerings, read_pools
from eventweek.scheduling.models import ReleaseItem
from tests.factories.releases import retell
from tests.registration.test_races import race
from tests.registration.test_verify import broken
from tests.registration.world import book, counters, offering_of, phone, resize, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def made(key: str = "rs-ei-1", **wish: Any) -> Made:
    """Make one invitation to a demo session."""
    return invite(offering_of(key).code, Wish(now() + timedelta(days=3), **wish), actor=SYSTEM)[0]


def come(one: Made, number: int = 1, seats: int = 1, **more: Any) -> Outcome:
    """Register with an invitation."""
    code = one_offering(one)
    fields = {"name": "欧阳娜娜", "phone": phone(number), "consent": True} | more
    items = (Item(code, seats, invitation=one.row.code),)
    return register(Basket(week_id=week().id, items=items, **fields), actor=VISITOR)[0]


def one_offering(one: Made) -> str:
    """Return the code of what an invitation is to."""
    own = select(OfferingInvitation.offering_id).where(OfferingInvitation.code == one.row.code)
    return db.session.scalars(select(Offering.code).where(Offering.id.in_(own))).one()


def why(one: Made, number: int = 1, **more: Any) -> list[tuple[str, str]]:
    """Return why somebody cannot register with an invitation."""
    with pytest.raises(Invalid) as caught:
        come(one, number, **more)
    return [
        ("offering" if error.field == one_offering(one) else error.field, error.code) for error in caught.value.errors
    ]


def hide(key: str) -> None:
    """Publish a session as for the invited only."""
    session = offering_of(key).sessions[0].session_id
    item = db.session.scalars(select(ReleaseItem).where(ReleaseItem.session_id == session)).one()
    retell(item, visibility=str(Visibility.INVITED))
    db.session.commit()


def test_an_invitation_opens_a_hidden_session_and_seats_of_its_own(demo_app: Flask) -> None:
    hide("rs-ei-1")
    code = offering_of("rs-ei-1").code
    with pytest.raises(Refusal, match="offering.not_found"):
        book(code)
    one = made(uses=2, label="市工商联")
    assert come(one, seats=2).state == "confirmed"
    assert counters(code, "invited") == (2, 0) and counters(code, "public") == (0, 0) and counters(code) == (2, 0)
    assert come(one, 2).state == "confirmed" and why(one, 3) == [("offering", "invite.used")]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "invite.make")).one()
    assert one.token not in str(entry.changes) and broken() == []
    with pytest.raises(Refusal, match="class.in_use"):
        drop_class(code, "invited", actor=SYSTEM)


@pytest.mark.parametrize("mode", ["invite+quota", "approval", "media"])
def test_an_invitation_is_a_place_at_once_in_every_mode(demo_app: Flask, mode: str) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1, mode=mode)
    one = made(uses=9)
    first, second = come(one), come(one, 2)
    assert (first.state, second.state, second.position) == ("confirmed", "waitlisted", 1)
    assert read_pools(offering_of("rs-ei-1").id)["invited"].taken == 1 and broken() == []


def test_why_an_invitation_opens_nothing(demo_app: Flask) -> None:
    one, other = made(), made()
    revoke_invitation(offering_of("rs-ei-1").code, one.row.code, actor=SYSTEM)
    revoke_invitation(offering_of("rs-ei-1").code, one.row.code, actor=SYSTEM)
    assert why(one) == [("offering", "invite.revoked")]
    with travel(now() + timedelta(days=3)):
        assert why(other) == [("offering", "invite.expired")]
    hidden = made("rs-nm-1")
    with pytest.raises(Refusal, match="offering.not_found"):  # an invitation to something else opens nothing
        hide("rs-ei-1")
        items = (Item(offering_of("rs-ei-1").code, invitation=hidden.row.code),)
        register(Basket(week_id=week().id, items=items, name="欧阳娜娜", phone=phone(1), consent=True), actor=VISITOR)
    verbs = [entry.verb for entry in db.session.scalars(select(AuditEntry)) if entry.verb == "invite.revoke"]
    assert len(verbs) == 1 and db.session.scalar(select(Registration.id)) is None


def test_secrets_are_found_by_their_hash_and_belong_to_their_week(demo_app: Flask) -> None:
    one = made()
    typed = "-".join(one.token[n : n + 4].lower() for n in (0, 4, 8, 12)).replace("0", "o")
    found = find_invited(week().id, f" {typed} ")
    assert found and found.row.code == one.row.code and found.why_not is None and found.facts.mode == "open"
    for wrong in (one.token[:-1], one.token[:-1] + ("0" if one.token[-1] != "0" else "1"), "\0", "邀" * 600, ""):
        assert find_invited(week().id, wrong) is None
    assert find_invited(week().id + 1, one.token) is None
    assert [own.row.code for own in list_invited(week().id, [one.row.code, "none"])] == [one.row.code]
    assert one.token not in {one.row.token_hash, one.row.code} and one.row.hint == one.token[:4]


def test_only_the_invited_may_use_a_locked_one_and_not_hand_it_on(demo_app: Flask) -> None:
    guests = read_guests("王敏，wang@example.org", 9)
    one = made(guests=guests, locked=True, send=True)
    assert why(one, phone="13800138000") == [("phone", "invite.other_person")]
    own = come(one, email="WANG@example.org")
    with pytest.raises(Refusal, match="handover.not_allowed"):
        hand_over(own.registration, Successor("司马相如", phone(9), consent=True), actor=VISITOR, owner=own.pass_id)
    message = db.session.scalars(select(Message).where(Message.template == "registration/invited")).one()
    assert one.token not in str(message.context) and message.recipient == "wang@example.org"
    with demo_app.test_request_context():
        letter = claim_message(message.id)
        assert letter and links_of(letter)["link"].endswith(f"/i/{one.token}")


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"count": 0}, ("count", "number.range")),
        ({"count": 501}, ("count", "number.range")),
        ({"uses": 0}, ("uses", "number.range")),
        ({"cls": "room"}, ("seats_of", "class.unknown")),
        ({"cls": "\0"}, ("seats_of", "class.unknown")),
        ({"locked": True}, ("guests", "invite.no_contact")),
        ({"guests": [Guest("王敏")], "send": True}, ("guests", "invite.no_contact")),
        ({"expires": now() - timedelta(days=999)}, ("expires_at", "invite.past")),
    ],
)
def test_bad_wishes_make_nothing(demo_app: Flask, wish: dict[str, Any], error: tuple[str, str]) -> None:
    whole = {"expires": now() + timedelta(days=3)} | wish
    with pytest.raises(Invalid) as caught:
        invite(offering_of("rs-ei-1").code, Wish(**whole), actor=SYSTEM)
    assert [(e.field, e.code) for e in caught.value.errors] == [error]
    assert db.session.scalar(select(OfferingInvitation.id)) is None


def test_others_may_not_invite(demo_app: Flask) -> None:
    code, wish = offering_of("rs-ei-1").code, Wish(now() + timedelta(days=3))
    for offering, actor, refusal in (
        (code, Actor("somebody"), "permission.denied"),
        ("none", SYSTEM, "offering.not_found"),
    ):
        with pytest.raises(Refusal, match=refusal):
            invite(offering, wish, actor=actor)
    with pytest.raises(Refusal, match="invite.not_found"):
        revoke_invitation(code, "none", actor=SYSTEM)
    one = made()
    with pytest.raises(Refusal, match="version.stale"):
        revoke_invitation(code, one.row.code, version=9, actor=SYSTEM)


def test_lines_of_guests_are_read_with_the_number_of_each_bad_one(app: Flask) -> None:
    read = read_guests("王敏，１３８ 0013 8000\n\n li@Example.org\n示例单位 市工信局;139 0000 0001", 9)
    assert [(g.name, g.phone, g.email) for g in read] == [
        ("王敏", "+8613800138000", ""),
        ("", "", "li@example.org"),
        ("示例单位 市工信局", "+8613900000001", ""),
    ]
    with pytest.raises(Invalid) as caught:
        read_guests("王敏，wang@\na@example.org\nA@example.org\n" + "长" * 90, 9)
    assert [(e.code, e.facts["line"]) for e in caught.value.errors] == [
        ("guest.line", 1),
        ("guests.twice", 3),
        ("guest.line", 4),
    ]
    with pytest.raises(Invalid):
        read_guests("a\nb\nc", 2)


@pytest.mark.parametrize("why", ["used", "revoked", "expired"])
def test_what_ends_between_reading_and_using_is_refused_by_the_statement_that_counts(demo_app: Flask, why: str) -> None:
    one = made()
    offering = offering_of("rs-ei-1")
    item = Item(offering.code, invitation=one.row.code)
    who = Who(None, Contact("欧阳娜娜", phone(9), None))
    chosen = [(own, item) for own in admit(load_offerings([offering.id]), {offering.code: item})]
    assert len(chosen) == 1
    at = now()
    if why == "used":
        assert come(one).state == "confirmed"
    elif why == "revoked":
        revoke_invitation(offering.code, one.row.code, actor=SYSTEM)
    else:
        at += timedelta(days=3)
    with travel(at), pytest.raises(Invalid) as caught, transaction():
        use_invitations(chosen, who)
    assert [error.code for error in caught.value.errors] == [f"invite.{why}"]
    used = db.session.scalars(select(OfferingInvitation.used)).one()
    assert used == (1 if why == "used" else 0)


def test_a_race_on_the_last_uses_registers_as_many_as_were_allowed(demo_app: Flask) -> None:
    one = made(uses=7)
    name, offering = one.row.code, offering_of("rs-ei-1").code

    def act(code: str, number: int) -> None:
        items = (Item(code, invitation=name),)
        fields: dict[str, Any] = {"name": "欧阳娜娜", "phone": phone(number), "consent": True}
        register(Basket(week_id=week().id, items=items, **fields), actor=VISITOR)

    assert race(demo_app, offering, 4, act) == 7
    assert counters(offering, "invited") == (7, 0) and broken() == []
