"""What registration asks, the texts of its boxes, and the certificates of what was destroyed."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, record, seen_version, sent, text
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.registration.actions import write_questions
from eventweek.registration.actions.consents import write_consent_text
from eventweek.registration.enums import Asked, Purpose
from eventweek.registration.forms import row_of
from eventweek.registration.queries.consents import text_for
from eventweek.registration.queries.desk import find_offering
from eventweek.registration.queries.forms import KIND, OFFERING, WEEK, find_asking
from eventweek.registration.queries.identities import list_certificates

PLACES = {
    WEEK: ("/weeks/<week>/questions", "every session of a week"),
    KIND: ("/weeks/<week>/kinds/<code>/questions", "the sessions of a kind"),
    OFFERING: ("/weeks/<week>/offerings/<code>/questions", "an offering"),
}


def _add(level: str, address: str, words: str) -> None:
    def show(actor: Actor, week: Week, code: str = "") -> Response:
        return _shown(actor, week, level, code)

    def write(actor: Actor, week: Week, code: str = "") -> Response:
        body, version = sent(), seen_version()
        kinds = _kinds(actor, week, level, code)
        write_questions(week.id, level, code, body, kinds=kinds, version=version, actor=actor)
        return _shown(actor, week, level, code)

    show.__name__, write.__name__ = f"{level}_questions", f"{level}_questions_write"
    show.__doc__, write.__doc__ = "Answer the questions with their ETag.", "Replace the questions that are sent."
    reading = needs_key(Verb.REGISTRATIONS_READ)(show)
    writing = needs_key(Verb.REGISTRATIONS_EDIT)(write)
    blueprint.get(address)(described_as(f"Show what {words} asks", "DeskQuestions", IF_NONE_MATCH)(reading))
    described = described_as(f"Set what {words} asks", "DeskQuestions", IF_MATCH, body="DeskQuestionsEdit")(writing)
    blueprint.put(address)(described)


def _shown(actor: Actor, week: Week, level: str, code: str) -> Response:
    own = find_asking(week.id, level, code, _kinds(actor, week, level, code))
    facts: Facts = {"version": own.version, "questions": [row_of(one) for one in own.own]}
    facts |= {"dropped": list(own.dropped), "inherited": [row_of(one) for one in own.inherited]}
    return record(facts, own.version)


def _kinds(actor: Actor, week: Week, level: str, code: str) -> tuple[str, ...]:
    if level != OFFERING:
        return ()
    found = find_offering(week.id, code, actor=actor)
    if found is None:
        raise Refusal("offering.not_found")
    return found.kinds


for _level, (_address, _words) in PLACES.items():
    _add(_level, _address, _words)


@blueprint.get("/weeks/<week>/certificates")
@described_as("List the certificates of destroyed personal data", "DeskCertificates")
@needs_key(Verb.REGISTRATIONS_READ)
def certificate_list(_actor: Actor, week: Week) -> Response:
    """Answer what was destroyed when, as counts."""
    items: list[Any] = [
        {"id": own.code, "at": own.at, "what": own.what, "counts": own.counts} for own in list_certificates(week.id)
    ]
    return private(told({"items": items}))


@blueprint.get("/weeks/<week>/consents/<purpose>")
@described_as("Show what the box of a further agreement says", "DeskConsent", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_READ)
def consent(_actor: Actor, week: Week, purpose: str) -> Response:
    """Answer a text with its ETag."""
    return _text(week, purpose)


@blueprint.put("/weeks/<week>/consents/<purpose>")
@described_as("Set what the box of a further agreement says", "DeskConsent", IF_MATCH, body="DeskConsentEdit")
@needs_key(Verb.REGISTRATIONS_EDIT)
def consent_write(actor: Actor, week: Week, purpose: str) -> Response:
    """Keep a new version of a text."""
    body, version = sent(fields=("text_zh", "text_en")), seen_version()
    zh, en = text(body, "text_zh"), text(body, "text_en")
    write_consent_text(week.id, _purpose(purpose), zh, en, version=version, actor=actor)
    return _text(week, purpose)


def _text(week: Week, purpose: str) -> Response:
    own = text_for(week, _purpose(purpose))
    facts = {"purpose": own.purpose, "version": own.version, "text_zh": own.text_zh, "text_en": own.text_en}
    return record(facts, own.version)


def _purpose(purpose: str) -> Purpose:
    if purpose not in set(Asked):
        raise Refusal("subject.not_found")
    return Purpose(purpose)
