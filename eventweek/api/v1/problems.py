"""Every "no" of the API: problem+json (RFC 9457) with a code, a sentence, errors at fields and the request's id."""

import json
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, request
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException, SecurityError

from eventweek.api.v1.values import told
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say
from eventweek.language.status import status_of

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "request.bad",
    401: "token.missing",
    404: "request.not_found",
    405: "request.method",
    406: "request.accept",
    413: "request.too_large",
    415: "request.media_type",
    429: "limit.reached",
}
STATUS = {
    "token.missing": 401,
    "token.unknown": 401,
    "key.unknown": 401,
    "device.unknown": 401,
    "device.revoked": 401,
    "device.expired": 401,
    "idempotency.key": 400,
    "request.form": 415,
    "request.media_type": 415,
    "request.json": 400,
    "request.encoding": 400,
    "precondition.missing": 428,
    "version.stale": 412,
    "release.overtaken": 412,
    "incident.changed": 412,
}


def answer(error: Exception) -> Any:
    """Return the problem of an error; an unknown one is logged under the request's id."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, HTTPException):
        return _http(error)
    current_app.logger.exception("fault %s", g.get("request_id", ""))
    return problem(500, "server.fault", {})


def problem(
    status: int, code: str, facts: dict[str, Any], errors: list[dict[str, str]] | None = None, **more: Any
) -> Response:
    """Return a problem in the language that the client prefers; it is never stored."""
    language = reader()
    body: dict[str, Any] = {"status": status, "code": code, "detail": spoken(code, facts)}
    body |= {"title": _title(status), "errors": errors or [], "request_id": g.get("request_id", "")}
    body |= more
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    return response


def spoken(code: str, facts: dict[str, Any]) -> str:
    """Return the sentence of a code in the language that the client prefers."""
    with in_words():
        return say(code, facts)


def in_words() -> AbstractContextManager[None]:
    """Let words be in the language that the client prefers."""
    locale: AbstractContextManager[None] = force_locale("en" if reader() == "en" else "zh_Hans_CN")
    return locale


def errors_of(refusal: Refusal) -> list[dict[str, str]]:
    """Return what a refusal says at fields, in the language that the client prefers."""
    at_fields = refusal.errors if isinstance(refusal, Invalid) else ()
    return [{"field": one.field, "code": one.code, "detail": spoken(one.code, one.facts)} for one in at_fields]


def reader() -> str:
    """Return the language that the client prefers: `zh-CN` or `en`."""
    return request.accept_languages.best_match(["zh-CN", "en"], default="zh-CN") or "zh-CN"


def _title(status: int) -> str:
    return HTTPStatus(status).phrase


def _refused(refusal: Refusal) -> Response:
    status = STATUS.get(refusal.code) or status_of(refusal.code)
    differing = {"fields": told(refusal.facts.get("fields", []))} if refusal.code == "version.stale" else {}
    response = problem(status, refusal.code, refusal.facts, errors_of(refusal), **differing)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "seconds" in refusal.facts:
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, SecurityError):
        return problem(400, "request.host", {})
    status = error.code or 500
    facts = {"longest": (request.max_content_length or 0) // 1_000_000} if status == 413 else {}
    response = problem(status, CODES.get(status, "request.bad" if status < 500 else "server.fault"), facts)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
