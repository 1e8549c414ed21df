"""Releases: what the next one would change, the publication itself, and the earlier ones."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.scenarios import problem_facts
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.replanning.actions import Decision, publish
from eventweek.replanning.enums import Settling
from eventweek.replanning.queries import Consequence, Resizing, foresee
from eventweek.replanning.rules import spot
from eventweek.scheduling.diff import Change, change
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries import find_last_release, list_releases
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import Draft
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.queries.overrides import map_overrides


@blueprint.get("/weeks/<week>/changes")
@described_as("Show what the next release would change; a release asks for this ETag", "DeskChanges", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def changes(_actor: Actor, week: Week) -> Response:
    """Answer each session that differs from what is published, what that does to people, and the plan's problems."""
    drafts, passed, found = list_changed_drafts(week.id), map_overrides(week.id), list_problems(week)
    stops = [one for one in found if one.level.stops]
    facts = compared(week, drafts) | {
        "blocking": [problem_facts(one) for one in stops if one.key not in passed],
        "passed": [problem_facts(one) for one in stops if one.key in passed],
        "warnings": [problem_facts(one) for one in found if not one.level.stops],
    }
    return record(facts, facts["last_release"])


def compared(week: Week, drafts: Sequence[Draft]) -> Facts:
    """Return what publishing these drafts would change, and what that does to people who registered."""
    last = find_last_release(week.id)
    people = foresee(week, drafts)
    items = [_change(one, people.sessions.get(one.session_code, Consequence())) for one in map(change, drafts)]
    numbers = {name: getattr(people, name) for name in ("people", "registrations", "clashing", "cancelled")}
    short = [_shortage(one) for one in people.shortages]
    return {"last_release": last.number if last else 0, "items": items, **numbers, "shortages": short}


@blueprint.get("/weeks/<week>/releases")
@described_as("List the releases, the newest first", "DeskReleases", *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def release_list(_actor: Actor, week: Week) -> Response:
    """Answer one page of the releases."""
    asked()
    every = list_releases(week.id)

    def part(window: Any) -> Listed:
        offset, limit = window(len(every))
        return Listed(every[offset : offset + limit], len(every))

    return paged(part, _release)


@blueprint.get("/weeks/<week>/releases/<code>")
@described_as("Show a release", "DeskRelease", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def release(_actor: Actor, week: Week, code: str) -> Response:
    """Answer a release by its number."""
    return shown_release(week, code)


@blueprint.post("/weeks/<week>/releases")
@described_as(
    "Publish the plan, or these sessions of it", "DeskRelease", IF_MATCH, ONCE, status=201, body="DeskReleaseNew"
)
@needs_key(Verb.RELEASE_PUBLISH)
def release_create(actor: Actor, week: Week) -> Response:
    """Publish once, where no release came since the changes were read."""
    body = sent(fields=("note", "sessions", "shortages", "reason"))
    after, note, chosen = seen_version(), text(body, "note"), chosen_sessions(body)
    decision = decision_of(body)

    def produce() -> str:
        made = publish(week.id, actor=actor, note=note, sessions=chosen, after=after, decision=decision)
        return str(made.number)

    return created(body, "desk_api.release", produce, lambda code: shown_release(week, code), week=week.code)


def chosen_sessions(body: dict[str, Any]) -> list[str] | None:
    """Return the codes of the sessions that are asked for, None for all.

    Raises: Invalid json.type.
    """
    codes = body.get("sessions")
    if codes is not None and not (isinstance(codes, list) and all(isinstance(code, str) for code in codes)):
        raise Invalid([FieldError("sessions", "json.type")])
    return codes


def decision_of(body: dict[str, Any]) -> Decision:
    """Return what is decided where seats are short, and why.

    Raises: Invalid json.type, json.choice.
    """
    return Decision(_ways(body), text(body, "reason"))


def _ways(body: dict[str, Any]) -> dict[str, Settling]:
    ways = body.get("shortages", {})
    if not isinstance(ways, dict):
        raise Invalid([FieldError("shortages", "json.type")])
    if any(not isinstance(own, str) or own not in set(Settling) for own in ways.values()):
        raise Invalid([FieldError("shortages", "json.choice", {"choices": ", ".join(Settling)})])
    return {str(code): Settling(own) for code, own in ways.items()}


def _shortage(one: Resizing) -> dict[str, Any]:
    names = {name: {"zh": own.zh, "en": own.en} for name, own in (("title", one.title), ("room", one.room))}
    plain = ("offering", "session", "size", "taken", "held", "short")
    return {name: getattr(one, name) for name in plain} | names


def shown_release(week: Week, number: str) -> Response:
    """Answer a release by its number.

    Raises: Refusal release.not_found.
    """
    found = next((one for one in list_releases(week.id) if str(one.number) == number), None)
    if found is None:
        raise Refusal("release.not_found")
    return record(_release(found), found.number)


def _release(own: Release) -> dict[str, Any]:
    facts = {"number": own.number, "partial": own.partial, "note": own.note, "actor": own.actor, "at": own.at}
    return dict(told(facts))


def _change(one: Change, effect: Consequence) -> Facts:
    facts: Facts = {"session": one.session_code, "title": {"zh": one.title.zh, "en": one.title.en}}
    facts |= {"action": str(one.action), "group": str(one.group), "fields": one.fields}
    facts |= {name: own and spot(own) for name, own in (("before", one.before), ("after", one.after))}
    return facts | {"registrations": effect.people, "waiting": effect.waiting, "clashing": effect.clashing}
