"""Kept files that browsers open as a page."""

from flask import Response, request

from eventweek.kernel import files
from eventweek.kernel.documents import PDF

READER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""What browsers' own PDF readers need; nothing in the file runs."""


def open_pdf(digest: str, name: str) -> Response:
    """Answer a kept PDF as a page, which WeChat and phones can open; `name`: for whoever saves it.

    Raises: Refusal file.not_found.
    """
    content = files.read(digest)
    response = show_pdf(content, name)
    response.set_etag(digest)
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def show_pdf(content: bytes, name: str) -> Response:
    """Answer a PDF as a page; `name`: for whoever saves it."""
    response = Response(content, mimetype=PDF)
    response.headers["Content-Disposition"] = f"inline; filename={name}"
    response.headers["Content-Security-Policy"] = READER
    return response
