"""Write the settings of offerings, of one or of many: seats, times, queue. No transaction of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.registration.actions import seats
from eventweek.registration.actions.promotion import promote
from eventweek.registration.models import CapacityPool, Offering
from eventweek.registration.queries.offerings import class_of, load_offerings
from eventweek.registration.queries.settings import FIELDS, cap_name, leaving, main_pools, told, why_not_this_mode

Settings = Mapping[str, Any]


def write(edits: Sequence[tuple[Offering, Settings]], actor: Actor) -> None:
    """Change offerings, keep their history, and give new seats to who waits; their pools are locked here.

    Raises: Refusal seat.cap_below_taken; Invalid offering.mode_none, offering.mode_slot, offering.mode_taken.
    """
    seats.lock([offering.id for offering, _values in edits])
    written = []
    for offering, values in edits:
        old = told(offering)
        written.append((offering, old, _set(offering, values)))
    db.session.flush()
    for offering, old, changes in written:
        keep(actor, "edit", offering, old)
        record(actor, "offering.edit", "offering", offering.code, week_id=offering.week_id, **changes)
    ids = [offering.id for offering, _values in edits]
    queued = select(CapacityPool.offering_id).where(CapacityPool.offering_id.in_(ids), CapacityPool.waiting > 0)
    for own in load_offerings(list(set(db.session.scalars(queued)))):
        promote(own)


def keep(actor: Actor, verb: str, offering: Offering, old: dict[str, Any]) -> None:
    """Keep a change in the offering's history."""
    changes = differing(old, told(offering))
    thread = Thread("offering", offering.id, offering.code, offering.week_id, offering.version)
    if changes:
        revise(actor, verb, thread, changes)


def _set(offering: Offering, values: Settings) -> dict[str, Any]:
    """Return what differs, as the audit keeps it."""
    if values.get("mode", offering.mode) != offering.mode:
        _serve(offering, values["mode"])
    before = {name: getattr(offering, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(offering, name, values[name])
    changes: dict[str, Any] = {
        n: [str(before[n]), str(values[n])] for n in FIELDS if values.get(n, before[n]) != before[n]
    }
    changes |= _resize(offering, values)
    flag_modified(offering, "max_party")  # a change of seats alone raises the version too
    return changes


def _serve(offering: Offering, mode: str) -> None:
    """Let the seats be those of the class that the mode gives out."""
    reason = why_not_this_mode(offering, mode)
    if reason:
        raise Invalid([FieldError("mode", reason.code, reason.facts)])
    for pool in leaving(offering, mode):
        if not seats.set_class(pool.id, class_of(mode)):
            db.session.refresh(pool)
            raise Invalid([FieldError("mode", "offering.mode_taken", {"taken": pool.taken + pool.held + pool.waiting})])
        db.session.refresh(pool)


def _resize(offering: Offering, values: Settings) -> dict[str, Any]:
    changes = {}
    for pool in main_pools(offering):
        cap, overbook = values.get(cap_name(pool), pool.cap), values.get("overbook", pool.overbook)
        if (cap, overbook) != (pool.cap, pool.overbook):
            changes[pool.cls] = {"cap": [pool.cap, cap], "overbook": [pool.overbook, overbook]}
            if not seats.set_cap(pool.id, cap, overbook):
                db.session.refresh(pool)
                raise Refusal("seat.cap_below_taken", taken=pool.taken + pool.held)
            db.session.refresh(pool)
    return changes
