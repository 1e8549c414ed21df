"""The pass: shown on its owner's device, exchanged from the owner's link, silent to strangers."""

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.privacy.queries import find_erased
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.enums import State
from eventweek.registration.models import Pass
from eventweek.registration.passes import short_code_of, token_of
from eventweek.registration.queries import find_pass_by_manage_token, find_pass_by_token, list_registrations
from eventweek.ticketing import qr
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import base_url


@blueprint.get("/m/<token>")
@anybody
def exchange(token: str) -> Any:
    """Exchange the owner's link for the device's memory; the token stays in no address."""
    limited("pass.link", "120/minute", request.remote_addr or "")
    own = find_pass_by_manage_token(token)
    if own is None and find_erased(token):
        return unseen(render_template("public/erased.html", week=find_current_week()), 410)
    if own is None:
        return unseen(render_template("public/link_unknown.html", week=find_current_week()), 404)
    answer: Any = redirect(url_for("mine.my_week", of=own.code), 303)
    return unseen(device.remember(answer, own))


@blueprint.get("/T/<token>")
@blueprint.get("/t/<token>")
@anybody
def token(token: str) -> Any:
    """Answer the address in a QR: its owner's device sees the pass, anybody else only that it is one."""
    limited("pass.page", "300/minute", request.remote_addr or "")
    found = find_pass_by_token(token)
    if found is None:
        return unseen(render_template("public/pass_stranger.html", week=find_current_week(), status="unknown"), 404)
    if found.status == "active" and device.own_pass(found.own.code):
        return unseen(redirect(url_for("mine.show_pass", of=found.own.code), 303))
    week = get_week(found.own.week_id)
    return unseen(render_template("public/pass_stranger.html", week=week, status=found.status))


@blueprint.get("/my/pass")
@anybody
def show_pass() -> Any:
    """Show the pass of one person of this device, with what comes next."""
    passes = device.own_passes()
    own = device.chosen(passes, request.args.get("of", ""))
    if own is None:
        return render_template("public/my_nobody.html", week=find_current_week())
    held = list_registrations(own.id)
    ahead = [(f, s) for f in held if f.sure for s in f.sessions if s.end > now() and not s.cancelled]
    page = render_template(
        "public/pass.html",
        week=get_week(own.week_id),
        own=own,
        held=passes,
        short=_grouped(_short(own)),
        ahead=sorted(ahead, key=lambda pair: (pair[1].start, pair[1].code)),
        offered=[facts for facts in held if facts.state == State.OFFERED],
        waiting=[facts for facts in held if facts.state == State.WAITLISTED],
        reviewed=[facts for facts in held if facts.state in (State.APPLIED, State.RETURNED)],
    )
    return unseen(page)


@blueprint.get("/my/pass.png")
@anybody
def pass_png() -> Response:
    """Draw the QR of a pass of this device, to be shown, kept or printed."""
    own = device.own_pass(request.args.get("of", "")) or abort(404)
    headers = {}
    if "download" in request.args:
        headers["Content-Disposition"] = f"attachment; filename=pass-{own.code}.png"
    picture = Response(qr.pass_png(qr.pass_address(base_url(), token_of(own))), mimetype="image/png", headers=headers)
    return unseen(picture)


def _short(own: Pass) -> str:
    try:
        return short_code_of(own)
    except Refusal:
        return ""


def _grouped(code: str) -> str:
    return " ".join(code[n : n + 4] for n in range(0, len(code), 4))


def unseen(page: Any, status: int = 200) -> Response:
    """Keep an answer about a token out of caches and out of what the next site is told."""
    answer = make_response(page) if isinstance(page, Response) else make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
