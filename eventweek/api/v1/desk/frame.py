"""What every resource of the desk shares: the key and what it may do, what is sent, and which version it was made for.

A view of the desk declares the verb that it needs and receives who acts, and the week of its address as a row:

    @blueprint.patch("/weeks/<week>/things/<code>")
    @needs_key(Verb.PROGRAMME_EDIT)
    def thing_edit(actor, week, code):
        edit_thing(week.id, code, sent(), version=seen_version(), actor=actor)
"""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import wraps
from types import MappingProxyType
from typing import Any

from flask import Response, g, request, url_for

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can, require
from eventweek.api.v1.frame import Blueprint, bearer, private, read_json
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.actions import once
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.programme.actions.keys import note_use
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.keys import Bearer, find_bearer
from eventweek.programme.rules.values import shown

blueprint = Blueprint("desk_api", __name__, url_prefix="/desk")
Facts = dict[str, Any]
View = Callable[..., Response]
PAGE_SIZE, LARGEST_PAGE, LAST_PAGE = 50, 200, 100_000
_TAG = re.compile(r"(\d{1,9})-[0-9a-f]{8}")


def needs_key(verb: Verb) -> Callable[[View], View]:
    """Declare that a view needs a key whose role allows this in the week of its address (without one: in its week).

    Other weeks than the key's own answer like weeks that do not exist. The action asks again.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**address: Any) -> Response:
            actor = _caller().actor
            if "week" in address:
                address["week"] = _edition(actor, address["week"])
                require(actor, verb, address["week"].id)
            require(actor, verb)
            return view(actor, **address)

        guarded.access, guarded.verb = "key", verb  # type: ignore[attr-defined]
        return guarded

    return declare


def at_work() -> Bearer:
    """Return the key of this request, which `needs_key` has asked for."""
    found: Bearer = g.desk_key
    return found


def sent(*more: str, fields: Collection[str] | None = None) -> Facts:
    """Return the object that is sent; with `fields`, one that names no others than those and `more`.

    Raises: Refusal request.media_type, request.json, request.encoding; Invalid json.type, json.unknown.
    """
    value = read_json(request)
    if not isinstance(value, dict):
        raise Invalid([FieldError("body", "json.type")])
    if fields is not None:
        refuse_unknown(value, {*fields, *more})
    return value


def text(value: Mapping[str, object], name: str) -> str:
    """Return a text of what was sent, empty where it is left out.

    Raises: Invalid json.type.
    """
    own = value.get(name, "")
    if not isinstance(own, str):
        raise Invalid([FieldError(name, "json.type")])
    return own


def asked(*known: str) -> dict[str, str]:
    """Return what the address asks for; the page is read by `window`.

    Raises: Invalid json.unknown, naming what we do not know.
    """
    refuse_unknown(request.args, {*known, "page", "page_size"})
    return {name: value for name, value in request.args.items() if name in known}


def instant(given: Mapping[str, str], name: str) -> datetime | None:
    """Return a time of the query, None where it is not asked for.

    Raises: Invalid json.instant.
    """
    if name not in given:
        return None
    try:
        at = datetime.fromisoformat(given[name][:40])
    except ValueError:
        at = datetime.max
    if at.tzinfo is None or not 2000 <= at.year <= 2099:
        raise Invalid([FieldError(name, "json.instant")])
    return at


def paged(
    read: Callable[[Callable[[int], tuple[int, int]]], Any],
    shape: Callable[[Any], Facts],
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Answer one page of a list; `read` takes what gives offset and limit for a total, and returns rows and total."""
    number, size = _number("page", 1, LAST_PAGE), _number("page_size", PAGE_SIZE, LARGEST_PAGE)
    found = read(lambda _total: ((number - 1) * size, size))
    place = {"page": number, "page_size": size, "pages": -(-found.total // size), "total": found.total}
    return private({"items": [shape(row) for row in found.rows], **place, **beside})


def record(body: Facts, version: int, status: int = 200) -> Response:
    """Answer one record with its ETag: the version that a change must name, and what it says (RFC 9110, 8.8.3)."""
    response = private(told(body), status)
    digest = hashlib.sha256(response.data).hexdigest()[:8]
    response.set_etag(f"{version}-{digest}")
    if status == 200:
        response.make_conditional(request)
    return response


def done() -> Response:
    """Answer a deletion."""
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def seen_version() -> int | None:
    """Return the version that If-Match names; None for `*`: whatever stands. -1, which fits none, for any other tag.

    Versions only rise, so of several the highest counts. A weak tag fits nothing (RFC 9110, 13.1.1).
    Raises: Refusal precondition.missing.
    """
    if not request.headers.get("If-Match", "").strip():
        raise Refusal("precondition.missing")
    if request.if_match.star_tag:
        return None
    tags = (_TAG.fullmatch(tag) for tag in request.if_match.as_set())
    return max((int(tag[1]) for tag in tags if tag), default=-1)


def refuse_stale(seen: int | None, stands: int) -> None:
    """Let a change go on that was made for the version that stands, or for whatever stands (None).

    Raises: Refusal version.stale.
    """
    if seen not in (None, stands):
        raise Refusal("version.stale", fields=[], version=stands)


def is_for_absent() -> bool:
    """Say whether the request shall only make what is not there yet: `If-None-Match: *`."""
    return request.if_none_match.star_tag


def created(
    body: Facts, endpoint: str, produce: Callable[[], str], show: Callable[[str], Response], **address: Any
) -> Response:
    """Make something once per Idempotency-Key and answer it as it stands; `produce` returns its code.

    Raises: Refusal idempotency.key, idempotency.mismatch, and what `produce` raises.
    """
    code: str = once_by_key(body, produce)
    response = show(code)
    response.status_code = 201
    response.headers["Location"] = url_for(endpoint, **address, code=code)
    return response


def once_by_key(body: Facts, produce: Callable[[], Any]) -> Any:
    """Return what `produce` returned for the first request with this Idempotency-Key; it is called at most once.

    Raises: Refusal idempotency.key, idempotency.mismatch, and what `produce` raises.
    """
    key = request.headers.get("Idempotency-Key", "")
    return once(f"desk:{at_work().facts.code}", key, [request.path, body], produce)


def _caller() -> Bearer:
    """Return the working key of the request, and note its use.

    Raises: Refusal token.missing, key.unknown, limit.reached.
    """
    secret = bearer()
    limited("api.desk.peer", "1200/minute", request.remote_addr or "")
    found = find_bearer(secret)
    if found is None:
        raise Refusal("key.unknown")
    limited("api.desk", "600/minute", found.facts.code)
    note_use(found, request.headers.get("User-Agent", ""))
    g.desk_key = found
    return found


def _edition(actor: Actor, code: str) -> Week:
    week = find_week(code)
    if week is None or not any(can(actor, verb, week.id) for verb in (Verb.PROGRAMME_READ, Verb.PROPOSALS_READ)):
        raise Refusal("week.not_found")
    return week


def refuse_unknown(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Let the request go on that names nothing else.

    Raises: Invalid json.unknown.
    """
    unknown = [FieldError(shown(name), "json.unknown") for name in given if name not in known]
    if unknown:
        raise Invalid(unknown)


def _number(name: str, usual: int, most: int) -> int:
    given = request.args.get(name, str(usual))
    if not (given.isascii() and given.isdigit()):
        raise Invalid([FieldError(name, "json.type")])
    if len(given) > 9 or not 1 <= int(given) <= most:
        raise Invalid([FieldError(name, "json.range")])
    return int(given)
