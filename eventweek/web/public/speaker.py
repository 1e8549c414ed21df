"""A speaker's own page: opened by a secret link, kept in the browser's session, no account."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence, words
from eventweek.programme.actions.speakers.links import note_seen
from eventweek.programme.actions.speakers.replies import reply_by_link
from eventweek.programme.queries import find_current_week
from eventweek.programme.queries.speakers import Opened, open_link, open_link_of
from eventweek.programme.rules.speakers import LONGEST_REASON
from eventweek.scheduling.queries.appearances import Appearance, list_appearances, list_changes
from eventweek.web.frame import anybody

blueprint = Blueprint("speaker", __name__)
KEPT = "speaker"


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Forbid caches to keep what belongs to one person."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.errorhandler(404)
def unknown(_error: Exception) -> Any:
    """Answer unknown, revoked, expired and foreign links alike."""
    return render_template("public/speaker_unknown.html", week=find_current_week()), 404


@blueprint.get("/p/<token>")
@anybody
def exchange(token: str) -> Any:
    """Exchange the link for the browser's session, so that forwarding a page forwards no secret; nothing changes."""
    limited("speaker.link", "120/minute", request.remote_addr or "")
    own = open_link(token) or abort(404)
    session[KEPT] = own.link.code
    answer: Any = redirect(url_for("speaker.sessions"), 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.get("/my/part")
@anybody
def sessions() -> str:
    """Show what the person takes part in, what was said to it, and what changed since they last looked."""
    own = mine()
    found = list_appearances(own.week.id, own.person.id)
    return own_page(
        "speaker.html",
        own,
        days=_days(found, own.week.timezone),
        open=[each for each in found if each.place is None],
        waiting=sum(1 for each in found if _is_waiting(each)),
        changes=list_changes([each.part.session.id for each in found], own.link.seen_at),
        longest=LONGEST_REASON,
        roles=words.PERSON_ROLES,
        at=now(),
    )


@blueprint.post("/my/part/sessions/<code>/reply")
@anybody
def reply(code: str) -> Any:
    """Take the answer to one session."""
    own, sent = mine(), request.form
    limited("speaker.change", "120/minute", own.link.code)
    try:
        answer = reply_by_link(own.link.code, code, sent.get("answer", ""), sent.get("reason", ""))
    except Refusal as refusal:
        return refused(refusal)
    flash(_("已确认，主办方看得到。") if answer == "confirmed" else _("已告诉主办方你不能参加。"), "yes")
    return redirect(url_for("speaker.sessions", _anchor=code), 303)


@blueprint.post("/my/part/seen")
@anybody
def seen() -> Any:
    """Note that the person knows of all changes."""
    own = mine()
    try:
        note_seen(own.link.code)
    except Refusal as refusal:
        return refused(refusal)
    return redirect(url_for("speaker.sessions"), 303)


@blueprint.post("/my/part/leaving")
@anybody
def leaving() -> Any:
    """Let this browser forget the link."""
    session.pop(KEPT, None)
    return redirect(url_for("public.index"), 303)


def holds_link() -> bool:
    """Say whether this browser holds a link that works."""
    return open_link_of(str(session.get(KEPT, ""))) is not None


def mine() -> Opened:
    """Return what this browser's link opens; each request asks whether it still works."""
    found = open_link_of(str(session.get(KEPT, "")))
    return found or abort(404)


def own_page(template: str, own: Opened, **values: Any) -> str:
    """Render a page of a speaker."""
    token = FlaskForm()
    return render_template(f"public/{template}", week=own.week, own=own, person=own.person, token=token, **values)


def refused(refusal: Refusal, page: str = "speaker.sessions") -> Any:
    """Say on a page of the speaker why something was not done; a link that ended meanwhile is answered as unknown."""
    if refusal.code.endswith("not_found"):
        abort(404)
    flash(sentence(refusal), "no")
    return redirect(url_for(page), 303)


def _days(found: list[Appearance], zone: str) -> list[tuple[Any, list[Appearance]]]:
    placed = [each for each in found if each.place]
    return [(day, list(own)) for day, own in groupby(placed, lambda each: _day(each, zone))]


def _day(each: Appearance, zone: str) -> Any:
    return each.place and local_day(each.place.start, zone)


def _is_waiting(each: Appearance) -> bool:
    if each.place and each.place.end <= now():
        return False
    return each.part.said is None and not each.cancelled and not each.to_be_cancelled
