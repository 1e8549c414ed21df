"""Decide on a proposed overbooking: the organiser's word and reason are kept, whichever it is."""

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.checkin.queries.overbooking import Proposal, list_proposals
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions.offerings import edit_offering
from eventweek.registration.models import OverbookDecision


def decide_overbooking(
    week_id: int, code: str, *, accepted: bool, reason: str, actor: Actor, version: int | None = None
) -> OverbookDecision:
    """Accept or decline what is proposed now for an offering (its code); accepted, new seats go to who waits.

    `version`: of the offering as the organiser saw it, None for whatever stands.
    Raises: Refusal permission.denied, week.archived, offering.not_found, version.stale, overbook.none, text.too_long;
    Invalid field.required at `reason`.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        refuse_archived(week_id)
        why = clean_line(reason, 200)
        if not why:
            raise Invalid([FieldError("reason", "field.required")])
        found = next((one for one in list_proposals(week_id, actor=actor) if one.own.offering.code == code), None)
        if found is None or not found.is_open:
            raise Refusal("overbook.none")
        stands = found.own.offering.version
        if accepted:
            seen = stands if version is None else version
            edit_offering(code, {"overbook": found.seats}, version=seen, actor=actor)
        elif version not in (None, stands):
            raise Refusal("version.stale")
        facts = {"accepted": accepted, "proposed": found.seats, "reason": why}
        record(actor, "overbook.decide", "offering", code, week_id=week_id, **facts)
        return _keep(found, OverbookDecision(actor=actor.label, **facts))


def _keep(found: Proposal, own: OverbookDecision) -> OverbookDecision:
    """Add a decision with what was measured when it was made."""
    own.week_id, own.offering_id, own.at = found.own.offering.week_id, found.own.offering.id, now()
    own.registered, own.came = found.shown.registered, found.shown.came
    db.session.add(own)
    db.session.flush()
    return own
