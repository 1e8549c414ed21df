"""Pictures on the desk: seen by who may read it, published or not, and taken in with the form that holds them."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.images import LARGEST
from eventweek.language import say, sentence
from eventweek.programme import models
from eventweek.programme.actions.pictures import add_picture, reword_picture
from eventweek.programme.queries.pictures import digest_of
from eventweek.programme.queries.uploads import get_upload, map_uploads
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Ref
from eventweek.scheduling.media import WEBP, ShownFile
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.shared import DeskForm
from eventweek.web.forms.uploads import Upload
from eventweek.web.frame import needs
from eventweek.web.public.media import hand_out

F = TypeVar("F", bound=DeskForm)
LONGEST_REQUEST = 24 * 1024 * 1024
"""What a form with two pictures may weigh: one a little too large is refused beside its control, all else kept."""


@blueprint.get("/pictures/<code>/<int:width>")
@needs(Verb.PROGRAMME_READ)
def picture(code: str, width: int) -> Any:
    """Show a picture in the size that fits a width in pixels."""
    return hand_out(ShownFile("", digest_of(get_upload(models.Picture, code), width), WEBP))


def has_pictures(subject: Subject) -> bool:
    """Say whether a form of this subject takes pictures."""
    return Ref("picture") in subject.fields.values()


def sent() -> Any:
    """Return what a form sent, its files too; None where nothing was sent."""
    return CombinedMultiDict([request.form, request.files]) if request.form else None


def show_pictures(form: F) -> F:
    """Let each control show the picture whose code it holds, all in one read; return the form."""
    show_uploads(models.Picture, _controls(form))
    return form


def show_uploads(model: type[models.Picture] | type[models.Attachment], fields: Sequence[Upload]) -> None:
    """Let each of these controls show what its code names, all in one read."""
    known = map_uploads(model, [field.data for field in fields if field.data]) if fields else {}
    for field in fields:
        field.show(known.get(field.data or ""))


def take_pictures(form: DeskForm) -> None:
    """Show the pictures that stand, take in the files that were sent; a refusal is said beside the control.

    What was taken in stays so when another field is wrong: the form shown again holds its code.
    """
    for field in _controls(show_pictures(form)):
        if not field.typed:
            continue
        try:
            _take(field)
        except Invalid as invalid:
            field.process_errors = [say(error.code, error.facts) for error in invalid.errors]
        except Refusal as refusal:
            if refusal.code == "permission.denied":
                raise
            field.process_errors = [sentence(refusal)]


def _controls(form: DeskForm) -> list[Picture]:
    return [field for field in form if isinstance(field, Picture)]


def _take(field: Picture) -> None:
    if field.words.drop.data:
        field.clear()
    elif field.file:
        field.show(add_picture(field.read(LARGEST + 1), field.said(), actor=at_work()))
    elif field.stored:
        field.show(reword_picture(field.stored.code, field.said(), actor=at_work()))
    elif any(field.said().values()):
        field.process_errors = [_("写了说明，还没有选图片。选一张，或把说明清空。")]
