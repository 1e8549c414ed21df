"""Papers on the desk: chosen, watched while they are made, opened."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.language import say, sentence
from eventweek.language.printing import BADGE_ROLES, PAPERS, SHEETS, STEPS, WITHIN
from eventweek.language.status import status_of
from eventweek.language.words import FAMILIES, LANGUAGES
from eventweek.printing.actions import order_print
from eventweek.printing.enums import OPEN, PERSONAL, Paper, Sheet, Step
from eventweek.printing.models import PrintJob
from eventweek.printing.queries import Offer, file_of, find_offer, get_print, list_prints, map_offering_titles
from eventweek.printing.rules import MOST, NARROWED, Wish, chosen_people, share_of
from eventweek.printing.rules import SHEETS as SIZES
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import blueprint, brief, edition, page
from eventweek.web.files import open_pdf
from eventweek.web.frame import best, language, needs

LONGEST = 2000
"""Of what narrows a paper: the codes of a hundred people, by commas."""


@blueprint.get("/w/<week>/prints")
@needs(Verb.PROGRAMME_READ)
def print_list(week: str) -> str:
    """Offer each paper, and show the last ones that were ordered."""
    return _list_page(edition(week), request.args)


@blueprint.post("/w/<week>/prints")
@needs(Verb.PROGRAMME_READ)
def print_new(week: str) -> Any:
    """Order a paper and go on to its page."""
    own = edition(week)
    try:
        job = order_print(own.id, _wish(request.form), actor=at_work())
    except Invalid as invalid:
        return _list_page(own, request.form, _said(invalid.errors)), 422
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        return _list_page(own, request.form, sentence(refusal)), status_of(refusal.code)
    return redirect(url_for("desk.print", week=week, code=job.code), 303)


@blueprint.get("/w/<week>/prints/<code>", endpoint="print")
@needs(Verb.PROGRAMME_READ)
def print_page(week: str, code: str) -> str:
    """Show how far a paper is, then the way to its file; while it is made, the page comes again by itself."""
    own = edition(week)
    job = get_print(own.id, code, actor=at_work())
    return page(
        "print.html",
        own,
        job=job,
        running=job.state in OPEN,
        personal=job.paper in PERSONAL,
        share=share_of(job.step, job.done, job.total),
        doing=STEPS[Step(job.step)] if job.step else "",
        failure=say(job.failure, job.facts) if job.failure else "",
        who=name_actors([job.actor]).get(job.actor, job.actor),
        **_words(own, [job], find_offer(own) if job.part else None),
    )


@blueprint.get("/w/<week>/prints/<code>/paper.pdf")
@needs(Verb.PROGRAMME_READ)
def print_file(week: str, code: str) -> Response:
    """Open a paper."""
    own = edition(week)
    job = get_print(own.id, code, actor=at_work())
    return open_pdf(file_of(job), f"{own.code}-{job.paper}-{job.release or ('draft' if job.draft else job.code)}.pdf")


def _wish(given: Mapping[str, str]) -> Wish:
    paper = given.get("paper", "")[:20]
    facets = NARROWED[Paper(paper)] if paper in set(Paper) else ()
    part = {name: given.get(name, "")[:LONGEST] for name in facets if given.get(name)}
    return Wish(
        paper, given.get("sheet", "")[:20], (given.get("language") or "zh")[:8], given.get("draft") == "1", part
    )


def _said(errors: list[FieldError]) -> str:
    """Return what is wrong at fields, each named by what it narrows."""
    told = [(str(WITHIN[one.field]) if one.field in WITHIN else "", say(one.code, one.facts)) for one in errors]
    colon = ": " if language() == "en" else "："
    return " ".join(f"{word}{colon}{text}" if word else text for word, text in told)


def _list_page(week: Week, given: Mapping[str, str], problem: str = "") -> str:
    rows, offer = list_prints(week.id, actor=at_work()), find_offer(week)
    asked = {name: given.get(name, "")[:40] for name in ("paper", "sheet", "language", "draft", *WITHIN)}
    return page(
        "print_list.html",
        week,
        rows=rows,
        offer=offer,
        asked=asked | {"language": asked["language"] or language()[:2]},
        names=name_actors([row.actor for row in rows]),
        problem=problem,
        facets=NARROWED,
        sizes=SIZES,
        most=MOST,
        **_words(week, rows, offer),
    )


def say_people(count: int) -> str:
    """Return how many people were chosen."""
    return str(ngettext("%(num)s 人", "%(num)s 人", count))


def _words(week: Week, jobs: Iterable[PrintJob], offer: Offer | None) -> dict[str, Any]:
    """Return the words of papers; `called`: what a job prints, in a line."""
    offerings = map_offering_titles(week.id, {job.part["offering"] for job in jobs if "offering" in job.part})

    def value(facet: str, code: str) -> str:
        if facet == "day":
            return brief(date.fromisoformat(code))
        if facet == "family":
            return str(FAMILIES[code])
        if facet in ("people", "role"):
            return str(BADGE_ROLES[code]) if facet == "role" else say_people(len(chosen_people({facet: code})))
        if facet == "offering":
            return best(offerings[code]) if code in offerings else code
        return best(offer.name_of(facet, code)) if offer else code

    def called(job: PrintJob) -> list[str]:
        parts = [value(facet, job.part[facet]) for facet in WITHIN if facet in job.part]
        return [*parts, str(SHEETS[Sheet(job.sheet)]), str(LANGUAGES[job.language])]

    return {"papers": PAPERS, "sheets": SHEETS, "within": WITHIN, "value": value, "called": called}
