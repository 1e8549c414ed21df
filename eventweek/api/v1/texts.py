"""What organisers tell the public beside the programme: free pages, and the notices that are told now."""

from typing import Any

from flask import Response, current_app

from eventweek.api.v1 import text_schemas as schemas
from eventweek.api.v1.frame import Blueprint, anybody, revalidated
from eventweek.api.v1.programme import find_edition
from eventweek.api.v1.values import INSTANT
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.programme.queries.texts import find_public_page, list_public_pages
from eventweek.programme.rules.texts import PublicPage
from eventweek.scheduling.queries.notices import Told, list_told

blueprint = Blueprint("texts", __name__, description="Free pages and notices; revalidate with If-None-Match.")
Facts = dict[str, Any]


@blueprint.get("/weeks/<week>/pages")
@blueprint.response(200, schemas.FreePages)
@anybody
def pages(week: str) -> Response:
    """List the free pages"""
    own = find_edition(week)
    found = list_public_pages(own.id)
    return revalidated(repr(found), lambda: {"items": [_name(own.code, page) for page in found]})


@blueprint.get("/weeks/<week>/pages/<code>")
@blueprint.response(200, schemas.FreePage)
@anybody
def page(week: str, code: str) -> Response:
    """Show a free page"""
    own = find_edition(week)
    found = find_public_page(own.id, code)
    if found is None:
        raise Refusal("subject.not_found")
    return revalidated(repr(found), lambda: _name(own.code, found) | {"text": found.text})


@blueprint.get("/weeks/<week>/notices")
@blueprint.response(200, schemas.Notices)
@anybody
def notices(week: str) -> Response:
    """List the notices that are told now"""
    own = find_edition(week)
    told = _told(own.id)
    return revalidated(repr([t.notice for t in told]), lambda: {"items": [_notice(own.code, one) for one in told]})


@blueprint.get("/weeks/<week>/notices/<code>")
@blueprint.response(200, schemas.Notice)
@anybody
def notice(week: str, code: str) -> Response:
    """Show a notice"""
    own = find_edition(week)
    found = next((one for one in _told(own.id) if one.notice.code == code), None)
    if found is None:
        raise Refusal("subject.not_found")
    return revalidated(repr(found.notice), lambda: _notice(own.code, found))


def _told(week_id: int) -> list[Told]:
    return [told for told in list_told(week_id, now(), texts=True) if told.notice.shown(now())]


def _address(week: str, kind: str, code: str) -> str:
    return f"{current_app.extensions['eventweek'].base_url}/w/{week}/{kind}/{code}"


def _name(week: str, page: PublicPage) -> Facts:
    return {
        "code": page.code,
        "title": page.title,
        "listed": page.listed,
        "changed_at": page.changed_at.strftime(INSTANT),
        "page": _address(week, "pages", page.code),
    }


def _notice(week: str, told: Told) -> Facts:
    own = told.notice
    return {
        "code": own.code,
        "title": own.title,
        "text": own.text,
        "level": own.level,
        "pinned": own.pinned,
        "since": own.since.strftime(INSTANT),
        "until": own.shown_until.strftime(INSTANT) if own.shown_until else None,
        "updated": own.updated.strftime(INSTANT),
        "session": own.session,
        "venue": own.venue,
        "city": own.city,
        "page": _address(week, "notices", own.code),
    }
