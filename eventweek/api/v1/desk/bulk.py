"""Change many sessions at once over the API: a dry run or at once, applied and undone as one."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    record,
    refuse_stale,
    seen_version,
    sent,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, asked_for, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import BulkChange, Week
from eventweek.programme.queries.bulk import get_bulk, list_bulk_rows
from eventweek.registration.actions.bulk import apply_changes, plan_and_apply, plan_changes, undo_changes
from eventweek.registration.queries.settings import list_touched_offerings

ADDRESS = "/weeks/<week>/bulk-changes"
PARTS = ("set", "add", "remove", "offering")
REST = asked_for("rest", "true: leave out what somebody has changed since", enum=["false", "true"], default="false")
STATES = {1: "planned", 2: "applied", 3: "undone"}


@blueprint.post(ADDRESS)
@described_as("Change many sessions, or see what would change", "DeskBulkChange", ONCE, status=201, body="DeskBulkWish")
@needs_key(Verb.PROGRAMME_EDIT)
def bulk_change_create(actor: Actor, week: Week) -> Response:
    """Plan a change and, unless it is a dry run, apply it in the same transaction."""
    body = sent("sessions", "dry_run", fields=PARTS)
    codes, dry = body.get("sessions", []), body.get("dry_run", False)
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Invalid([FieldError("sessions", "json.type")])
    if not isinstance(dry, bool):
        raise Invalid([FieldError("dry_run", "json.type")])
    wish = {part: body[part] for part in PARTS if part in body}
    verb = plan_changes if dry else plan_and_apply

    def show(code: str) -> Response:
        return _shown(get_bulk(week.id, code))

    return created(
        body,
        "desk_api.bulk_change",
        lambda: verb(week.id, codes, wish, actor=actor).code,
        show,
        week=week.code,
    )


@blueprint.get(f"{ADDRESS}/<code>")
@described_as("Show a change of many sessions", "DeskBulkChange", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_EDIT)
def bulk_change(_actor: Actor, week: Week, code: str) -> Response:
    """Say what changes, what cannot and why, and what somebody has changed since."""
    return _shown(get_bulk(week.id, code))


@blueprint.put(f"{ADDRESS}/<code>/application")
@described_as("Apply a planned change of many sessions", "DeskBulkChange", IF_MATCH)
@needs_key(Verb.PROGRAMME_EDIT)
def bulk_change_apply(actor: Actor, week: Week, code: str) -> Response:
    """Apply a dry run."""
    refuse_stale(seen_version(), _version(get_bulk(week.id, code)))
    return _shown(apply_changes(week.id, code, actor=actor))


@blueprint.delete(f"{ADDRESS}/<code>/application")
@described_as("Undo an applied change of many sessions", "DeskBulkChange", IF_MATCH, REST)
@needs_key(Verb.PROGRAMME_EDIT)
def bulk_change_undo(actor: Actor, week: Week, code: str) -> Response:
    """Give every session its old values back, or none where somebody has changed one since."""
    rest = _is_for_the_rest()
    refuse_stale(seen_version(), _version(get_bulk(week.id, code)))
    return _shown(undo_changes(week.id, code, actor=actor, rest=rest))


def _is_for_the_rest() -> bool:
    wanted = asked("rest").get("rest", "false")
    if wanted not in ("true", "false"):
        raise Invalid([FieldError("rest", "json.choice")])
    return wanted == "true"


def _version(bulk: BulkChange) -> int:
    return 1 + bool(bulk.applied_at) + bool(bulk.undone_at)


def _shown(bulk: BulkChange) -> Response:
    touched = set(list_touched_offerings(bulk))
    body = {
        "id": bulk.code,
        "state": STATES[_version(bulk)],
        "stay": bulk.stay,
        "sessions": [_line(r.code, r.changes, r.why, bool(r.theirs)) for r in list_bulk_rows(bulk)],
        "offerings": [_line(r["code"], r["changes"], r["why"], r["code"] in touched) for r in bulk.offerings],
    }
    return record(told(body), _version(bulk))


def _line(code: str, changes: Facts, why: list[Any], touched: bool) -> Facts:
    pairs = {field: {"old": old, "new": new} for field, (old, new) in changes.items()}
    return {"id": code, "changes": pairs, "refused": [reason for reason, _facts in why], "changed_since": touched}
