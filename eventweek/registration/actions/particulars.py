"""What a basket says beside who comes: answers, an identity number, further agreements; read whole, then written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.models import ConsentText, Week
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions.consents import record_consent
from eventweek.registration.actions.forms import keep_form
from eventweek.registration.actions.identities import is_taken, keep_identity
from eventweek.registration.baskets import Basket, Item
from eventweek.registration.enums import Purpose
from eventweek.registration.files import open_receipt
from eventweek.registration.forms import Question, Reading, Sent, field_of, purposes_of, read_answers, shared_by
from eventweek.registration.identities import Identity, is_under_age, read_identity
from eventweek.registration.models import AnswerFile, Attendee, Registration
from eventweek.registration.queries.consents import list_agreed, text_for
from eventweek.registration.queries.forms import map_questions
from eventweek.registration.queries.identities import find_identity
from eventweek.registration.queries.offerings import OpenOffering

Chosen = Sequence[tuple[OpenOffering, Item]]


@dataclass
class Particulars:
    """Checked answers by offering code with the form that asked for them, the identity, the texts agreed to."""

    forms: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    identity: Identity | None = None
    texts: list[ConsentText] = field(default_factory=list)


def read_particulars(
    week: Week, basket: Basket, chosen: Chosen, attendee_id: int | None
) -> tuple[Particulars, list[FieldError]]:
    """Return what the offerings of a basket ask for, checked, and what is wrong; nothing asked costs no statement.

    `attendee_id`: of a known holder, who is not asked for a number again, nor to agree twice.
    """
    if not any(own.asks for own, _item in chosen):
        return Particulars(), []
    found = Particulars()
    errors = _read_answers(found, week.id, basket, chosen)
    errors += _read_identity(found, week, basket, chosen, attendee_id)
    errors += _read_consents(found, week, basket, chosen, attendee_id)
    return found, errors


def _read_answers(found: Particulars, week_id: int, basket: Basket, chosen: Chosen) -> list[FieldError]:
    found.forms = map_questions(week_id, {own.offering.code: own.kinds for own, _item in chosen})
    shared = shared_by(found.forms)
    errors: dict[str, FieldError] = {}
    for own, item in chosen:
        code, questions = own.offering.code, found.forms[own.offering.code]
        typed = {q.key: (basket.answers if q in shared else item.answers).get(q.key) for q in questions}
        found.readings[code] = read_answers(questions, typed, open_receipt)
        for question in questions:
            refusal = found.readings[code].errors.get(question.key)
            if refusal:
                name = field_of(code, question, shared)
                errors[name] = FieldError(name, refusal.code, refusal.facts)
    return list(errors.values())


def _read_identity(
    found: Particulars, week: Week, basket: Basket, chosen: Chosen, attendee_id: int | None
) -> list[FieldError]:
    if not any(own.offering.real_name for own, _item in chosen):
        return []
    if attendee_id and find_identity(attendee_id, week.id):
        return []
    found.identity, errors = read_identity(basket.id_type, basket.id_number, local_day(now(), week.timezone))
    if found.identity and is_taken(week.id, found.identity):
        errors.append(FieldError("id_number", "identity.taken"))
    return errors


def _read_consents(
    found: Particulars, week: Week, basket: Basket, chosen: Chosen, attendee_id: int | None
) -> list[FieldError]:
    born = found.identity.born if found.identity else None
    under_age = basket.under_age or is_under_age(born, local_day(now(), week.timezone))
    asked = purposes_of([(own.offering.real_name, own.offering.consents) for own, _item in chosen])
    held = {text.id for own, text in list_agreed(attendee_id or 0, week.id) if own.withdrawn_at is None}
    errors = []
    for purpose in Purpose:
        guarded = purpose == Purpose.GUARDIAN
        if purpose not in asked and not (guarded and under_age):
            continue
        text = text_for(week, purpose)
        if text.id in held or (guarded and not under_age):
            continue
        if purpose in basket.consents:
            if basket.consents[purpose] not in ("", mark_of(text)):
                errors.append(FieldError(f"consent.{purpose}", "consent.changed"))
            found.texts.append(text)
        elif guarded or purpose == Purpose.SENSITIVE:
            errors.append(FieldError(f"consent.{purpose}", f"consent.{purpose}_required"))
    return errors


def write_person(found: Particulars, week: Week, attendee: Attendee, channel: str) -> None:
    """Keep the identity and the agreements of somebody who has a row by now.

    Raises: Invalid identity.taken.
    """
    if found.identity:
        keep_identity(week, attendee, found.identity)
    for text in found.texts:
        record_consent(attendee, keep_text(text), channel)


def answer(found: Particulars, row: Registration, code: str) -> None:
    """Put the answers into a new registration of an offering, with the version of the form that asked for them."""
    if code in found.forms:
        row.form_version = keep_form(row.offering, found.forms[code])
        row.answers = found.readings[code].answers


def answer_anew(found: Particulars, row: Registration, code: str) -> None:
    """Put the answers of the owner of a contact in place of those of somebody who registered with it."""
    if code in found.forms:
        renew_answers(row, found.forms[code], found.readings[code])


def forget_answers(row: Registration) -> None:
    """Take away what the person answered whose place somebody else takes."""
    renew_answers(row, (), Reading())


def keep_files(found: Particulars, row: Registration, code: str) -> None:
    """Bind the files among the answers to their registration, which has been written."""
    for key, sent in found.readings[code].files.items() if code in found.readings else ():
        db.session.add(_file(row, key, sent))


def renew_answers(row: Registration, questions: Sequence[Question], reading: Reading) -> list[str]:
    """Put other answers into a registration; files that are answers no more go. Return the keys that changed."""
    changed = sorted(
        key for key in {*row.answers, *reading.answers} if row.answers.get(key) != reading.answers.get(key)
    )
    row.form_version, row.answers = keep_form(row.offering, questions), reading.answers
    for own in db.session.scalars(select(AnswerFile).where(AnswerFile.registration_id == row.id)):
        sent = reading.files.get(own.key)
        if sent is None or sent.sha256 != own.sha256:
            db.session.delete(own)
            changed = sorted({*changed, own.key})
        else:
            del reading.files[own.key]
    db.session.flush()
    db.session.add_all(_file(row, key, sent) for key, sent in reading.files.items())
    return changed


def _file(row: Registration, key: str, sent: Sent) -> AnswerFile:
    return AnswerFile(
        registration_id=row.id,
        key=key,
        name=sent.name,
        kind=sent.kind,
        sha256=sent.sha256,
        size=sent.size,
        created_at=now(),
    )
