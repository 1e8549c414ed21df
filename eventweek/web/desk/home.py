"""The desk's first page: what needs you today."""

from typing import Any

from flask import redirect, url_for

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.programme.queries import find_current_week
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import needs, signed_in


@blueprint.get("/")
@signed_in
def index() -> Any:
    """Lead to the current week's desk."""
    week = find_current_week()
    return redirect(url_for("desk.home", week=week.code)) if week else page("no_week.html", None, here="home")


@blueprint.get("/w/<week>/")
@needs(Verb.PROGRAMME_READ)
def home(week: str) -> str:
    """Show what needs the organisers today."""
    own = edition(week)
    return page("home.html", own, today=local_day(now(), own.timezone))
