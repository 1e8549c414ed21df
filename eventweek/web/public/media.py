"""Files of the published programme, each at an address of its own that never changes what it says."""

from typing import Any

from flask import Response, request, send_file, url_for

from eventweek.kernel import files
from eventweek.kernel.errors import Refusal
from eventweek.kernel.uploads import disposition
from eventweek.language.words import ATTACHMENT_KINDS
from eventweek.programme.models import Week
from eventweek.scheduling.media import WEBP, ShownFile, attachment_name, picture_name
from eventweek.scheduling.queries.media import get_public_file
from eventweek.scheduling.snapshot import picture_facts
from eventweek.web.frame import anybody, language
from eventweek.web.public.frame import base_url, blueprint

KEPT = 86_400
"""Seconds for which caches may keep a file: what is withdrawn, such as a portrait, is gone from them in a day."""
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


blueprint.add_app_template_filter(attachment_name)


@blueprint.get("/media/<name>")
@anybody
def media(name: str) -> Response:
    """Hand out a file that a published session shows."""
    found = get_public_file(name)
    response = hand_out(found)
    response.cache_control.public = True
    response.cache_control.max_age = KEPT
    response.cache_control.immutable = True
    return response


def hand_out(found: ShownFile) -> Response:
    """Return a kept file under its own type, in a sandbox; what is no picture is saved, never opened, by browsers."""
    try:
        response = send_file(files.path_of(found.sha256), mimetype=found.content_type, etag=found.sha256)
    except FileNotFoundError:  # a database restored without its files
        raise Refusal("file.not_found") from None
    response.content_type = found.content_type
    response.headers.pop("Last-Modified", None)
    response.headers["Content-Security-Policy"] = SANDBOX
    if found.content_type != WEBP:
        response.headers["Content-Disposition"] = disposition(found.title)
    return response


@blueprint.app_template_global("media_url")
def media_url(name: str) -> str:
    """Return the address of a file, the same in each language."""
    return url_for("public.media", name=name).removeprefix(request.script_root)


@blueprint.app_template_filter("picture_sizes")
def picture_sizes(picture: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sizes of a published picture with their addresses, the smallest first."""
    return [size | {"href": media_url(picture_name(size["file"]))} for size in picture["sizes"]]


@blueprint.app_template_global("attachment_kind")
def attachment_kind(file: dict[str, str]) -> str:
    """Return what a file is, in the page's language."""
    return str(ATTACHMENT_KINDS[file["kind"]])


@blueprint.app_template_filter("size")
def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1_000_000:.1f} MB"


@blueprint.app_template_filter("is_upright")
def is_upright(picture: dict[str, Any]) -> bool:
    """Say whether a picture is higher than wide."""
    largest = picture["sizes"][-1]
    return bool(largest["height"] > largest["width"])


@blueprint.app_template_global("logo_of")
def logo_of(week: Week | None) -> dict[str, Any] | None:
    """Return the logo of a week as snapshots hold pictures, None where it has none."""
    return picture_facts(week.logo) if week and week.logo else None


@blueprint.app_template_filter("picture_words")
def picture_words(picture: dict[str, Any], otherwise: str) -> str:
    """Return the words for those who cannot see the picture: its own, else those given."""
    alt = picture["alt"]
    own, other = (alt["en"], alt["zh"]) if language() == "en" else (alt["zh"], alt["en"])
    return str(own or other or otherwise)


@blueprint.app_template_filter("picture_absolute")
def picture_absolute(picture: dict[str, Any]) -> str:
    """Return the address of the largest size for the world."""
    return f"{base_url()}{picture_sizes(picture)[-1]['href']}"
