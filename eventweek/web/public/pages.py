"""The week's own pages: which week, and its home."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.kernel.clock import local_day, now
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.frame import anybody
from eventweek.web.public.frame import blueprint, day_name, days, edition
from eventweek.web.public.weave import marks


@blueprint.get("/")
@anybody
def index() -> Any:
    """Lead to the current week."""
    week = find_current_week()
    return redirect(url_for("public.home", week=week.code)) if week else render_template("public/no_week.html")


@blueprint.get("/w/<week>/")
@anybody
def home(week: str) -> str:
    """Show what is on now and next."""
    own, sessions = edition(week)
    ahead = [s for s in sessions if s.end > now()]
    return render_template(
        "public/home.html", week=own, sessions=sessions, ahead=ahead[:8], weave=_weave(own, sessions), now=now()
    )


def _weave(week: Week, sessions: list[PublishedSession]) -> list[dict[str, Any]]:
    today, drawn = local_day(now(), week.timezone), marks(sessions, week.timezone)
    return [
        {
            "href": url_for("public.programme", week=week.code, day=day),
            "number": day.day,
            "weekday": _("今天") if day == today else format_date(day, "EEE"),
            "name": _("%(day)s，%(n)s 场", day=day_name(day), n=count),
            "chosen": day == today,
            "past": day < today,
            "marks": drawn[day],
        }
        for day, count in days(week, sessions)
        if week.first_day <= day <= week.last_day
    ]
