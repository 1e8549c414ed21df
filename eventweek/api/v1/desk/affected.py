"""Whom releases affected, what they want, and people of a split session spread over its repeats."""

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
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.registration.queries.desk import find_offering
from eventweek.replanning.actions import give_up_place, keep_place, spread_registrations, swap_place
from eventweek.replanning.enums import Choice
from eventweek.replanning.queries import Affected, Wanted, count_affected, find_affected, list_affected
from eventweek.replanning.queries.spreading import Spread, plan_spread

ANSWERS = [str(one) for one in Choice if one != Choice.OPEN]
PLAIN = ("offering", "release", "changes", "clashes", "displaced", "target", "noted_at", "decided_at", "decided_by")


@blueprint.get("/weeks/<week>/affected")
@described_as(
    "List whom releases affected",
    "DeskAffectedList",
    asked_for("release", "a number; 0: splits"),
    asked_for("session", "a code"),
    asked_for("choice", "an answer", enum=[str(one) for one in Choice]),
    asked_for("clashing", "only those with a new clash", enum=["true"]),
    *PAGE,
)
@needs_key(Verb.REGISTRATIONS_READ)
def affected_list(actor: Actor, week: Week) -> Response:
    """Answer a page of them, open questions first, with the number of each answer."""
    wanted = _wanted(asked("release", "session", "choice", "clashing"))
    counts = count_affected(week.id, wanted, actor=actor)
    return paged(
        lambda window: Listed(*list_affected(week.id, wanted, window, actor=actor)),
        _facts,
        {"counts": {str(one): counts.get(one, 0) for one in Choice}},
    )


@blueprint.get("/weeks/<week>/affected/<code>")
@described_as("Show what somebody is asked", "DeskAffected")
@needs_key(Verb.REGISTRATIONS_READ)
def affected(actor: Actor, week: Week, code: str) -> Response:
    """Answer what changed for them and what they want."""
    return _shown(_get(week, code, actor))


@blueprint.put("/weeks/<week>/affected/<code>/choice")
@described_as("Record what somebody wants", "DeskAffected", IF_MATCH, body="DeskChoice")
@needs_key(Verb.REGISTRATIONS_EDIT)
def affected_choose(actor: Actor, week: Week, code: str) -> Response:
    """Keep, change or cancel for them; a second call changes nothing."""
    body, version = sent(fields=("choice", "offering")), seen_version()
    own = _get(week, code, actor).own
    choice, offering = text(body, "choice"), text(body, "offering")
    if choice not in ANSWERS:
        raise Invalid([FieldError("choice", "json.choice", {"choices": ", ".join(ANSWERS)})])
    if choice == Choice.CHANGED and not offering:
        raise Invalid([FieldError("offering", "field.required")])
    if choice == Choice.KEPT:
        keep_place(own.code, actor=actor, version=version)
    elif choice == Choice.CHANGED:
        swap_place(own.code, offering, actor=actor, version=version)
    else:
        give_up_place(own.code, actor=actor, version=version)
    return _shown(_get(week, code, actor))


@blueprint.post("/weeks/<week>/spreads")
@described_as("Spread the people of an offering over others", "DeskSpread", ONCE, body="DeskSpreadNew")
@needs_key(Verb.REGISTRATIONS_EDIT)
def spread(actor: Actor, week: Week) -> Response:
    """Move who registered last, parties together; with `dry_run` only say who would move."""
    body = sent(fields=("offering", "targets", "dry_run"))

    def produce() -> Facts:
        code, targets, dry = text(body, "offering"), _codes(body), body.get("dry_run", False)
        if not isinstance(dry, bool):
            raise Invalid([FieldError("dry_run", "json.type")])
        if dry:
            return _spread(plan_spread(week.id, code, targets, actor=actor), dry)
        if find_offering(week.id, code, actor=actor) is None:
            raise Refusal("offering.not_found")
        return _spread(spread_registrations(week.id, code, targets, actor=actor), dry)

    return private(once_by_key(body, produce))


def _codes(body: Facts) -> list[str]:
    codes = body.get("targets")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Invalid([FieldError("targets", "json.type")])
    return codes


def _spread(plan: Spread, dry: bool) -> Facts:
    moves = [{"registration": row.code, "seats": row.seats, "offering": own.offering.code} for row, own in plan.moves]
    return {"offering": plan.source.offering.code, "dry_run": dry, "stay": plan.stay, "moves": moves}


def _wanted(given: dict[str, str]) -> Wanted:
    release, choice = given.get("release", ""), given.get("choice", "")
    if release and not (release.isascii() and release.isdigit() and len(release) < 10):
        raise Invalid([FieldError("release", "json.type")])
    if choice and choice not in set(Choice):
        raise Invalid([FieldError("choice", "json.choice", {"choices": ", ".join(Choice)})])
    if given.get("clashing", "true") != "true":
        raise Invalid([FieldError("clashing", "json.choice", {"choices": "true"})])
    return Wanted(int(release) if release else None, given.get("session", "")[:16], choice, "clashing" in given)


def _get(week: Week, code: str, actor: Actor) -> Affected:
    found = find_affected(week.id, code)
    if found is None or find_offering(week.id, found.own.offering.code, actor=actor) is None:
        raise Refusal("affected.not_found")
    return found


def _shown(found: Affected) -> Response:
    return record(_facts(found), found.row.version)


def _facts(found: Affected) -> Facts:
    own, person = found.own, found.own.attendee
    facts: dict[str, Any] = {"id": found.row.code, "registration": own.code, "name": person.name}
    facts |= {"organisation": person.organisation, "seats": own.seats, "state": own.state, "choice": str(found.choice)}
    return dict(told(facts | {name: getattr(found.row, name) for name in PLAIN}))
