"""Proposals by Excel: the template out, a filled one in, its broken rows back with what is wrong beside them."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid
from eventweek.language import say
from eventweek.language.workbooks import problems_workbook, proposals_workbook
from eventweek.programme.models import Week
from eventweek.programme.queries.proposals import list_own_organisations
from eventweek.scheduling.actions.proposal_imports import (
    LARGEST,
    confirm_proposals,
    discard_proposals,
    plan_proposals,
)
from eventweek.scheduling.models import ProposalImport
from eventweek.scheduling.queries.proposal_imports import get_proposal_import, list_proposal_imports
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.importing import brought, go_on, sent_file, standing_page
from eventweek.web.frame import best, language, needs, takes_files

PAGE = "desk.proposal_import"


@blueprint.get("/w/<week>/proposals/template.xlsx")
@needs(Verb.PROPOSALS_MAKE)
def proposal_template(week: str) -> Any:
    """Send the empty sheet."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    return workbook(proposals_workbook(own, language()), f"{week}-{_('申报模板')}.xlsx")


@blueprint.get("/w/<week>/proposals/imports")
@needs(Verb.PROPOSALS_MAKE)
def proposal_import_list(week: str) -> str:
    """Offer the template and the way in, and show the last files."""
    return _list_page(edition(week, Verb.PROPOSALS_MAKE))


@blueprint.post("/w/<week>/proposals/imports")
@needs(Verb.PROPOSALS_MAKE)
@takes_files(LARGEST + 100_000)
def proposal_import_new(week: str) -> Any:
    """Keep the file that was sent and go on to its page."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    content, name = sent_file()
    units = list_own_organisations(own.id, at_work())
    unit = request.form.get("organisation", "") or (units[0].code if len(units) == 1 else "")

    def bring() -> ProposalImport:
        how: dict[str, Any] = {"organisation": unit, "language": language()[:2], "actor": at_work()}
        return plan_proposals(own.id, content, name, **how)

    try:
        return brought(bring, PAGE, week, lambda problem: _list_page(own, problem))
    except Invalid as invalid:
        return _list_page(own, " ".join(say(error.code, error.facts) for error in invalid.errors)), 422


@blueprint.get("/w/<week>/proposals/imports/<code>")
@needs(Verb.PROPOSALS_MAKE)
def proposal_import(week: str, code: str) -> Any:
    """Show how a file stands; while the worker is at it, the page comes again by itself."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    found = get_proposal_import(own.id, code, actor=at_work())
    return standing_page("proposal_import.html", own, found, here="proposal", outcome=found.outcome)


@blueprint.post("/w/<week>/proposals/imports/<code>/confirmation")
@needs(Verb.PROPOSALS_MAKE)
def proposal_import_confirmation(week: str, code: str) -> Any:
    """Let the good rows go in."""
    return go_on(confirm_proposals, PAGE, edition(week, Verb.PROPOSALS_MAKE), code)


@blueprint.post("/w/<week>/proposals/imports/<code>/discarding")
@needs(Verb.PROPOSALS_MAKE)
def proposal_import_discarding(week: str, code: str) -> Any:
    """Leave the file."""
    return go_on(discard_proposals, PAGE, edition(week, Verb.PROPOSALS_MAKE), code)


@blueprint.get("/w/<week>/proposals/imports/<code>/problems.xlsx")
@needs(Verb.PROPOSALS_MAKE)
def proposal_import_problems(week: str, code: str) -> Any:
    """Send the file back with what is wrong beside each row."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    found = get_proposal_import(own.id, code, actor=at_work())
    return workbook(problems_workbook(found), f"{week}-{_('问题')}.xlsx")


def _list_page(week: Week, problem: str = "") -> str:
    rows = list_proposal_imports(week.id, actor=at_work())
    units = [(unit.code, best(unit.name)) for unit in list_own_organisations(week.id, at_work())]
    names = name_actors([row.actor for row in rows])
    return page(
        "proposal_import_list.html", week, here="proposal", rows=rows, names=names, units=units, problem=problem
    )
