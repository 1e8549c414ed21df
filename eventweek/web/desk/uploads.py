"""Files beside sessions on the desk: seen by who may read it, and taken in with the form that holds them."""

from typing import Any

from flask import current_app

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.kernel.uploads import TYPES
from eventweek.language import sentence
from eventweek.programme.actions.attachments import add_attachment
from eventweek.programme.models import Attachment
from eventweek.programme.queries.uploads import get_upload
from eventweek.scheduling.media import ShownFile
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint
from eventweek.web.desk.pictures import LONGEST_REQUEST, show_uploads
from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.uploads import Upload
from eventweek.web.frame import needs
from eventweek.web.public.media import hand_out


@blueprint.get("/attachments/<code>")
@needs(Verb.PROGRAMME_READ)
def attachment(code: str) -> Any:
    """Hand out a file, published or not."""
    own = get_upload(Attachment, code)
    return hand_out(ShownFile("", own.sha256, TYPES[own.kind], own.name))


def largest() -> int:
    """Return how many bytes a file may have."""
    return int(current_app.extensions["eventweek"].upload_mb) * 1_000_000


def longest_request() -> int:
    """Return what a form with pictures and files may weigh: two of the largest files, and the pictures."""
    return LONGEST_REQUEST + 2 * largest()


def show_files(form: RecordForm) -> None:
    """Let each control show the file whose code it holds, all in one read."""
    show_uploads(Attachment, _controls(form))


def take_files(form: RecordForm) -> None:
    """Show the files that stand and take in those that were sent; a refusal is said beside the control.

    What was taken in stays so when another field is wrong: the form shown again holds its code.
    """
    show_files(form)
    for field in _controls(form):
        if not field.file:
            continue
        try:
            content, name = field.read(largest() + 1), field.file.filename or ""
            field.show(add_attachment(content, name, largest=largest(), actor=at_work()))
        except Refusal as refusal:
            if refusal.code == "permission.denied":
                raise
            field.process_errors = [sentence(refusal)]


def _controls(form: RecordForm) -> list[Upload]:
    cells = [cell for rows in form.sets_of_rows() for entry in rows.entries for cell in entry.form]
    return [cell for cell in cells if isinstance(cell, Upload)]
