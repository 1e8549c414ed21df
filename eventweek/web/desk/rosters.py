"""Lists of people, step by step: sent, looked through, confirmed or deleted."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.progress import find_progress
from eventweek.language import sentence
from eventweek.language.rosters import FATES, ORIGINS, roster_problems, roster_template, shown_rows
from eventweek.language.words import REGISTERED
from eventweek.language.workbooks import cure_of
from eventweek.programme.models import Week
from eventweek.registration.actions.rosters import (
    RUNNING,
    Given,
    confirm_roster,
    discard_roster,
    note_export,
    plan_roster,
)
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import get_roster, list_enrollable, list_rosters
from eventweek.registration.rosters import LARGEST, MOST_LINES
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.desk.offerings import LOOKS
from eventweek.web.forms import show_errors
from eventweek.web.forms.rosters import RosterForm
from eventweek.web.frame import language, needs, takes_files


@blueprint.get("/w/<week>/rosters")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_list(week: str) -> str:
    """Offer the template and the way in, and show the last lists."""
    return _list_page(edition(week, Verb.REGISTRATIONS_EDIT), RosterForm())


@blueprint.post("/w/<week>/rosters")
@needs(Verb.REGISTRATIONS_EDIT)
@takes_files(LARGEST + 100_000)
def roster_new(week: str) -> Any:
    """Keep the rows that were sent, sealed, and go on to their page."""
    own, form = edition(week, Verb.REGISTRATIONS_EDIT), RosterForm()
    sent = request.files.get("file")
    content, name = (sent.read(), sent.filename or "") if sent else (b"", "")
    given = Given(
        consent=bool(form.consent.data),
        consent_from=form.consent_from.data or "",
        consent_note=(form.consent_note.data or "")[:1000],
        send=bool(form.send.data),
    )
    try:
        made = plan_roster(own.id, content, name, given, actor=at_work())
    except Invalid as invalid:
        show_errors(form, invalid)
        return _list_page(own, form), 422
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return _list_page(own, form, sentence(refusal)), 422
    return redirect(url_for("desk.roster", week=week, code=made.code), 303)


@blueprint.get("/w/<week>/rosters/template.xlsx")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_template_file(week: str) -> Any:
    """Send an empty list with the offerings to choose from."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    offerings = [one for one in list_enrollable(own.id, actor=at_work()) if not one.window.cancelled]
    return workbook(roster_template(offerings, language()), f"{week}-{_('名单')}.xlsx")


@blueprint.get("/w/<week>/rosters/<code>")
@needs(Verb.REGISTRATIONS_EDIT)
def roster(week: str, code: str) -> Any:
    """Show what becomes of each row; while the worker is at it, the page comes again by itself."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    found = get_roster(own.id, code)
    done, total = find_progress(found.file) if found.file and found.state in RUNNING else (0, 0)
    rows = shown_rows(found, list_enrollable(own.id, actor=at_work()), language())
    paging = pager(len(rows))
    text = page(
        "roster.html",
        own,
        here="registration",
        own=found,
        counts=found.outcome.get("counts", {}),
        rows=rows[paging.offset : paging.last],
        pager=paging,
        done=done,
        total=total,
        share=done * 100 // total if total else 0,
        told=cure_of,
        fates=FATES,
        states=REGISTERED,
        looks=LOOKS,
        origins=ORIGINS,
    )
    answer = Response(text)
    if found.state in RUNNING:
        answer.headers["Refresh"] = "2"  # without a script
    return answer


@blueprint.post("/w/<week>/rosters/<code>/confirmation")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_confirmation(week: str, code: str) -> Any:
    """Let the people of a list be registered."""
    return _go_on(week, code, confirm_roster)


@blueprint.post("/w/<week>/rosters/<code>/discarding")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_discarding(week: str, code: str) -> Any:
    """Delete the rows of a list."""
    return _go_on(week, code, discard_roster)


@blueprint.get("/w/<week>/rosters/<code>/problems.xlsx")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_problems_file(week: str, code: str) -> Any:
    """Send the rows back with what is wrong beside each; that they went out is recorded."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    content = roster_problems(get_roster(own.id, code))
    note_export(own.id, code, actor=at_work())
    return workbook(content, f"{week}-{_('名单')}-{_('问题')}.xlsx")


def _go_on(week: str, code: str, verb: Callable[..., Roster]) -> Any:
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    try:
        verb(own.id, code, actor=at_work())
    except Refusal as refusal:
        if refusal.code in ("permission.denied", "roster.not_found"):
            raise
        flash(sentence(refusal), "no")
    return redirect(url_for("desk.roster", week=week, code=code), 303)


def _list_page(week: Week, form: RosterForm, problem: str = "") -> str:
    rows = list_rosters(week.id)
    values = {"form": form, "problem": problem, "most": MOST_LINES, "longest": LARGEST // 1_000_000}
    return page(
        "roster_list.html",
        week,
        here="registration",
        rows=rows,
        names=name_actors([row.actor for row in rows]),
        **values,
    )
