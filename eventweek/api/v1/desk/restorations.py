"""Going back to an older release, and the messages of a release before they go."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, created, needs_key, record, seen_version, sent, text
from eventweek.api.v1.desk.releases import chosen_sessions, compared, decision_of, shown_release
from eventweek.api.v1.desk.scenarios import problem_facts
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, asked_for, described_as
from eventweek.api.v1.frame import private
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.replanning.actions import restore
from eventweek.replanning.queries import pairs_of
from eventweek.replanning.queries.previewing import Sample, preview_messages
from eventweek.scheduling.enums import Action
from eventweek.scheduling.queries import find_last_release
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.queries.restoring import Barred, Restoration, plan_restoration
from eventweek.scheduling.queries.stopping import list_stopping

RESTORATION = "/weeks/<week>/releases/<code>/restoration"
SESSIONS = asked_for("sessions", "codes joined by commas: only of these; else of all that changed")


@blueprint.get("/weeks/<week>/changes/messages")
@described_as("See the messages of the next release before they go", "DeskReleaseMessages", SESSIONS)
@needs_key(Verb.RELEASE_PUBLISH)
def change_messages(_actor: Actor, week: Week) -> Response:
    """Answer how many messages of each kind go out, and one of each in full without personal data; none is sent."""
    given, last = asked("sessions").get("sessions"), find_last_release(week.id)
    drafts = [one for one in list_changed_drafts(week.id) if one.action != Action.UNPLACED]
    if given is not None:
        wanted = set(given.split(","))
        if unknown := sorted(wanted - {one.session.code for one in drafts}):
            raise Refusal("release.unknown_session", session=unknown[0][:16])
        drafts = [one for one in drafts if one.session.code in wanted]
    samples = preview_messages(week, pairs_of(drafts), last.number + 1 if last else 1)
    return private({"items": [_sample(one) for one in samples]})


@blueprint.get(RESTORATION)
@described_as("See what going back to a release would change; it asks for this ETag", "DeskRestoration", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def restoration(_actor: Actor, week: Week, code: str) -> Response:
    """Answer every change, what stands against it, and what cannot go back."""
    found = _planned(week, code)
    facts: Facts = {"release": found.number, **compared(week, found.drafts)}
    barred = {own.code for own in found.barred}
    drafts = [one for one in found.drafts if one.session.code not in barred]
    facts |= {"blocking": [problem_facts(one) for one in list_stopping(week, drafts)]}
    facts |= {"barred": [_barred(one) for one in found.barred], "since": [one.code for one in found.since]}
    return record(facts, facts["last_release"])


@blueprint.post(RESTORATION)
@described_as(
    "Publish again what a release told, or these sessions of it",
    "DeskRelease",
    IF_MATCH,
    ONCE,
    status=201,
    body="DeskReleaseNew",
)
@needs_key(Verb.RELEASE_PUBLISH)
def restoration_create(actor: Actor, week: Week, code: str) -> Response:
    """Go back once, where no release came since the changes were read; answer the new release."""
    body = sent(fields=("note", "sessions", "shortages", "reason"))
    after, note, chosen, number = seen_version(), text(body, "note"), chosen_sessions(body), _number(code)
    decision = decision_of(body)

    def produce() -> str:
        made = restore(week.id, number, actor=actor, note=note, sessions=chosen, after=after, decision=decision)
        return str(made.number)

    return created(body, "desk_api.release", produce, lambda own: shown_release(week, own), week=week.code)


def _planned(week: Week, code: str) -> Restoration:
    return plan_restoration(week.id, _number(code))


def _number(code: str) -> int:
    """Return the number of a release.

    Raises: Refusal release.not_found.
    """
    if not (code.isascii() and code.isdigit() and len(code) < 9):
        raise Refusal("release.not_found")
    return int(code)


def _barred(own: Barred) -> dict[str, Any]:
    pairs = {name: {"zh": pair.zh, "en": pair.en} for name, pair in (("title", own.title), ("what", own.what))}
    return {"session": own.code, "why": str(own.why), **pairs}


def _sample(own: Sample) -> dict[str, Any]:
    pairs = {name: {"zh": pair.zh, "en": pair.en} for name, pair in (("subject", own.subject), ("body", own.body))}
    numbers = {"people": own.count, "unreached": own.unreached}
    return {"audience": str(own.audience), "kind": own.kind, **numbers, **pairs}
