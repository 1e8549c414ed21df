"""Registrations of an offering: who waits for what, decisions, moves. Contacts are not here; names are."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    needs_key,
    once_by_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, ONCE, PAGE, asked_for, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.registration import actions
from eventweek.registration.enums import State, Verdict
from eventweek.registration.models import Registration
from eventweek.registration.queries.desk import find_offering, find_registration, list_registered
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.registrations import explain_waiting, queue_places

ONE = "/weeks/<week>/registrations/<code>"
PLAIN = ("seats", "state", "end_reason", "source", "created_at", "offer_expires_at", "review_step", "holding")
WORDS = ("remark", "answer")


@blueprint.get("/weeks/<week>/offerings/<code>/registrations")
@described_as(
    "List the registrations of an offering",
    "DeskRegistrations",
    asked_for("state", "applied, waitlisted ...", enum=[str(state) for state in State]),
    *PAGE,
)
@needs_key(Verb.REGISTRATIONS_READ)
def registrations_of_offering(actor: Actor, week: Week, code: str) -> Response:
    """Answer a page of them, live ones first, then by time."""
    own, state = _offering(week, code, actor), asked("state").get("state", "")
    if state and state not in set(State):
        raise Invalid([FieldError("state", "json.choice", {"choices": ", ".join(State)})])
    return paged(
        lambda window: Listed(*list_registered(own.offering.id, "", state, window)), lambda r: told_registration(r, own)
    )


@blueprint.get(ONE)
@described_as("Show a registration", "DeskRegistration")
@needs_key(Verb.REGISTRATIONS_READ)
def registration(actor: Actor, week: Week, code: str) -> Response:
    """Answer where it stands, and why it waits; that it was opened is recorded."""
    _get(week, code, actor)
    actions.open_record(week.id, code, actor=actor)
    return _shown(week, code, actor)


@blueprint.post("/weeks/<week>/reviews")
@described_as("Decide on applications", "DeskReviewed", ONCE, body="DeskReview")
@needs_key(Verb.REGISTRATIONS_REVIEW)
def review(actor: Actor, week: Week) -> Response:
    """Approve, return or reject; what cannot be decided so is named with the reason."""
    body = sent(fields=("registrations", "verdict", "reason"))

    def produce() -> list[Facts]:
        codes, verdict = _asked_for(body)
        done = actions.review_registrations(week.id, codes, verdict, reason=text(body, "reason"), actor=actor)
        return [_reviewed(one) for one in done]

    return private({"items": once_by_key(body, produce)})


@blueprint.put(f"{ONE}/promotion")
@described_as("Let somebody in before those ahead of them", "DeskRegistration", IF_MATCH, body="DeskWhy")
@needs_key(Verb.REGISTRATIONS_EDIT)
def registration_promote(actor: Actor, week: Week, code: str) -> Response:
    """Confirm out of order, with a reason that is kept."""
    body, version = sent(fields=("reason",)), seen_version()
    _get(week, code, actor)
    actions.promote_registration(code, reason=text(body, "reason"), actor=actor, version=version)
    return _shown(week, code, actor)


@blueprint.put(f"{ONE}/move")
@described_as(
    "Move a confirmed registration to another offering or class", "DeskRegistration", IF_MATCH, body="DeskMove"
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def registration_move(actor: Actor, week: Week, code: str) -> Response:
    """Take the new seats, then give the old ones back."""
    body, version = sent(fields=("offering", "class", "reason")), seen_version()
    _get(week, code, actor)
    to, cls = text(body, "offering"), text(body, "class")
    actions.move_registration(code, to, cls=cls, reason=text(body, "reason"), actor=actor, version=version)
    return _shown(week, code, actor)


@blueprint.put(f"{ONE}/standby")
@described_as("Put somebody who waits and has come on the list at the door", "DeskRegistration", IF_MATCH)
@needs_key(Verb.DOOR_MANAGE)
def registration_standby(actor: Actor, week: Week, code: str) -> Response:
    """Queue at the door; a second call changes nothing."""
    version = seen_version()
    _get(week, code, actor)
    actions.join_standby(week.id, code, actor=actor, version=version)
    return _shown(week, code, actor)


@blueprint.put(f"{ONE}/cancellation")
@described_as("Cancel a registration", "DeskRegistration", IF_MATCH, body="DeskWhy")
@needs_key(Verb.REGISTRATIONS_EDIT)
def registration_end(actor: Actor, week: Week, code: str) -> Response:
    """End it; a second call changes nothing."""
    body, version = sent(fields=("reason",)), seen_version()
    _get(week, code, actor)
    actions.cancel_registration(code, note=text(body, "reason"), actor=actor, version=version)
    return _shown(week, code, actor)


def _asked_for(body: Facts) -> tuple[list[str], Verdict]:
    codes = body.get("registrations")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Invalid([FieldError("registrations", "json.type")])
    verdict = text(body, "verdict")
    if verdict not in set(Verdict):
        raise Invalid([FieldError("verdict", "json.choice", {"choices": ", ".join(Verdict)})])
    return codes, Verdict(verdict)


def _offering(week: Week, code: str, actor: Actor) -> OpenOffering:
    found = find_offering(week.id, code, actor=actor)
    if found is None:
        raise Refusal("offering.not_found")
    return found


def _get(week: Week, code: str, actor: Actor) -> tuple[Registration, OpenOffering]:
    row = find_registration(week.id, code)
    own = find_offering(week.id, row.offering.code, actor=actor) if row else None
    if row is None or own is None:
        raise Refusal("registration.not_found")
    return row, own


def _shown(week: Week, code: str, actor: Actor) -> Response:
    row, own = _get(week, code, actor)
    place = queue_places([row]).get(row.id)
    why = explain_waiting(row, own, place, now()) if place else None
    waiting = {"position": place.position if place else 0, "overtaken": row.overtaken}
    return record(told_registration(row, own) | waiting | {"why_waiting": _said(why)}, row.version)


def told_registration(row: Registration, own: OpenOffering) -> Facts:
    """Return a registration as organisers read it; of the person the name and the unit only."""
    facts = {"id": row.code, "offering": own.offering.code, "class": row.cls}
    facts |= {"name": row.attendee.name, "organisation": row.attendee.organisation}
    return dict(told(facts | {name: getattr(row, name) for name in (*PLAIN, *WORDS)}))


def _reviewed(one: actions.Reviewed) -> Facts:
    return {"id": one.registration, "state": str(one.state), "why_not": _said(one.why_not)}


def _said(reason: Any) -> Facts | None:
    return {"code": reason.code, "detail": spoken(reason.code, reason.facts)} if reason else None
