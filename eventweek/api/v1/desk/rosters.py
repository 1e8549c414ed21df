"""Lists of people over the API: sent, looked through row by row, confirmed or deleted."""

import hashlib

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk import importing
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, created, needs_key, refuse_stale, seen_version
from eventweek.api.v1.desk.importing import NAME
from eventweek.api.v1.desk.roster_schemas import CONSENT, FILE, NOTE, ORIGIN, SEND
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, reader
from eventweek.audit.actors import Actor
from eventweek.imports.queries import list_brought
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.language.rosters import Shown, roster_problems, roster_template, shown_rows
from eventweek.programme.models import Week
from eventweek.registration.actions.rosters import Given, confirm_roster, discard_roster, note_export, plan_roster
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import get_roster, list_enrollable
from eventweek.registration.rosters import LARGEST

ADDRESS = "/weeks/<week>/rosters"
ONE = f"{ADDRESS}/<code>"
YES = ("true", "false")


@blueprint.get(ADDRESS)
@described_as("List the last 20 lists of people of the week", "DeskRosters")
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_list(_actor: Actor, week: Week) -> Response:
    """Answer how each stands, the newest first."""
    return private({"items": [_standing(own) for own in list_brought(Roster, week.id)]})


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
    content, name = importing.received(LARGEST), query.get("name", "")

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
    refuse_stale(seen_version(), importing.step_of(get_roster(week.id, code)))
    return _shown(actor, week, confirm_roster(week.id, code, actor=actor))


@blueprint.delete(ONE)
@described_as("Delete the rows of a list that has not been carried out", "DeskRoster", IF_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_discard(actor: Actor, week: Week, code: str) -> Response:
    """Delete what people said; that a list came stays to be read."""
    refuse_stale(seen_version(), importing.step_of(get_roster(week.id, code)))
    return _shown(actor, week, discard_roster(week.id, code, actor=actor))


@blueprint.get(f"{ONE}/problems")
@described_as("Get the rows back as a workbook with what is wrong beside each", None)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_problems_file(actor: Actor, week: Week, code: str) -> Response:
    """Answer an xlsx; that it went out is recorded."""
    with in_words():
        content = roster_problems(get_roster(week.id, code))
    note_export(week.id, code, actor=actor)
    return importing.as_file(content, f"{week.code}-roster-problems.xlsx")


@blueprint.get("/weeks/<week>/roster-template")
@described_as("Get the list to fill in", None)
@needs_key(Verb.REGISTRATIONS_EDIT)
def roster_template_file(actor: Actor, week: Week) -> Response:
    """Answer an xlsx with the offerings to choose from, in the language of Accept-Language."""
    offerings = [own for own in list_enrollable(week.id, actor=actor) if not own.window.cancelled]
    with in_words():
        return importing.as_file(roster_template(offerings, reader()), f"{week.code}-roster.xlsx")


def _standing(own: Roster) -> Facts:
    return importing.standing(own, "send", "consent_from", "consent_note", counts=own.outcome.get("counts", {}))


def _shown(actor: Actor, week: Week, own: Roster) -> Response:
    with in_words():
        rows = shown_rows(own, list_enrollable(week.id, actor=actor), reader())
        items = [_row(row, kept) for row, kept in zip(rows, _sorted(own.outcome), strict=True)]
    return importing.shown(own, _standing(own) | {"rows": items})


def _sorted(out: Facts) -> list[Facts]:
    return sorted(out.get("rows", []), key=lambda row: (row["fate"] != "wrong", row["row"]))


def _row(row: Shown, kept: Facts) -> Facts:
    place = {"row": row.row, "offering": kept["offering"], "fate": row.fate, "becomes": row.becomes}
    return place | {"column": row.column, "value": row.value, "code": row.code, "detail": row.cure}
