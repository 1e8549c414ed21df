"""Pictures on the desk: seen by who may read it, published or not."""

from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.images import LARGEST
from eventweek.language import say, sentence
from eventweek.programme.actions.pictures import add_picture, reword_picture
from eventweek.programme.queries.pictures import digest_of, get_picture, map_pictures
from eventweek.scheduling.media import WEBP, ShownFile
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.shared import DeskForm
from eventweek.web.frame import needs
from eventweek.web.public.media import hand_out


@blueprint.get("/pictures/<code>/<int:width>")
@needs(Verb.PROGRAMME_READ)
def picture(code: str, width: int) -> Any:
    """Show a picture in the size that fits a width in pixels."""
    return hand_out(ShownFile("", digest_of(get_picture(code), width), WEBP))


def sent() -> Any:
    """Return what a form sent, its files too; None where nothing was sent."""
    return CombinedMultiDict([request.form, request.files]) if request.form else None


def take_pictures(form: DeskForm) -> None:
    """Take in the files of a form and give pictures their words; a refusal is said beside the control.

    What was taken in stays so when another field is wrong: the form shown again holds its code.
    """
    fields = [field for field in form if isinstance(field, Picture)]
    known = map_pictures([field.data for field in fields if field.data])
    for field in fields:
        field.show(known.get(field.data or ""), typed=request.method == "POST")
        if request.method == "POST":
            _take(field)


def _take(field: Picture) -> None:
    try:
        if field.words.drop.data:
            field.show(None, typed=False)
        elif field.file:
            field.show(add_picture(field.file.stream.read(LARGEST + 1), field.said(), actor=at_work()), typed=True)
        elif field.stored:
            field.show(reword_picture(field.stored.code, field.said(), actor=at_work()), typed=True)
    except Invalid as invalid:
        field.process_errors = [say(error.code, error.facts) for error in invalid.errors]
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        field.process_errors = [sentence(refusal)]
