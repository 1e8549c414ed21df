"""Findings that may pass although they stop a release: listed, let pass with a reason, taken back."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    done,
    needs_key,
    paged,
    record,
    refuse_stale,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.scheduling.actions.overrides import let_pass, take_back
from eventweek.scheduling.models import RuleOverride
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.overrides import list_overrides

ALL, ONE = "/weeks/<week>/overrides", "/weeks/<week>/overrides/<code>"
ONLY_VERSION = 1
"""An override is made and taken back, never changed."""


@blueprint.get(ALL)
@described_as("List what may pass, the newest first", "DeskRuleOverrides", *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def override_list(_actor: Actor, week: Week) -> Response:
    """Answer a page of them, each with whether it still counts."""
    asked()
    every, stopping = list_overrides(week.id), _stopping(week)

    def part(window: object) -> Listed:
        offset, limit = window(len(every))  # type: ignore[operator]
        return Listed(every[offset : offset + limit], len(every))

    return paged(part, lambda own: told(_facts(own, stopping)))


@blueprint.post(ALL)
@described_as(
    "Let a problem of the plan stop no release", "DeskRuleOverride", ONCE, status=201, body="DeskRuleOverrideNew"
)
@needs_key(Verb.RELEASE_PUBLISH)
def override_create(actor: Actor, week: Week) -> Response:
    """Keep the reason; as soon as one of the sessions moves, it counts no more."""
    body = sent(fields=("problem", "reason"))
    finding, reason = text(body, "problem"), text(body, "reason")

    def produce() -> str:
        return let_pass(week.id, finding, reason, actor=actor).code

    return created(body, "desk_api.override", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.get(ONE)
@described_as("Show one that may pass", "DeskRuleOverride", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def override(_actor: Actor, week: Week, code: str) -> Response:
    """Answer it with its ETag."""
    return _shown(week, code)


@blueprint.delete(ONE)
@described_as("Let the problem stop releases again", None, IF_MATCH, status=204)
@needs_key(Verb.RELEASE_PUBLISH)
def override_delete(actor: Actor, week: Week, code: str) -> Response:
    """Take it back."""
    version = seen_version()
    _get(week, code)
    refuse_stale(version, ONLY_VERSION)
    take_back(week.id, code, actor=actor)
    return done()


def _shown(week: Week, code: str) -> Response:
    return record(_facts(_get(week, code), _stopping(week)), ONLY_VERSION)


def _get(week: Week, code: str) -> RuleOverride:
    own = next((one for one in list_overrides(week.id) if one.code == code), None)
    if own is None:
        raise Refusal("override.not_found")
    return own


def _stopping(week: Week) -> set[str]:
    return {one.key for one in list_problems(week) if one.level.stops}


def _facts(own: RuleOverride, stopping: set[str]) -> Facts:
    places = [
        {"session": part.session.code, "start": part.start, "room": part.room.code if part.room else None}
        for part in own.sessions
    ]
    facts: Facts = {name: getattr(own, name) for name in ("rule", "reason", "actor", "at")}
    return facts | {"id": own.code, "problem": own.finding, "counts": own.finding in stopping, "sessions": places}
