"""Overbooking from measured show-up: what is proposed, and the organiser's word on it."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, record, refuse_stale, seen_version, sent, text
from eventweek.api.v1.desk.schemas import IF_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.actions.overbooking import decide_overbooking
from eventweek.checkin.queries.overbooking import Proposal, list_proposals
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.registration.queries.desk import find_offering


@blueprint.get("/weeks/<week>/overbooking")
@described_as("List what measured show-up allows beyond the seats of offerings ahead", "DeskOverbooking")
@needs_key(Verb.REGISTRATIONS_READ)
def overbooking(actor: Actor, week: Week) -> Response:
    """Answer the offerings with a limit whose kind was measured."""
    return private(told({"items": [_told(one) for one in list_proposals(week.id, actor=actor)]}))


@blueprint.put("/weeks/<week>/offerings/<code>/overbooking")
@described_as("Accept or decline the proposed overbooking", "DeskOverbookDecision", IF_MATCH, body="DeskOverbookWord")
@needs_key(Verb.REGISTRATIONS_EDIT)
def overbooking_decide(actor: Actor, week: Week, code: str) -> Response:
    """Keep the decision with its reason; accepted, new seats go to who waits."""
    body, version = sent(fields=("accepted", "reason")), seen_version()
    accepted = body.get("accepted")
    if not isinstance(accepted, bool):
        raise Invalid([FieldError("accepted", "json.type")])
    own = find_offering(week.id, code, actor=actor)
    if own is None:
        raise Refusal("offering.not_found")
    refuse_stale(version, own.offering.version)
    reason = text(body, "reason")
    done = decide_overbooking(week.id, code, accepted=accepted, reason=reason, actor=actor, version=version)
    after = find_offering(week.id, code, actor=actor) or own
    facts: Facts = {
        name: getattr(done, name) for name in ("accepted", "proposed", "registered", "came", "reason", "at")
    }
    return record(facts | {"offering": code}, after.offering.version)


def _told(one: Proposal) -> Facts:
    facts = {"offering": one.own.offering.code, "kind": one.own.sessions[0].facts["kind"]["code"]}
    facts |= {"registered": one.shown.registered, "came": one.shown.came, "proposed": one.seats, "open": one.is_open}
    return facts | {name: getattr(one.pool, name) for name in ("cap", "overbook", "taken", "held", "waiting")}
