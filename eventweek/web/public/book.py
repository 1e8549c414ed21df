"""The programme book for everybody: a PDF of the newest release, made by a job and kept."""

from typing import Any

from flask import Response, abort, render_template

from eventweek.kernel.clock import now
from eventweek.printing.actions import order_book
from eventweek.printing.queries import find_book
from eventweek.programme.queries import find_week
from eventweek.web.files import open_pdf
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import blueprint

KEPT, BRIEFLY, AGAIN = 300, 20, 5
"""Seconds for which caches keep the newest book, and the one before while it is made; after which to ask again."""


@blueprint.get("/w/<week>/programme.pdf")
@anybody
def book(week: str) -> Any:
    """Open the book in the page's language; while it is made, the one of the release before, or say when to come."""
    own: Any = find_week(week) or abort(404)
    wanted = language()[:2]
    found = find_book(own.id, wanted)
    if found.is_due(now()):
        order_book(own.id, wanted)
    if found.ready is None or found.ready.file is None:
        return _being_made(own)
    name = f"{own.code}-{found.ready.release}.pdf"
    response = open_pdf(found.ready.file, name)
    response.headers["Cache-Control"] = f"public, max-age={KEPT if found.is_current else BRIEFLY}"
    return response


def _being_made(week: Any) -> Response:
    """Answer 202: nothing is wrong, and there is nothing yet; the page comes again by itself."""
    response = Response(render_template("public/book_making.html", week=week), 202)
    response.headers |= {"Retry-After": str(AGAIN), "Refresh": str(AGAIN), "Cache-Control": "no-store"}
    return response
