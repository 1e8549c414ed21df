"""Pictures and files come in here; a session, person, venue, organisation or week then names them by their id."""

from collections.abc import Collection

from flask import Response, current_app, request, url_for

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, refuse_unknown
from eventweek.api.v1.desk.schemas import described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.images import LARGEST
from eventweek.kernel.uploads import TYPES
from eventweek.programme.actions.attachments import add_attachment
from eventweek.programme.actions.pictures import add_picture
from eventweek.programme.models import Attachment, Picture
from eventweek.programme.queries.attachments import get_attachment
from eventweek.programme.queries.pictures import get_picture
from eventweek.programme.rules.subjects import PICTURE

FORM = "multipart/form-data"
AROUND = 100_000
"""Bytes of a request beside its file."""


@blueprint.post("/pictures")
@described_as(
    "Take in a picture, written anew; the same one with the same words is the one that is there",
    "DeskPicture",
    status=201,
    body="DeskPictureNew",
    media=FORM,
)
@needs_key(Verb.PROGRAMME_EDIT)
def picture_create(actor: Actor) -> Response:
    """Take in a picture."""
    content, _name = _sent(LARGEST, PICTURE.fields)
    own = add_picture(content, request.form.to_dict(), actor=actor)
    return _made("desk_api.picture", own.code, _picture(own))


@blueprint.get("/pictures/<code>")
@described_as("Show what a picture is", "DeskPicture")
@needs_key(Verb.PROGRAMME_READ)
def picture(_actor: Actor, code: str) -> Response:
    """Answer a picture's words and sizes."""
    return private(told(_picture(get_picture(code))))


@blueprint.post("/attachments")
@described_as(
    "Take in a file as it is; the same one under the same name is the one that is there",
    "DeskAttachment",
    status=201,
    body="DeskAttachmentNew",
    media=FORM,
)
@needs_key(Verb.PROGRAMME_EDIT)
def attachment_create(actor: Actor) -> Response:
    """Take in a file."""
    largest = int(current_app.extensions["eventweek"].upload_mb) * 1_000_000
    content, name = _sent(largest, ())
    own = add_attachment(content, name, largest=largest, actor=actor)
    return _made("desk_api.attachment", own.code, _attachment(own))


@blueprint.get("/attachments/<code>")
@described_as("Show what a file is", "DeskAttachment")
@needs_key(Verb.PROGRAMME_READ)
def attachment(_actor: Actor, code: str) -> Response:
    """Answer a file's name, type and size."""
    return private(told(_attachment(get_attachment(code))))


def _sent(largest: int, words: Collection[str]) -> tuple[bytes, str]:
    """Return content and name of the one file that is sent, beside no other words than these.

    Raises: Refusal request.form; Invalid json.unknown, field.required.
    """
    if request.mimetype != FORM:
        raise Refusal("request.form")
    request.max_content_length = largest + AROUND
    refuse_unknown(request.form, words)
    refuse_unknown(request.files, ("file",))
    file = request.files.get("file")
    if file is None:
        raise Invalid([FieldError("file", "field.required")])
    content = file.stream.read(largest + 1)
    file.close()
    return content, file.filename or ""


def _made(endpoint: str, code: str, body: Facts) -> Response:
    response = private(told(body), 201)
    response.headers["Location"] = url_for(endpoint, code=code)
    return response


def _picture(own: Picture) -> Facts:
    words = {name: getattr(own, name) for name in PICTURE.fields}
    sizes = [{"width": each.width, "height": each.height, "bytes": each.size} for each in own.renditions]
    return {"id": own.code, **words, "sizes": sizes, "uploaded_at": own.created_at}


def _attachment(own: Attachment) -> Facts:
    told_of = {"id": own.code, "name": own.name, "content_type": TYPES[own.kind], "bytes": own.size}
    return {**told_of, "uploaded_at": own.created_at}
