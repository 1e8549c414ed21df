"""Identity numbers: read in any spelling, sealed, once a week, shown to few, destroyed in time with a certificate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek import worker
from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel import keys
from eventweek.kernel.actions import plan_housekeeping
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Base, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.sealing import seal, unseal
from eventweek.programme.actions.weeks import edit_week
from eventweek.registration.actions import (
    destroy_identities,
    edit_offering,
    reveal_identity,
    withdraw_consent,
)
from eventweek.registration.actions.identities import identity_key, is_taken
from eventweek.registration.enums import Purpose
from eventweek.registration.identities import has_check_digit, is_under_age, normal_number, read_identity
from eventweek.registration.models import AttendeeIdentity, Consent, DestructionCertificate, Registration
from eventweek.registration.queries.consents import list_consents
from tests.registration.world import book, offering_of, phone, state_of, week

TODAY = date(2026, 10, 1)
GOOD = "22010619900307123"
LAST_DAY = date(2026, 10, 21)


def whole(first: str) -> str:
    """Return 17 digits with the check digit that belongs to them."""
    return next(first + c for c in "0123456789X" if has_check_digit(first + c))


NUMBER, OTHER, CHILD = whole(GOOD), whole("83000019851231001"), whole("22018420150601002")


@pytest.mark.parametrize(
    ("type_", "number", "kept"),
    [
        ("resident", NUMBER, NUMBER),
        ("resident", f" {NUMBER[:6]} {NUMBER[6:14]}－{NUMBER[14:]}\u200b", NUMBER),
        ("resident", "".join(chr(ord(c) + 0xFEE0) for c in NUMBER), NUMBER),
        ("resident", "11010519491231002x", "11010519491231002X"),
        ("residence_permit", OTHER, OTHER),
        ("passport", " e 1234 5678 ", "E12345678"),
        ("hk_macao_permit", "h12345678", "H12345678"),
        ("taiwan_permit", "12345678", "12345678"),
        ("taiwan_permit", "0123456789(B)", "0123456789B"),
        ("foreign_resident", "usa110101199001", "USA110101199001"),
    ],
)
def test_one_number_in_many_spellings(type_: str, number: str, kept: str) -> None:
    found, errors = read_identity(type_, number, TODAY)
    assert errors == [] and found and (found.number, found.last4) == (kept, kept[-4:])
    assert normal_number(number) == kept and kept not in repr(found)


@pytest.mark.parametrize(
    ("type_", "number", "field", "code"),
    [
        ("driving", NUMBER, "id_type", "identity.type"),
        ("", NUMBER, "id_type", "identity.type"),
        ("resident", "", "id_number", "identity.required"),
        ("resident", " \u3000 ", "id_number", "identity.required"),
        ("resident", NUMBER[:-1], "id_number", "identity.length"),
        ("resident", NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), "id_number", "identity.check_digit"),
        ("resident", whole("22010619900231123"), "id_number", "identity.date"),
        ("resident", whole("22010620270307123"), "id_number", "identity.date"),
        ("resident", whole("22010618000307123"), "id_number", "identity.date"),
        ("resident", "٢" * 18, "id_number", "identity.shape"),
        ("passport", "ABCDEF", "id_number", "identity.passport"),
        ("passport", "E1" * 5000, "id_number", "identity.passport"),
        ("hk_macao_permit", "A12345678", "id_number", "identity.hk_macao_permit"),
        ("taiwan_permit", "1234567", "id_number", "identity.taiwan_permit"),
        ("foreign_resident", "US1110101199001", "id_number", "identity.foreign_resident"),
    ],
)
def test_what_is_no_number_is_said_at_its_field(type_: str, number: str, field: str, code: str) -> None:
    found, errors = read_identity(type_, number, TODAY)
    assert found is None and [(e.field, e.code) for e in errors] == [(field, code)]


def test_every_single_slip_of_a_digit_and_every_swap_is_found() -> None:
    slips = [NUMBER[:n] + d + NUMBER[n + 1 :] for n in range(17) for d in "0123456789" if d != NUMBER[n]]
    swaps = [NUMBER[:n] + NUMBER[n + 1] + NUMBER[n] + NUMBER[n + 2 :] for n in range(16) if NUMBER[n] != NUMBER[n + 1]]
    assert len(slips) == 153 and not any(map(has_check_digit, slips + swaps))


def test_fourteen_is_counted_by_the_birthday() -> None:
    born = date(2012, 10, 15)
    assert is_under_age(born, date(2026, 10, 14)) and not is_under_age(born, date(2026, 10, 15))
    assert not is_under_age(None, TODAY)


def test_a_seal_opens_only_where_it_stands(app: Flask) -> None:
    key_id, sealed = seal(NUMBER, b"here")
    assert unseal(key_id, sealed, b"here") == NUMBER and NUMBER.encode() not in sealed
    assert seal(NUMBER, b"here")[1] != sealed
    for key, body, place in ((key_id, sealed, b"there"), ("9", sealed, b"here"), (key_id, sealed[:-1], b"here")):
        with pytest.raises(Refusal, match="seal.broken"):
            unseal(key, body, place)


def test_nobody_makes_the_hash_of_a_number_without_the_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    own, _errors = read_identity("resident", NUMBER, TODAY)
    assert own and identity_key(own) == identity_key(own)
    first = identity_key(own)
    monkeypatch.setattr(keys, "_installed", keys.Keys(contact=b"d" * 32))
    assert identity_key(own) != first and NUMBER not in first


def real_name(key: str = "rs-ei-1", **more: object) -> str:
    """Make an offering of the demo week one of real names; return its code."""
    own = offering_of(key)
    edit_offering(own.code, {"real_name": True, **more}, version=own.version, actor=SYSTEM)
    return own.code


def come(code: str, number: str = NUMBER, n: int = 1, **more: object) -> tuple[str, int]:
    """Register somebody with a number; return the codes of registration and pass."""
    fields: dict[str, object] = {"id_type": "resident", "id_number": number, "consents": {"sensitive": ""}, **more}
    [own] = book(code, phone=phone(n), **fields)  # type: ignore[arg-type]
    return own.registration, own.pass_id


def errors_of(caught: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in caught.value.errors]


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
class TestRealNames:
    """A session that asks for real names."""

    def test_number_and_box_are_needed_and_nothing_shows_the_number(self, demo_app: Flask) -> None:
        code = real_name()
        with pytest.raises(Invalid) as caught:
            book(code, name="1")
        wanted = [("name", "name.length"), ("id_type", "identity.type")]
        assert errors_of(caught) == [*wanted, ("consent.sensitive", "consent.sensitive_required")]
        with pytest.raises(Invalid) as caught:
            come(code, seats=2)
        assert errors_of(caught) == [(code, "party.too_large")]
        own, _pass = come(code, key="k" * 10)
        come(code, key="k" * 10)
        row = db.session.scalars(select(AttendeeIdentity)).one()
        assert (row.type, row.last4, row.key_id) == ("resident", NUMBER[-4:], "1")
        texts = [str(cell) for t in Base.metadata.sorted_tables for r in db.session.execute(select(t)) for cell in r]
        assert own in texts and not any(NUMBER in text for text in texts)
        assert reveal_identity(week().id, own, note="核验", actor=SYSTEM) == ("resident", NUMBER)
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "identity.read")).one()
        assert (entry.code, entry.changes) == (own, {"reason": "核验"})
        with pytest.raises(Invalid):
            reveal_identity(week().id, own, note=" ", actor=SYSTEM)
        with pytest.raises(Refusal, match="permission.denied"):
            reveal_identity(week().id, own, note="x", actor=Actor("user:9"))

    def test_one_number_is_one_person_in_a_week_whatever_its_spelling(self, demo_app: Flask) -> None:
        first, second = real_name(), real_name("rs-nm-1")
        _own, held = come(first)
        known, _errors = read_identity("resident", NUMBER, TODAY)
        assert known and is_taken(week().id, known) and not is_taken(week().id + 1, known)  # each week anew
        spelt = f"{NUMBER[:6]} {NUMBER[6:]}".lower()
        for code in (first, second):
            with pytest.raises(Invalid) as caught:
                come(code, spelt, n=2)
            assert errors_of(caught) == [("id_number", "identity.taken")]
        [more] = book(second, pass_id=held, phone="")  # known: neither number nor box again
        assert state_of(more.registration) == "confirmed"
        come(second, OTHER, n=3)
        assert db.session.scalar(select(func.count()).select_from(AttendeeIdentity)) == 2

    def test_a_child_needs_the_guardian_whether_said_or_seen_in_the_number(self, demo_app: Flask) -> None:
        code = real_name()
        with pytest.raises(Invalid) as caught:
            come(code, CHILD)
        assert errors_of(caught) == [("consent.guardian", "consent.guardian_required")]
        own, held = come(code, CHILD, consents={"sensitive": "", "guardian": ""})
        assert [one.purpose for one in list_consents(held)] == ["registration", "sensitive", "guardian"]
        plain = offering_of("rs-nm-1").code
        edit_offering(plain, {"consents": ["guardian", "publishing"]}, version=1, actor=SYSTEM)
        with pytest.raises(Invalid) as caught:
            book(plain, phone=phone(2), under_age=True)
        assert errors_of(caught) == [("consent.guardian", "consent.guardian_required")]
        [grown] = book(plain, phone=phone(3), consents={"guardian": "", "publishing": ""})
        assert [one.purpose for one in list_consents(grown.pass_id)] == ["registration", "publishing"]
        assert withdraw_consent(held, Purpose.GUARDIAN, actor=VISITOR) == 1
        assert state_of(own) == "cancelled"

    def test_taking_back_is_as_easy_and_ends_what_rests_on_it(self, demo_app: Flask) -> None:
        code, plain = real_name(), offering_of("rs-nm-1").code
        own, held = come(code)
        [other] = book(plain, pass_id=held, phone="")
        assert withdraw_consent(held, Purpose.SENSITIVE, actor=VISITOR) == 1
        assert withdraw_consent(held, Purpose.SENSITIVE, actor=VISITOR) == 0
        assert (state_of(own), state_of(other.registration)) == ("cancelled", "confirmed")
        assert db.session.scalars(select(AttendeeIdentity)).all() == []
        assert db.session.scalars(select(DestructionCertificate.counts)).all() == [{"resident": 1}]
        with pytest.raises(Refusal, match="consent.not_given"):
            withdraw_consent(held, Purpose.SHARING, actor=VISITOR)
        with pytest.raises(Invalid) as caught:
            book(code, pass_id=held, phone="")
        assert ("consent.sensitive", "consent.sensitive_required") in errors_of(caught)
        own, _pass = come(code, n=5)  # the number is free again
        assert withdraw_consent(held, Purpose.REGISTRATION, actor=VISITOR) == 1
        assert state_of(other.registration) == "cancelled" and state_of(own) == "confirmed"
        with pytest.raises(Invalid) as caught:  # what was taken back is not agreed to
            book(plain, pass_id=held, phone="", consent=False)
        assert errors_of(caught) == [("consent", "consent.required")]

    def test_numbers_go_in_time_and_only_counts_stay(self, demo_app: Flask) -> None:
        code = real_name()
        edit_week("jl2026", {"identity_days": 10}, version=None, actor=SYSTEM)
        come(code)
        come(code, "E1234567", n=2, id_type="passport")
        with travel(_morning(10)):
            assert destroy_identities() == 0
        edit_week("jl2026", {"identity_days": 90}, version=None, actor=SYSTEM)  # the promise that was made holds
        with travel(_morning(11)):
            plan_housekeeping(worker.DAILY)
            while worker.work_off():
                pass
            assert destroy_identities() == 0
        assert db.session.scalars(select(AttendeeIdentity)).all() == []
        own = db.session.scalars(select(DestructionCertificate)).one()
        assert (own.what, own.counts) == ("identities", {"resident": 1, "passport": 1})
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 2
        assert db.session.scalar(select(func.count()).select_from(Consent)) == 4


def _morning(days: int) -> datetime:
    """Return the early morning in Changchun, so many days after the week."""
    return datetime(2026, 10, 21, 17, tzinfo=UTC) + timedelta(days=days - 1)
