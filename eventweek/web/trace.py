"""One number and one log line per request: the route, never the path, because addresses can hold tokens."""

import logging
import time

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from eventweek.kernel.tokens import random_code
from eventweek.web.frame import language

_log = logging.getLogger("eventweek.request")


def init_trace(app: Flask) -> None:
    """Number each request before anything else looks at it; the number is ours, never taken from outside."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id, g.began = random_code(12), time.perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        bind_contextvars(
            method=request.method,
            route=str(request.url_rule or "none"),
            language=language(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
        )
        _log.info("request")
        clear_contextvars()
    return response
