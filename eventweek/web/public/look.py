"""What a week gives its pages: the colours of its own, and the official lines at the foot."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, abort, current_app, request
from flask_babel import gettext as _

from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.rules.colours import mixed
from eventweek.web.frame import anybody, best
from eventweek.web.public.frame import blueprint

REGISTERS = ("https://beian.miit.gov.cn/", "https://beian.mps.gov.cn/#/query/webSearch")
"""Where the numbers of a site are looked up: at the ministries of industry and of public security."""


@dataclass(frozen=True)
class Line:
    """A line of the foot: its word, what it says, and where that can be looked up."""

    word: str
    value: str
    href: str = ""


@blueprint.get("/w/<week>/theme.css")
@anybody
def theme(week: str) -> Any:
    """Answer the week's colours as values of our own style sheet, so that no page needs a style of its own."""
    own: Any = find_week(week) or abort(404)
    response = Response(_sheet(own.accent), mimetype="text/css")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=300"
    return response.make_conditional(request)


@blueprint.app_template_global("config_site")
def foot(week: Week | None = None) -> dict[str, Any]:
    """Return what the foot says: `official` lines, the week's own before the site's, and two addresses."""
    site = current_app.extensions["eventweek"].site
    icp, police = _first(week, "icp", site.icp), _first(week, "police", site.police)
    lines = [
        Line(_("主办"), site.host),
        Line(_("承办"), (best(week.organiser) if week else "") or site.organiser),
        Line(_("联系电话"), _first(week, "phone", site.phone)),
        Line(_("ICP备案号"), icp, REGISTERS[0]),
        Line(_("公安备案号"), police, _police_address(police)),
        Line(_("网站标识码"), _first(week, "identifier", site.identifier)),
    ]
    return {**asdict(site), "official": [line for line in lines if line.value]}


def _first(week: Week | None, name: str, otherwise: str) -> str:
    return (str(getattr(week, name)) if week else "") or otherwise


def _police_address(number: str) -> str:
    digits = re.search(r"[0-9]{14}", number)
    return REGISTERS[1] + (f"?code={digits[0]}" if digits else "")


def _sheet(accent: str) -> str:
    if not accent:
        return ""
    tint, deep = mixed(accent, "#ffffff", 0.9), mixed(accent, "#000000", 0.3)
    return f":root {{ --lake: {accent}; --lake-deep: {deep}; --lake-tint: {tint}; }}\n"
