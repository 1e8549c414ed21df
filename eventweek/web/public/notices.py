"""Notices (公告): which of them a page shows, their list, each one's page, and their Atom feed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from flask import Response, abort, g, render_template, request, url_for

from eventweek.kernel.clock import now
from eventweek.kernel.text import markdown_html
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.texts import list_public_pages, was_withdrawn
from eventweek.programme.rules.texts import OF_OURS, PublicNotice, PublicPage
from eventweek.scheduling.queries.notices import Told, list_told
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import base_url, blueprint
from eventweek.web.public.frame import say as best_of

LATEST = 50
"""How many notices the feed holds."""


@dataclass(frozen=True)
class Standing:
    """What stands on every public page of a week: its pages at the foot, and what is told now."""

    pages: list[PublicPage]
    notices: list[Told]

    @property
    def urgent(self) -> list[Told]:
        """Return what stands above every page."""
        return [told for told in self.notices if told.notice.urgent]

    def of_week(self) -> list[Told]:
        """Return what concerns everybody or a whole city and is not said above the page already."""
        return [t for t in self.notices if not t.notice.urgent and not t.notice.session and not t.notice.venue]

    def of(self, *, sessions: Collection[str] = (), venue: str = "", city: str = "") -> list[Told]:
        """Return what is about one of these sessions, the venue or the city and is not said above the page already."""
        own = {("session", code) for code in sessions} | {("venue", venue), ("city", city)}
        return [t for t in self.notices if not t.notice.urgent and _scope(t.notice) in own]


@blueprint.app_template_global("standing")
def standing(week: Week) -> Standing:
    """Return what stands on every page of the week; asked for once a request."""
    known = g.setdefault("standing", {})
    if week.id not in known:
        pages = [page for page in list_public_pages(week.id) if page.listed and page.code not in OF_OURS]
        known[week.id] = Standing(pages, [t for t in list_told(week.id, now()) if t.notice.shown(now())])
    found: Standing = known[week.id]
    return found


@blueprint.get("/w/<week>/notices")
@anybody
def notices(week: str) -> str:
    """List what is told now, and below what is over."""
    own: Any = find_week(week) or abort(404)
    begun = list_told(own.id, now())
    current = [told for told in begun if told.notice.shown(now())]
    over = [told for told in begun if not told.notice.shown(now())]
    return render_template("public/notices.html", week=own, current=current, over=over)


@blueprint.get("/w/<week>/notices/<code>")
@anybody
def notice(week: str, code: str) -> Any:
    """Show a notice; one that was withdrawn says so at its address (410)."""
    own: Any = find_week(week) or abort(404)
    found = next((t for t in list_told(own.id, now(), texts=True) if t.notice.code == code), None)
    if found:
        return render_template("public/notice.html", week=own, told=found, over=not found.notice.shown(now()))
    if was_withdrawn(own.id, code):
        return render_template("public/notice_gone.html", week=own), 410
    abort(404)


@blueprint.get("/w/<week>/notices.atom")
@anybody
def notices_feed(week: str) -> Any:
    """Answer the newest notices as an Atom feed (RFC 4287); what a client holds already is 304."""
    own: Any = find_week(week) or abort(404)
    entries = sorted(list_told(own.id, now(), texts=True), key=lambda told: told.notice.updated, reverse=True)[:LATEST]
    updated = max((told.notice.updated for told in entries), default=_first_midnight(own))
    names = {"week": own, "entries": entries, "updated": updated, "lasting": _lasting, "html": _html}
    response = Response(render_template("public/notices.xml", **names), mimetype="application/atom+xml")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=300"
    return response.make_conditional(request)


def _scope(notice: PublicNotice) -> tuple[str, str]:
    return next(((name, code) for name in ("session", "venue", "city") if (code := getattr(notice, name))), ("", ""))


def _lasting(*parts: str) -> str:
    """Return an id that stays the same whatever address the site has (RFC 4287, 4.2.6); each language has its own."""
    return uuid5(NAMESPACE_URL, "/".join(("eventweek", language(), *parts))).urn


def _html(pair: dict[str, str]) -> str:
    return markdown_html(best_of(pair))


def _first_midnight(week: Week) -> datetime:
    """Return when a feed that holds nothing yet was changed last."""
    first = week.first_day
    return datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(week.timezone))


@blueprint.app_template_global("notices_address")
def notices_address(week: Week) -> str:
    """Return the address of the week's feed of notices for the world, in the page's language."""
    return base_url() + url_for("public.notices_feed", week=week.code)
