"""Lists of people, step by step: sent, looked through, confirmed or deleted."""

from typing import Any

from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid
from eventweek.language.rosters import FATES, ORIGINS, roster_problems, roster_template, shown_rows
from eventweek.language.words import REGISTERED
from eventweek.programme.models import Week
from eventweek.registration.actions.rosters import Given, confirm_roster, discard_roster, note_export, plan_roster
from eventweek.registration.models import Roster
from eventweek.registration.queries.rosters import get_roster, list_enrollable
from eventweek.registration.rosters import LARGEST, MOST_LINES
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.importing import brought, go_on, list_page, sent_file, standing_page
from eventweek.web.desk.lists import pager
from eventweek.web.desk.offerings import LOOKS
from eventweek.web.forms import show_errors
from eventweek.web.forms.rosters import RosterForm
from eventweek.web.frame import language, needs, takes_files

PAGE = "desk.roster"


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
    content, name = sent_file()
    given = Given(
        consent=bool(form.consent.data),
        consent_from=form.consent_from.data or "",
        consent_note=(form.consent_note.data or "")[:1000],
        send=bool(form.send.data),
    )
    try:
        return brought(
            lambda: plan_roster(own.id, content, name, given, actor=at_work()),
            PAGE,
            week,
            lambda problem: _list_page(own, form, problem),
        )
    except Invalid as invalid:
        show_errors(form, invalid)
        return _list_page(own, form), 422


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
    rows = shown_rows(found, list_enrollable(own.id, actor=at_work()), language())
    paging = pager(len(rows))
    words = {"fates": FATES, "states": REGISTERED, "looks": LOOKS, "origins": ORIGINS}
    return standing_page(
        "roster.html",
        own,
        found,
        here="registration",
        counts=found.outcome.get("counts", {}),
        rows=rows[paging.offset : paging.last],
        pager=paging,
        **words,
    )


@blueprint.post("/w/<week>/rosters/<code>/confirmation")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_confirmation(week: str, code: str) -> Any:
    """Let the people of a list be registered."""
    return go_on(confirm_roster, PAGE, edition(week, Verb.REGISTRATIONS_EDIT), code)


@blueprint.post("/w/<week>/rosters/<code>/discarding")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_discarding(week: str, code: str) -> Any:
    """Delete the rows of a list."""
    return go_on(discard_roster, PAGE, edition(week, Verb.REGISTRATIONS_EDIT), code)


@blueprint.get("/w/<week>/rosters/<code>/problems.xlsx")
@needs(Verb.REGISTRATIONS_EDIT)
def roster_problems_file(week: str, code: str) -> Any:
    """Send the rows back with what is wrong beside each; that they went out is recorded."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    content = roster_problems(get_roster(own.id, code))
    note_export(own.id, code, actor=at_work())
    return workbook(content, f"{week}-{_('名单')}-{_('问题')}.xlsx")


def _list_page(week: Week, form: RosterForm, problem: str = "") -> str:
    limits = {"most": MOST_LINES, "longest": LARGEST // 1_000_000}
    return list_page("roster_list.html", week, Roster, here="registration", form=form, problem=problem, **limits)
