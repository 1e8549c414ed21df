"""What a visitor's own device remembers, signed and out of scripts' reach: passes it was shown, sessions it picked."""

from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, request, session
from itsdangerous import BadData, URLSafeSerializer

from eventweek.kernel.tokens import random_code
from eventweek.registration.models import Pass
from eventweek.registration.queries import find_pass_by_code
from eventweek.web.public.frame import base_url

MOST_PASSES = 8
LIFE_S = 200 * 24 * 3600
LONGEST_BASKET = 20
MOST_INVITATIONS = 10


def own_passes() -> list[Pass]:
    """Return the active passes of this device, oldest first; one whose code was renewed elsewhere is forgotten."""
    found = [(find_pass_by_code(code), epoch) for code, epoch in _known().items()]
    return [own for own, epoch in found if own and own.status == "active" and active_epoch(own) == epoch]


def own_pass(code: str = "") -> Pass | None:
    """Return the device's pass of that code, the newest without one; None where the device does not hold it."""
    return chosen(own_passes(), code)


def chosen(held: list[Pass], code: str) -> Pass | None:
    """Return the pass of that code among those of the device, the newest without one."""
    return next((own for own in held if own.code == code), None) if code else (held[-1] if held else None)


def remember(response: Response, *passes: Pass) -> Response:
    """Let the device hold passes; the last one is shown first."""
    codes = {own.code for own in passes}
    known = {code: epoch for code, epoch in _known().items() if code not in codes}
    known |= {own.code: active_epoch(own) for own in passes}
    return _write(response, dict(list(known.items())[-MOST_PASSES:]))


def forget(response: Response, code: str) -> Response:
    """Take a pass from the device."""
    return _write(response, {known: epoch for known, epoch in _known().items() if known != code})


def active_epoch(own: Pass) -> int:
    """Return the epoch of the pass's active token, 0 without one."""
    return next((token.epoch for token in own.tokens if token.status == "active"), 0)


def basket(week: str) -> list[str]:
    """Return the codes of the sessions that this browser picked in a week."""
    return list(session.get("basket", {}).get(week, []))


def fill_basket(week: str, codes: list[str]) -> None:
    """Keep what this browser picked, in the order of picking."""
    session["basket"] = {**session.get("basket", {}), week: list(dict.fromkeys(codes))[:LONGEST_BASKET]}


def online(week: str) -> list[str]:
    """Return the codes of the sessions in which this browser wants to take part on line."""
    return list(session.get("online", {}).get(week, []))


def choose_online(week: str, codes: list[str]) -> None:
    """Keep in which of the picked sessions this browser wants to take part on line."""
    kept = [code for code in dict.fromkeys(codes) if code in basket(week)]
    if kept or online(week):
        session["online"] = {**session.get("online", {}), week: kept}


def invitations(week: str) -> list[str]:
    """Return the own codes of the invitations whose links this browser opened in a week, the oldest first."""
    return list(session.get("invited", {}).get(week, []))


def accept_invitation(week: str, code: str) -> None:
    """Keep that this browser holds an invitation; what it opens is asked of the database each time."""
    kept = [known for known in invitations(week) if known != code] + [code]
    session["invited"] = {**session.get("invited", {}), week: kept[-MOST_INVITATIONS:]}


def led() -> list[str]:
    """Return the codes of the groups whose leader's link this browser opened."""
    return list(session.get("led", []))


def lead(code: str) -> None:
    """Keep that this browser may see and change a group."""
    session["led"] = [*(known for known in led() if known != code), code][-MOST_INVITATIONS:]


def is_known() -> bool:
    """Say whether this browser has picked sessions or holds a pass, as our own signature says."""
    return any(session.get("basket", {}).values()) or bool(_known())


def browser() -> str:
    """Return a random name of this browser, by which requests are counted; it says nothing about the person."""
    if "browser" not in session:
        session["browser"] = random_code(16)
    return str(session["browser"])


def is_from_our_page() -> bool:
    """Say whether a form was sent from a page of ours: pages without a cookie carry no token, so its origin speaks."""
    sent = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sent).netloc in (request.host, urlsplit(base_url()).netloc)


def _known() -> dict[str, int]:
    text = request.cookies.get(_name(), "")
    try:
        value: Any = _signer().loads(text) if text else {}
    except BadData:
        return {}
    return cast(dict[str, int], value) if isinstance(value, dict) else {}


def _write(response: Response, known: dict[str, int]) -> Response:
    secure = base_url().startswith("https://")
    if known:
        text = _signer().dumps(known)
        response.set_cookie(_name(), text, max_age=LIFE_S, secure=secure, httponly=True, samesite="Lax", path="/")
    else:
        response.delete_cookie(_name(), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def _name() -> str:
    return "__Host-eventweek-mine" if base_url().startswith("https://") else "eventweek-mine"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="eventweek/mine/1")
