"""Pictures and files come in here; a session, person, venue, organisation or week then names them by their id."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

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
from eventweek.programme.queries.uploads import get_upload
from eventweek.programme.rules.subjects import PICTURE

FORM = "multipart/form-data"
AROUND = 100_000
"""Bytes of a request beside its file."""


@dataclass(frozen=True)
class Kind:
    """What is taken in: the model, the words sent beside its file, what takes it in and what is told of it."""

    model: type[Picture] | type[Attachment]
    made: str
    shown: str
    words: Collection[str]
    largest: Callable[[], int]
    add: Callable[[bytes, str, Actor], Any]
    tell: Callable[[Any], Facts]


def _hang(kind: Kind) -> None:
    """Hang the two addresses of a kind on the API."""
    noun, shape = kind.model.__name__.lower(), f"Desk{kind.model.__name__}"

    @described_as(kind.made, shape, status=201, body=f"{shape}New", media=FORM)
    @needs_key(Verb.PROGRAMME_EDIT)
    def create(actor: Actor) -> Response:
        content, name = sent_file(kind.largest(), kind.words)
        own = kind.add(content, name, actor)
        response = private(told(kind.tell(own)), 201)
        response.headers["Location"] = url_for(f"desk_api.{noun}", code=own.code)
        return response

    @described_as(kind.shown, shape)
    @needs_key(Verb.PROGRAMME_READ)
    def show(_actor: Actor, code: str) -> Response:
        return private(told(kind.tell(get_upload(kind.model, code))))

    blueprint.add_url_rule(f"/{noun}s", f"{noun}_create", create, methods=["POST"])
    blueprint.add_url_rule(f"/{noun}s/<code>", noun, show, methods=["GET"])


def sent_file(largest: int, words: Collection[str]) -> tuple[bytes, str]:
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


def _picture(own: Picture) -> Facts:
    words = {name: getattr(own, name) for name in PICTURE.fields}
    sizes = [{"width": each.width, "height": each.height, "bytes": each.size} for each in own.renditions]
    return {"id": own.code, **words, "sizes": sizes, "uploaded_at": own.created_at}


def _attachment(own: Attachment) -> Facts:
    told_of = {"id": own.code, "name": own.name, "content_type": TYPES[own.kind], "bytes": own.size}
    return {**told_of, "uploaded_at": own.created_at}


def largest_file() -> int:
    """Return how many bytes a file may have."""
    return int(current_app.extensions["eventweek"].upload_mb) * 1_000_000


_hang(
    Kind(
        model=Picture,
        made="Take in a picture, written anew; the same one with the same words is the one that is there",
        shown="Show what a picture is",
        words=PICTURE.fields,
        largest=lambda: LARGEST,
        add=lambda content, _name, actor: add_picture(content, request.form.to_dict(), actor=actor),
        tell=_picture,
    )
)
_hang(
    Kind(
        model=Attachment,
        made="Take in a file as it is; the same one under the same name is the one that is there",
        shown="Show what a file is",
        words=(),
        largest=largest_file,
        add=lambda content, name, actor: add_attachment(content, name, largest=largest_file(), actor=actor),
        tell=_attachment,
    )
)
