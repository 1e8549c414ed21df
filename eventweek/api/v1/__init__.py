"""Version 1 of the API: programme, registrations, scans, the desk, and its own description."""

from typing import Any

from flask import Flask

from eventweek.api.v1 import (
    affected,
    asking,
    certificates,
    contacts,
    desk,
    docs,
    groups,
    manifest,
    privacy,
    problems,
    programme,
    receipts,
    registration,
    scans,
    strikes,
    texts,
)
from eventweek.api.v1.frame import Interface

PREFIX = "/api/v1"
RESOURCES = (
    programme.blueprint,
    texts.blueprint,
    registration.blueprint,
    groups.blueprint,
    contacts.blueprint,
    affected.blueprint,
    strikes.blueprint,
    asking.blueprint,
    privacy.blueprint,
    certificates.blueprint,
    scans.blueprint,
    manifest.blueprint,
    receipts.blueprint,
    desk.blueprint,
)
OVERVIEW = """The programme, registrations and scans of an innovation week.

Texts are pairs `{"zh": …, "en": …}`; instants are UTC (`2026-10-15T01:30:00Z`), days and filters are local to the zone
of the week. A "no" is `application/problem+json` (RFC 9457) with a stable `code`, a sentence in the language of
`Accept-Language` (Chinese or English), `errors` at their fields and the id of the request. No cookies, no CORS: call it
from a server or a device, not from the page of another site.

What lies under `/api/v1/desk` is the working side: drafts, masters, releases. It asks for an API key, made at the
desk; the rest of the API tells published things only. A change names the version it was made for: `If-Match` with the
ETag that was read (428 without, 412 with `fields` where somebody was faster); `*` is whatever stands. What may not be
there yet takes `If-None-Match: *`, what makes something new an `Idempotency-Key`. Users, keys, and founding or deleting
an edition are not here: they stay with people who sign in."""


def init_app(app: Flask) -> None:
    """Hang the API on the application; its blueprints read no cookie, so they need no CSRF token."""
    app.config.update(API_TITLE="eventweek", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    interface = Interface(app, spec_kwargs={"info": {"description": OVERVIEW}})
    desk.describe(interface.spec)
    for resource in RESOURCES:
        interface.register_blueprint(resource, url_prefix=PREFIX + (resource.url_prefix or ""))
        app.extensions["csrf"].exempt(resource)
    app.extensions["eventweek-api"] = interface
    app.register_blueprint(docs.blueprint, url_prefix=PREFIX)


def answer(error: Exception) -> Any:
    """Answer any error of a request under /api as a problem."""
    return problems.answer(error)
