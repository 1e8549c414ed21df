"""Change many sessions together with the settings of their offerings: one plan, one transaction, one undo."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions import bulk as sessions
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import BulkChange
from eventweek.programme.queries import get_week
from eventweek.programme.rules.checks import cleaned, localised
from eventweek.programme.rules.values import plain
from eventweek.registration.actions.settings import write
from eventweek.registration.models import Offering
from eventweek.registration.queries.settings import (
    SETTINGS,
    backwards,
    differing_settings,
    list_of_sessions,
    setting_of,
    settle,
)
from eventweek.scheduling.actions.guarding import keeping_rules


def plan_changes(week_id: int, codes: Collection[str], given: Mapping[str, object], *, actor: Actor) -> BulkChange:
    """Keep what a wish would change; its part `offering` is about the offerings of these sessions.

    Raises: what plan_bulk raises; Refusal permission.denied for settings without the right to registrations; Invalid.
    """
    with transaction():
        settings = given.get("offering")
        if not settings:
            return sessions.plan_bulk(week_id, codes, given, actor=actor)
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        week = editable_week(week_id)
        values = _understood(settings, week.timezone)
        bulk = sessions.plan_bulk(week_id, codes, given, actor=actor)
        rows = [_foreseen(offering, values) for offering in list_of_sessions(week_id, codes)]
        bulk.offerings = [row for row in rows if row["changes"] or row["why"]]
        db.session.flush()
    return bulk


def plan_and_apply(week_id: int, codes: Collection[str], given: Mapping[str, object], *, actor: Actor) -> BulkChange:
    """Plan a change and apply it in one transaction; what may not change is left out.

    Raises: what plan_changes and apply_changes raise.
    """
    with transaction():
        bulk = plan_changes(week_id, codes, given, actor=actor)
        return apply_changes(week_id, bulk.code, actor=actor)


def apply_changes(week_id: int, code: str, *, actor: Actor) -> BulkChange:
    """Change every session and offering as it was planned. A second call changes nothing.

    Raises: what apply_bulk raises; Refusal rule.blocked,
    bulk.stale for offerings that are no longer what was planned for.
    """
    with transaction():
        bulk = _locked(week_id, code, actor)
        edits, stale = settle(bulk, 1) if bulk.applied_at is None else ([], [])
        if stale:
            raise Refusal("bulk.stale", count=len(stale), offerings=stale)
        with keeping_rules(get_week(week_id)):
            sessions.apply_bulk(week_id, code, actor=actor)
        if edits:
            write(edits, actor)
            after = {offering.code: offering.version for offering, _values in edits}
            bulk.offerings = [row | _after(after, row) for row in bulk.offerings]
    return bulk


def undo_changes(week_id: int, code: str, *, actor: Actor, rest: bool = False) -> BulkChange:
    """Give every session and offering its old values back. A second call changes nothing.

    Raises: what undo_bulk raises; Refusal rule.blocked;
    bulk.changed_since also for offerings, of which seats given out since count too.
    """
    with transaction():
        bulk = _locked(week_id, code, actor)
        edits, touched = settle(bulk, 0) if bulk.applied_at and not bulk.undone_at else ([], [])
        if touched and not rest:
            raise Refusal("bulk.changed_since", count=len(touched), offerings=touched)
        with keeping_rules(get_week(week_id)):
            sessions.undo_bulk(week_id, code, actor=actor, rest=rest)
        if edits:
            write(edits, actor)
        bulk.offerings = [row | {"left": row["code"] in touched or row.get("left", False)} for row in bulk.offerings]
    return bulk


def _locked(week_id: int, code: str, actor: Actor) -> BulkChange:
    require(actor, Verb.PROGRAMME_EDIT, week_id)
    editable_week(week_id)
    query = select(BulkChange).where(BulkChange.week_id == week_id, BulkChange.code == code).with_for_update()
    bulk = db.session.scalar(query)
    if bulk is None:
        raise Refusal("bulk.not_found")
    if bulk.offerings:
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
    return bulk


def _after(after: Mapping[str, int], row: dict[str, Any]) -> dict[str, Any]:
    return {"after": after[row["code"]]} if row["code"] in after else {}


def _understood(settings: object, zone: str) -> dict[str, Any]:
    if not isinstance(settings, Mapping):
        raise Invalid([FieldError("offering", "value.type")])
    values, errors = cleaned(SETTINGS, settings)
    must = [name for name, type_ in SETTINGS.fields.items() if type_.required]
    errors += [FieldError(name, "field.required") for name in must if name in values and values[name] is None]
    values |= {name: localised(values[name], zone) for name in ("opens_at", "closes_at") if values.get(name)}
    errors += backwards(values)
    if errors:
        raise Invalid(errors)
    return values


def _foreseen(offering: Offering, values: dict[str, Any]) -> dict[str, Any]:
    changes, why = differing_settings(offering, values)
    pairs = {name: [plain(setting_of(offering, name)), plain(new)] for name, new in changes.items()}
    row = {"code": offering.code, "version": offering.version}
    return row | {"changes": {} if why else pairs, "why": [[error.code, error.facts] for error in why]}
