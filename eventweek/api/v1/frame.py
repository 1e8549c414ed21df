"""What every resource shares: how input is read, how it is described, how a public answer is revalidated."""

import hashlib
import json
import math
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Request, Response, current_app, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema as MarshmallowSchema
from marshmallow import ValidationError, fields
from webargs.flaskparser import FlaskParser

from eventweek.api.v1.problems import MEDIA_TYPE
from eventweek.kernel.errors import FieldError, Invalid, Refusal

View = TypeVar("View", bound=Callable[..., Any])
DEEPEST = 20


def anybody(view: View) -> View:
    """Declare that anybody may call this; what a token or a key opens, the view asks for itself."""
    view.access = "anybody"  # type: ignore[attr-defined]
    return view


class Schema(MarshmallowSchema):
    """A shape whose complaints are codes of our catalogue; unknown fields are refused."""

    error_messages = {"unknown": "json.unknown", "type": "json.type"}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Let each field complain in codes, and what a list or an object holds."""
        known = {"required": "json.required", "null": "json.required"}
        field_obj.error_messages = {name: known.get(name, "json.type") for name in field_obj.error_messages}
        inside = [field_obj.inner] if isinstance(field_obj, fields.List) else []
        if isinstance(field_obj, fields.Dict):
            inside = [own for own in (field_obj.key_field, field_obj.value_field) if own]
        for own in inside:
            self.on_bind_field(field_name, own)


class Problem(Schema):
    """A refusal (RFC 9457)."""

    status = fields.Integer(required=True)
    title = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "stable, for programs"})
    detail = fields.String(required=True, metadata={"description": "what is wrong and what to do, for people"})
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)
    request_id = fields.String(required=True)
    fields_ = fields.List(
        fields.Dict(keys=fields.String(), values=fields.Raw()),
        data_key="fields",
        metadata={"description": "where the caller was not the first: field, mine, theirs"},
    )


class Interface(Api):  # type: ignore[misc]
    """The described API; errors are answered by `problems`, not here."""

    ERROR_SCHEMA = Problem
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_error_handlers(self) -> None:
        """Leave the application's handlers alone."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_pagination_header(self) -> None:
        """Describe no header: a list says where it stands in its body."""

    def _register_doc_blueprint(self) -> None:
        """Leave the description to `docs`."""


class Parser(FlaskParser):
    """Reads JSON as we mean it: a UTF-8 object of finite numbers and whole characters, not nested without end."""

    def _raw_load_json(self, req: Request) -> Any:
        return read_json(req)

    def handle_error(
        self, error: ValidationError, req: Request, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        """Refuse with every complaint at its field."""
        raise Invalid([FieldError(field, code) for field, code in complaints(error)])


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """A described resource."""

    ARGUMENTS_PARSER = Parser()
    PAGINATION_HEADER_NAME = None

    def arguments(self, schema: Any, **options: Any) -> Any:
        """Read a request by one schema; a class is made into one here, not anew for each request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


def complaints(error: ValidationError) -> list[tuple[str, str]]:
    """Return field and code of each complaint; a field inside is written `items.0.seats`, the whole is `body`."""
    found: list[tuple[str, str]] = []

    def walk(messages: Any, path: tuple[str, ...]) -> None:
        if isinstance(messages, dict):
            for name, inner in messages.items():
                walk(inner, path if name == "_schema" else (*path, str(name)[:80]))
        else:
            found.extend((".".join(path) or "body", str(code)) for code in messages)

    located = error.messages if isinstance(error.messages, dict) else {"json": error.messages}
    for messages in located.values():
        walk(messages, ())
    return found


def bearer() -> str:
    """Return the token of the Authorization header (RFC 6750), in at most 200 characters.

    Raises: Refusal token.missing.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= 200 or not token.isprintable():
        raise Refusal("token.missing")
    return token


def private(body: Any, status: int = 200) -> Response:
    """Return an answer that is for its caller only and is never stored on the way."""
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def revalidated(stamp: str, produce: Callable[[], Any]) -> Response:
    """Answer a public read; what the client holds already is 304 before anything else is read (RFC 9110, 13.1.2).

    `stamp` names the state of what is read (the release); the address and our own revision are added here.
    """
    base = current_app.extensions["eventweek"].base_url
    etag = hashlib.sha256(f"2/{base}/{stamp}/{request.full_path}".encode("utf-8", "replace")).hexdigest()[:32]
    response = Response(mimetype="application/json")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.make_conditional(request)
    if response.status_code != 304:
        response.data = json.dumps(produce(), ensure_ascii=False, separators=(",", ":"))
    return response


def read_json(req: Request) -> Any:
    """Return what is sent as JSON.

    Raises: Refusal request.media_type, request.json, request.encoding.
    """
    if req.mimetype != "application/json":
        raise Refusal("request.media_type")
    return _finite(req.get_data())


def _finite(raw: bytes) -> Any:
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise Refusal("request.encoding") from error
    except (ValueError, RecursionError) as error:
        raise Refusal("request.json") from error
    _check(value, 0)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST or (isinstance(value, float) and not math.isfinite(value)):
        raise Refusal("request.json")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check(inner, depth + 1)
