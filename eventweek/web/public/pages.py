"""The week's own pages: which week, its home, and the page of everything else."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.kernel.clock import local_day, now
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week, find_week
from eventweek.programme.queries.texts import find_public_page
from eventweek.registration.rules import RETENTION_DAYS
from eventweek.scheduling.queries import PublishedSession, find_last_release
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
    held = [s for s in sessions if not s.cancelled]
    running = [s for s in held if s.start <= now() < s.end]
    ahead = [s for s in held if s.start > now()]
    return render_template(
        "public/home.html",
        week=own,
        sessions=sessions,
        running=sorted(running, key=lambda s: s.end)[:6],
        running_count=len(running),
        ahead=ahead[:6],
        cities=_cities(sessions),
        today=local_day(now(), own.timezone),
        weave=_weave(own, sessions),
        now=now(),
    )


@blueprint.get("/w/<week>/more")
@anybody
def more(week: str) -> str:
    """Lead to what the bottom bar has no room for."""
    own: Any = find_week(week) or abort(404)
    return render_template("public/more.html", week=own, released=find_last_release(own.id) is not None)


@blueprint.get("/w/<week>/privacy")
@anybody
def privacy(week: str) -> str:
    """Say who collects what, why, for how long, and which rights people have."""
    own: Any = find_week(week) or abort(404)
    page = find_public_page(own.id, "privacy")
    return render_template("public/privacy.html", week=own, days=RETENTION_DAYS, page=page)


@blueprint.get("/w/<week>/accessibility")
@anybody
def accessibility(week: str) -> str:
    """Say what the pages and the venues do for people with disabilities, and where to report a barrier."""
    own: Any = find_week(week) or abort(404)
    return render_template("public/accessibility.html", week=own, page=find_public_page(own.id, "accessibility"))


def _cities(sessions: list[PublishedSession]) -> list[tuple[dict[str, str], int]]:
    cities = {s.facts["city"]["code"]: s.facts["city"] for s in sessions if s.facts["city"]}
    return [
        (city, sum(s.facts["city"] is not None and s.facts["city"]["code"] == code for s in sessions))
        for code, city in sorted(cities.items())
    ]


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
