"""Lists of people over the API: sent, looked through row by row, confirmed or deleted."""

import hashlib
from typing import Any

from flask import Response, request
from flask_babel import force_locale

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    record,
    seen_version,
)
from eventweek.api.v1.desk.imports import as_file, step_of
from eventweek.api.v1.desk.roster_schemas import CONSENT, FILE, NAME, NOTE, ORIGIN, SEND
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import reader, spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.progress import find_progress
from eventweek.language.rosters import Shown, roster_problems, roster_template, shown_rows
from eventweek.programme.models import Week
from eventweek.registration.actions.rosters import (
    Given,
    confirm_roster,
    discard_roster,
    note_export,
    plan_roster,
)
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import get_roster, list_enrollable, list_rosters
from eventweek.registration.rosters import LARGEST
from eventweek.scheduling.formats.outcome import facts_of

ADDRESS = "/weeks/<week>/rosters"
ONE = f"{ADDRESS}/<code>"
YES = ("true", "false")


@blueprint.get(ADDRESS)
@described_as("List the last 20 lists of people of the week", "DeskRosters")
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_list(_actor: Actor, week: Week) -> Response:
    """Answer how each stands, the newest first."""
    return private({"items": [_standing(own) for own in list_rosters(week.id)]})


@blueprint.post(ADDRESS)
@blueprint.doc(requestBody=FILE)
@described_as(
    "Send a list of people to be looked through; nobody is registered yet",
    "DeskRoster",
    ONCE,
    NAME,
    CONSENT,
    ORIGIN,
    NOTE,
    SEND,
    status=201,
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_create(actor: Actor, week: Week) -> Response:
    """Keep its rows sealed and let the worker look: ask again until the state is no longer `checking`."""
    query = asked("name", "consent", "consent_from", "consent_note", "send")
    wrong = [FieldError(name, "json.choice") for name in ("consent", "send") if query.get(name, "true") not in YES]
    if wrong:
        raise Invalid(wrong)
    given = Given(
        consent=query.get("consent") == "true",
        consent_from=query.get("consent_from", ""),
        consent_note=query.get("consent_note", "")[:1000],
        send=query.get("send", "true") == "true",
    )
    request.max_content_length = LARGEST + 1
    content, name = request.get_data(cache=False), query.get("name", "")

    def produce() -> str:
        return plan_roster(week.id, content, name, given, actor=actor).code

    body = query | {"digest": hashlib.sha256(content).hexdigest()}
    return created(
        body, "desk_api.roster", produce, lambda code: _shown(actor, week, get_roster(week.id, code)), week=week.code
    )


@blueprint.get(ONE)
@described_as("Show a list: what becomes of each row, and what is wrong", "DeskRoster", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster(actor: Actor, week: Week, code: str) -> Response:
    """Answer by row and column with value and cure; what people are called is not repeated."""
    return _shown(actor, week, get_roster(week.id, code))


@blueprint.put(f"{ONE}/confirmation")
@described_as("Let the people of a list be registered that was looked through", "DeskRoster", IF_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_confirm(actor: Actor, week: Week, code: str) -> Response:
    """Let the worker register everybody, or nobody where something has become wrong since."""
    _refuse_stale(week, code)
    return _shown(actor, week, confirm_roster(week.id, code, actor=actor))


@blueprint.delete(ONE)
@described_as("Delete the rows of a list that has not been carried out", "DeskRoster", IF_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_discard(actor: Actor, week: Week, code: str) -> Response:
    """Delete what people said; that a list came stays to be read."""
    _refuse_stale(week, code)
    return _shown(actor, week, discard_roster(week.id, code, actor=actor))


@blueprint.get(f"{ONE}/problems")
@described_as("Get the rows back as a workbook with what is wrong beside each", None)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_problems_file(actor: Actor, week: Week, code: str) -> Response:
    """Answer an xlsx; that it went out is recorded."""
    with force_locale("en" if reader() == "en" else "zh_Hans_CN"):
        content = roster_problems(get_roster(week.id, code))
    note_export(week.id, code, actor=actor)
    return as_file(content, f"{week.code}-roster-problems.xlsx")


@blueprint.get("/weeks/<week>/roster-template")
@described_as("Get the list to fill in", None)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_template_file(actor: Actor, week: Week) -> Response:
    """Answer an xlsx with the offerings to choose from, in the language of Accept-Language."""
    offerings = [own for own in list_enrollable(week.id, actor=actor) if not own.window.cancelled]
    with force_locale("en" if reader() == "en" else "zh_Hans_CN"):
        return as_file(roster_template(offerings, reader()), f"{week.code}-roster.xlsx")


def _refuse_stale(week: Week, code: str) -> None:
    seen, stands = seen_version(), step_of(get_roster(week.id, code).state)
    if seen is not None and seen != stands:
        raise Refusal("version.stale", fields=[], version=stands)


def _standing(own: Roster) -> Facts:
    done, total = find_progress(own.file) if own.file else (0, 0)
    facts = {"id": own.code, "version": step_of(own.state), "state": own.state, "name": own.name, "send": own.send}
    facts |= {"consent_from": own.consent_from, "consent_note": own.consent_note}
    times = {"made_at": own.made_at, "done_at": own.done_at}
    counts = own.outcome.get("counts", {})
    return dict(told({**facts, **times, "progress": {"done": done, "total": total}, "counts": counts}))


def _shown(actor: Actor, week: Week, own: Roster) -> Response:
    out: dict[str, Any] = own.outcome
    with force_locale("en" if reader() == "en" else "zh_Hans_CN"):
        rows = shown_rows(own, list_enrollable(week.id, actor=actor), reader())
        items = [_row(row, kept) for row, kept in zip(rows, _sorted(out), strict=True)]
    refusal = out.get("refusal")
    said = {"code": refusal["code"], "detail": spoken(refusal["code"], facts_of(refusal["facts"]))} if refusal else None
    return record(_standing(own) | {"rows": items, "refusal": said}, step_of(own.state))


def _sorted(out: Facts) -> list[Facts]:
    return sorted(out.get("rows", []), key=lambda row: (row["fate"] != "wrong", row["row"]))


def _row(row: Shown, kept: Facts) -> Facts:
    place = {"row": row.row, "offering": kept["offering"], "fate": row.fate, "becomes": row.becomes}
    return place | {"column": row.column, "value": row.value, "code": row.code, "detail": row.cure}
