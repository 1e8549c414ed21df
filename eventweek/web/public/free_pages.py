"""Free pages: what organisers write for visitors beside the programme."""

from typing import Any

from flask import abort, redirect, render_template, url_for

from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.texts import find_public_page
from eventweek.programme.rules.texts import OF_OURS, PublicPage
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint


@blueprint.app_template_global("page_address")
def page_address(week: Week, page: PublicPage) -> str:
    """Return where a page is read: what adds to a page of our own, there."""
    if page.code in OF_OURS:
        return url_for(f"public.{page.code}", week=week.code)
    return url_for("public.page", week=week.code, code=page.code)


@blueprint.get("/w/<week>/pages/<code>")
@anybody
def page(week: str, code: str) -> Any:
    """Show a page; what adds to a page of our own is read there."""
    own: Any = find_week(week) or abort(404)
    found = find_public_page(own.id, code) or abort(404)
    if code in OF_OURS:
        return redirect(url_for(f"public.{code}", week=own.code), 301)
    return render_template("public/page.html", week=own, page=found)
