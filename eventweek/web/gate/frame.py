"""What every door page shares: blueprint, the device's key in a cookie, camera and WebAssembly, how a no is said."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request, url_for

from eventweek.checkin.models import Gate
from eventweek.checkin.queries.gates import DeviceFacts, find_gate, get_device
from eventweek.checkin.queries.sessions import DoorSession, find_session
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.status import status_of

blueprint = Blueprint("gate", __name__, url_prefix="/gate")
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Post:
    """Where a device stands: its gate and the session it lets in to."""

    device: DeviceFacts
    gate: Gate
    session: DoorSession


def key_cookie() -> str:
    """Return the name of the cookie that holds the device's key."""
    return "__Host-eventweek-door" if _secure() else "eventweek-door"


def keep_key(response: Response, key: str, seconds: int) -> Response:
    """Let the phone keep the device's key."""
    response.set_cookie(key_cookie(), key, max_age=seconds, secure=_secure(), httponly=True, samesite="Lax")
    return response


def current_device() -> DeviceFacts:
    """Return the device that asks.

    Raises: Refusal device.unknown, device.revoked, device.expired.
    """
    return get_device(request.cookies.get(key_cookie(), ""))


def current_post(gate: str, session: str) -> Post:
    """Return where the device stands by the codes of the address.

    Raises: as `current_device`; Refusal gate.not_found, door.session_not_found.
    """
    device = current_device()
    own, chosen = find_gate(device, gate), find_session(device.week_id, session)
    if own is None:
        raise Refusal("gate.not_found")
    if chosen is None or chosen.venue_code != own.venue.code:
        raise Refusal("door.session_not_found")
    return Post(device, own, chosen)


def post_url(post: Post, endpoint: str = "gate.scanner", *, out: bool = False, rehearsal: bool = False) -> str:
    """Return the address of a page of this post in a mode."""
    mode: dict[str, Any] = ({"kind": "out"} if out else {}) | ({"rehearsal": "1"} if rehearsal else {})
    address: str = url_for(endpoint, gate=post.gate.code, session=post.session.code, **mode)
    return address


def wants_json() -> bool:
    """Say whether the page's script asks, not a form."""
    accepted: str | None = request.accept_mimetypes.best
    return bool(request.is_json) or accepted == "application/json"


@blueprint.errorhandler(Refusal)
def refused(error: Refusal) -> Any:
    """Say a no at the door: to the script as problem+json, else as a night page with the way back."""
    status = status_of(error.code)
    if wants_json():
        answer = jsonify({"status": status, "code": error.code, "detail": sentence(error), **_facts(error)})
        answer.mimetype = "application/problem+json"
        answer.status_code = status
    else:
        answer = make_response(render_template("gate/refused.html", why=sentence(error), code=error.code), status)
    if status == 429:
        answer.headers["Retry-After"] = str(error.facts["seconds"])
    return answer


@blueprint.after_request
def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _facts(error: Refusal) -> dict[str, Any]:
    return {"next": error.facts["next"]} if "next" in error.facts else {}


def _secure() -> bool:
    return urlsplit(str(current_app.extensions["eventweek"].base_url)).scheme == "https"
