"""The API describes itself: OpenAPI 3.1 for programs, one readable page for people, made of the same description."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template
from markupsafe import Markup

from eventweek.api.v1.frame import anybody
from eventweek.api.v1.reading import read
from eventweek.kernel.text import markdown_html

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/openapi.json")
@anybody
def openapi() -> Response:
    """Answer the description."""
    response = Response(json.dumps(description(), ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/docs")
@anybody
def page() -> Response:
    """Show the description to people."""
    reading = read(description())
    response = make_response(render_template("api/docs.html", api=reading, about=Markup(markdown_html(reading.about))))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of this application's API."""
    described: dict[str, Any] = current_app.extensions["eventweek-api"].spec.to_dict()
    return described
