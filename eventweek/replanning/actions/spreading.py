"""Share the people of a session that is split out over its repeats, in one transaction."""

from collections.abc import Sequence

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.moving import carry_over
from eventweek.registration.actions.promotion import promote
from eventweek.registration.messages import Change, tell_changed
from eventweek.registration.models import Offering, Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.replanning.enums import Choice
from eventweek.replanning.messages import describe
from eventweek.replanning.models import AffectedRegistration
from eventweek.replanning.queries.spreading import Spread, plan_spread
from eventweek.replanning.rules import spot

A_SPLIT = 0
"""What stands where a question names its release."""


def spread_registrations(
    week_id: int, code: str, targets: Sequence[str], *, actor: Actor, version: int | None = None
) -> Spread:
    """Spread the people of an offering (code) over others (codes): who registered first stays, see rules.spread.

    Each who moves is told and asked, like after a release; seats that come free go to who waits. `version`: that of
    the offering that the actor has seen.
    Raises: Refusal offering.not_found, permission.denied, week.archived, version.stale, seat.full,
    registration.already; Invalid spread.target.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        refuse_archived(week_id)
        query = select(Offering.id).where(Offering.week_id == week_id, Offering.code.in_([code, *targets]))
        seats.lock(db.session.scalars(query).all())
        plan = plan_spread(week_id, code, targets, actor=actor)
        refuse_stale(plan.source.offering, version)
        for row, target in plan.moves:
            carry_over(row, plan.source, target, row.cls, actor=actor)
            _ask(row, plan.source, target)
        promote(plan.source)
        _tell(plan)
        facts = {"targets": list(targets), "moved": len(plan.moves), "stay": plan.stay}
        record(actor, "offering.spread", "offering", code, week_id=week_id, **facts)
    return plan


def _ask(row: Registration, source: OpenOffering, target: OpenOffering) -> None:
    """Ask whether the other time suits; a question that was open is about the new place now."""
    query = select(AffectedRegistration).where(
        AffectedRegistration.registration_id == row.id, AffectedRegistration.choice == Choice.OPEN
    )
    own = db.session.scalar(query) or AffectedRegistration(registration_id=row.id)
    own.release, own.offering, own.noted_at = A_SPLIT, target.offering.code, now()
    own.changes, own.clashes, own.clashing, own.displaced = [_change(source, target)], [], False, False
    db.session.add(own)


def _change(source: OpenOffering, target: OpenOffering) -> dict[str, object]:
    """Return the move from one session to another as a change of place and time."""
    first, second = source.sessions[0].facts, target.sessions[0].facts
    names = {"session": second["code"], "zh": second["title"]["zh"], "en": second["title"]["en"]}
    slots = ((source, first), (target, second))
    before, after = (spot(facts) | _slot(own) for own, facts in slots)
    return {**names, "before": before | {"cancelled": False}, "after": after}


def _slot(own: OpenOffering) -> dict[str, str]:
    start, end = own.offering.slot_start, own.offering.slot_end
    return {"start": start.isoformat(), "end": end.isoformat()} if start and end else {}


def _tell(plan: Spread) -> None:
    targets = {row.id: target.offering.id for row, target in plan.moves}
    offerings = {own.offering.id: own for own in load_offerings(sorted(set(targets.values())))}
    for week, holder, row in holders([row for row, _target in plan.moves]):
        own = offerings[targets[row.id]]
        said = describe([_change(plan.source, own)], week.timezone, also=("spread",))
        tell_changed(week, holder, own, row, Change(said, f"s{row.version}", min(plan.source.starts, own.starts)))
