"""Register, see and cancel: the same actions as the pages. The caller holds a pass's manage token, never a cookie."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, request

from eventweek.api.v1 import invitation_schemas, own_schemas, schemas
from eventweek.api.v1.contact_schemas import ConsentText
from eventweek.api.v1.frame import Blueprint, anybody, bearer, private
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.programme import find_edition, find_edition_id, named, public_session
from eventweek.api.v1.values import INSTANT
from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.privacy.queries import find_erased
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions import (
    Basket,
    Item,
    Outcome,
    accept_offer,
    cancel_registration,
    join_online,
    move_registration,
    register,
    resubmit,
    switch_attendance,
)
from eventweek.registration.contacts import one_spelling
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of, short_code_of, token_of
from eventweek.registration.queries import (
    OfferingFacts,
    RegistrationFacts,
    find_consent_text,
    find_pass,
    find_pass_by_manage_token,
    list_offerings,
    list_registrations,
)
from eventweek.registration.queries.invitations import Invited, find_invited
from eventweek.registration.rules import Reason
from eventweek.scheduling.queries import PublishedSession

blueprint = Blueprint("registration", __name__, description="Register people, and let them see and cancel.")
Facts = dict[str, Any]
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "maxLength": 80},
    "description": "chosen by the caller, new for each person; the same request again gets the first answer",
}
TOKEN = {
    "in": "header",
    "name": "Authorization",
    "required": True,
    "schema": {"type": "string"},
    "description": "Bearer and the manage token of a pass",
}


@blueprint.get("/weeks/<week>/sessions/<code>/offerings")
@blueprint.response(200, schemas.Offerings)
@anybody
def offerings(week: str, code: str) -> Response:
    """Show what one can register for in a session, and the seats now"""
    own = public_session(find_edition_id(week), code)
    return private({"items": [offering_of(facts) for facts in list_offerings([own.code]).get(own.code, [])]})


@blueprint.get("/weeks/<week>/consent")
@blueprint.response(200, ConsentText)
@anybody
def consent(week: str) -> Response:
    """Show what a person has to agree to before they are registered"""
    text = find_consent_text(find_edition(week))
    if text is None:
        raise Refusal("consent.not_found")
    return private({"id": mark_of(text), "version": text.version, "text": {"zh": text.text_zh, "en": text.text_en}})


@blueprint.post("/weeks/<week>/registrations")
@blueprint.doc(parameters=[KEY, {**TOKEN, "required": False}])
@blueprint.arguments(schemas.NewRegistrations)
@blueprint.response(201, schemas.NewlyRegistered)
@anybody
def registration_create(sent: Facts, week: str) -> Response:
    """Register one person for all of the items, or for none

    Each becomes confirmed, or waitlisted when full. Give the person their pass or the address of their page.
    """
    week_id = find_edition_id(week)
    holder = holder_of_token() if "Authorization" in request.headers else None
    limited("api.register", "600/minute", request.remote_addr or "")
    counted = one_spelling(sent.get("phone"), sent.get("email")) or (holder.code if holder else "")
    limited("register.contact", "10/minute;40/hour", f"{week_id} {counted}")
    known = pass_of(holder) if holder else None
    basket = Basket(
        week_id=week_id,
        items=tuple(_item(week_id, item) for item in sent["items"]),
        consent=sent["consent"],
        consent_text=sent.get("consent_text", ""),
        locale=sent["locale"],
        pass_id=holder.id if holder else None,
        source="api",
        proof=sent.get("proof", ""),
        work=sent.get("work", ""),
        answers=sent["answers"],
        consents=sent["consents"],
        under_age=sent["under_age"],
        id_type=sent.get("id_type", ""),
        id_number=sent.get("id_number", ""),
        **{name: sent.get(name, "") for name in ("name", "phone", "email", "organisation")},
    )
    outcomes = register(basket, actor=VISITOR, key=request.headers.get("Idempotency-Key", ""))
    if known is None or outcomes[0].pass_code != known["code"]:
        found = outcomes[0].issued or find_pass(outcomes[0].pass_id)
        if found is None:
            raise Refusal("pass.not_found")
        known = pass_of(found)
    return private({"registrations": [_outcome(one) for one in outcomes], "pass": known}, 201)


@blueprint.post("/weeks/<week>/invitations/opening")
@blueprint.arguments(invitation_schemas.InvitationOpening)
@blueprint.response(200, invitation_schemas.InvitedTo)
@anybody
def invitation_open(sent: Facts, week: str) -> Response:
    """Show what an invitation opens

    Nothing is used up: that happens when somebody registers with it.
    """
    found = invited(find_edition_id(week), sent["invitation"])
    if found.why_not:
        raise Refusal(found.why_not.code, **found.why_not.facts)
    expires = found.row.expires_at.strftime(INSTANT)
    sessions = [_invited_session(session) for session in found.own.sessions]
    return private({"offering": offering_of(found.facts), "sessions": sessions, "expires_at": expires})


@blueprint.get("/registrations")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, own_schemas.OwnRegistrations)
@anybody
def registrations() -> Response:
    """List the registrations of a pass"""
    return private({"items": [_registration(facts) for facts in list_registrations(holder_of_token().id)]})


@blueprint.get("/registrations/<code>")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration(code: str) -> Response:
    """Show a registration of a pass"""
    return private(own_registration(holder_of_token(), code))


@blueprint.delete("/registrations/<code>")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration_cancel(code: str) -> Response:
    """Cancel a registration of a pass; a second call changes nothing"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    cancel_registration(code, actor=VISITOR, owner=own.id)
    return private(own_registration(own, code))


@blueprint.put("/registrations/<code>/acceptance")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration_accept(code: str) -> Response:
    """Take an offered seat; a second call changes nothing

    To decline, cancel the registration.
    """
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    accept_offer(code, actor=VISITOR, owner=own.id)
    return private(own_registration(own, code))


@blueprint.put("/registrations/<code>/resubmission")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(own_schemas.Resubmission)
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration_resubmit(sent: Facts, code: str) -> Response:
    """Send a returned application again"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    resubmit(code, actor=VISITOR, owner=own.id, seats_wanted=sent.get("seats"), remark=sent["remark"])
    return private(own_registration(own, code))


@blueprint.put("/registrations/<code>/offering")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(own_schemas.Move)
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration_move(sent: Facts, code: str) -> Response:
    """Move a confirmed registration to another offering where one gets in at once"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    move_registration(code, sent["offering"], actor=VISITOR, owner=own.id)
    return private(own_registration(own, code))


@blueprint.put("/registrations/<code>/attendance")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(own_schemas.Attendance)
@blueprint.response(200, own_schemas.OwnRegistration)
@anybody
def registration_attendance(sent: Facts, code: str) -> Response:
    """Change from a seat to on line, or back where a seat is free; a second call changes nothing"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    switch_attendance(code, online=sent["online"], actor=VISITOR, owner=own.id)
    return private(own_registration(own, code))


@blueprint.post("/registrations/<code>/joining")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, own_schemas.WayIn)
@anybody
def registration_join(code: str) -> Response:
    """Show the way in to the holder, shortly before a session and until its end

    The first time counts as taking part on line; later calls answer the same.
    """
    own = holder_of_token()
    limited("my.join", "30/minute", own.code)
    way = join_online(code, owner=own.id, actor=VISITOR)
    response = private({"link": way.url, "note": {"zh": way.note.zh, "en": way.note.en}, "session": way.session})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def holder_of_token() -> Pass:
    """Return the pass of the Bearer token.

    Raises: Refusal token.missing, token.unknown, pass.erased, limit.reached.
    """
    token = bearer()
    limited("pass.link", "120/minute", request.remote_addr or "")
    found = find_pass_by_manage_token(token)
    if found is None and find_erased(token):
        raise Refusal("pass.erased")
    if found is None:
        raise Refusal("token.unknown")
    return found


def own_registration(own: Pass, code: str) -> Facts:
    """Return a registration of a pass.

    Raises: Refusal registration.not_found.
    """
    found = next((facts for facts in list_registrations(own.id) if facts.code == code), None)
    if found is None:
        raise Refusal("registration.not_found")
    return _registration(found)


def pass_of(own: Pass) -> Facts:
    """Return what a person needs of their pass, secrets included."""
    base = current_app.extensions["eventweek"].base_url
    token, manage = token_of(own), manage_token_of(own)
    return {
        "code": own.code,
        "token": token,
        "short_code": short_code_of(own),
        "manage_token": manage,
        "qr": f"{base.upper()}/T/{token}",
        "manage": f"{base}/m/{manage}",
    }


def _item(week_id: int, sent: Facts) -> Item:
    """Return a choice, its invitation being known by its own code."""
    secret = sent.get("invitation", "")
    invitation = invited(week_id, secret).row.code if secret else ""
    return Item(sent["offering"], sent["seats"], sent["answers"], invitation, sent["online"])


def invited(week_id: int, secret: str) -> Invited:
    """Return what an invitation opens.

    Raises: Refusal invite.unknown, limit.reached.
    """
    limited("invitation.address", "300/minute", request.remote_addr or "")
    found = find_invited(week_id, secret)
    if found is None:
        raise Refusal("invite.unknown")
    return found


def _invited_session(session: PublishedSession) -> Facts:
    names = {name: named(session.facts[name]) for name in ("venue", "room")}
    times = {"start": session.start.strftime(INSTANT), "end": session.end.strftime(INSTANT)}
    title = {"zh": session.title.zh, "en": session.title.en}
    return {"code": session.code, "title": title, **times, **names}


def _outcome(one: Outcome) -> Facts:
    own = {"code": one.registration, "offering": one.offering, "state": one.state}
    return {**own, "online": one.online, "seats": one.seats, "position": one.position}


def _registration(facts: RegistrationFacts) -> Facts:
    return {
        "code": facts.code,
        "offering": facts.offering,
        "state": str(facts.state),
        "end_reason": facts.end_reason,
        "seats": facts.seats,
        "position": facts.position,
        "starts": facts.starts.strftime(INSTANT),
        "sessions": [session.code for session in facts.sessions],
        "can_cancel": facts.why_no_cancelling is None,
        "offer_until": _instant(facts.offer_until),
        "answer": facts.answer,
        "why_waiting": _why(facts.why_waiting),
        "can_hand_over": facts.why_no_handover is None,
        "online": facts.online,
        "can_switch": facts.why_no_switching is None,
        "can_join": bool(facts.joining),
    }


def offering_of(facts: OfferingFacts) -> Facts:
    """Return what one can register for, and the seats now."""
    return {
        "code": facts.code,
        "mode": facts.mode,
        "name": {"zh": facts.name.zh, "en": facts.name.en},
        "cap": facts.cap,
        "free": facts.free,
        "waiting": facts.waiting,
        "max_party": facts.max_party,
        "asks": facts.asks,
        "starts": facts.starts.strftime(INSTANT),
        "slot_start": _instant(facts.slot_start),
        "slot_end": _instant(facts.slot_end),
        "sessions": list(facts.sessions),
        "needs_proof": facts.proven_contact,
        "needs_work": facts.needs_work,
        "online": facts.online,
        "why_not": _why(facts.why_not),
    }


def _why(why: Reason | None) -> Facts | None:
    return {"code": why.code, "detail": spoken(why.code, why.facts)} if why else None


def _instant(at: datetime | None) -> str | None:
    return at.strftime(INSTANT) if at else None
