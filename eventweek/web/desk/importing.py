"""The steps that every kind of file goes through on the desk: sent, looked through, confirmed or left."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for

from eventweek.imports.enums import RUNNING
from eventweek.imports.models import Import
from eventweek.imports.queries import list_brought
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.progress import find_progress
from eventweek.language import sentence
from eventweek.language.workbooks import cure_of
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import page


def sent_file() -> tuple[bytes, str]:
    """Return the bytes and the name of the file that was sent, empty for none."""
    sent = request.files.get("file")
    if sent is None:
        return b"", ""
    with sent.stream:
        return sent.read(), sent.filename or ""


def list_page(template: str, week: Week, model: type[Import], **values: Any) -> str:
    """Offer the way in, and show the last files of a kind."""
    rows = list_brought(model, week.id)
    return page(template, week, rows=rows, names=name_actors([row.actor for row in rows]), **values)


def standing_page(template: str, week: Week, own: Import, **values: Any) -> Response:
    """Show how a file stands; while the worker is at it, the page comes again by itself."""
    running = own.state in RUNNING
    done, total = find_progress(own.file) if own.file and running else (0, 0)
    share = done * 100 // total if total else 0
    answer = Response(page(template, week, own=own, done=done, total=total, share=share, told=cure_of, **values))
    if running:
        answer.headers["Refresh"] = "2"  # without a script
    return answer


def brought(bring: Callable[[], Import], endpoint: str, week: str, again: Callable[[str], str]) -> Any:
    """Keep a file and go on to its page, or show the form `again` with what is wrong.

    Raises: Refusal permission.denied; Invalid.
    """
    try:
        return redirect(url_for(endpoint, week=week, code=bring().code), 303)
    except Refusal as refusal:
        if refusal.code == "permission.denied" or isinstance(refusal, Invalid):
            raise
        return again(sentence(refusal)), 422


def go_on(verb: Callable[..., Import], endpoint: str, week: Week, code: str) -> Any:
    """Do what was asked with a file and show how it stands, or why not.

    Raises: Refusal permission.denied, <noun>.not_found.
    """
    try:
        verb(week.id, code, actor=at_work())
    except Refusal as refusal:
        if refusal.code == "permission.denied" or refusal.code.endswith(".not_found"):
            raise
        flash(sentence(refusal), "no")
    return redirect(url_for(endpoint, week=week.code, code=code), 303)
