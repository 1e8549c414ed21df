"""What every kind of file that is brought has over the API: its bytes, how it stands, its step, files for people."""

from typing import Any

from flask import Response, request

from eventweek.api.v1.desk.frame import Facts, record
from eventweek.api.v1.desk.schemas import INSTANT, NUMBER, TEXT, TIME, asked_for, thing
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.values import told
from eventweek.imports.enums import ImportState
from eventweek.imports.models import Import
from eventweek.imports.outcome import facts_of
from eventweek.kernel.progress import find_progress
from eventweek.language.workbooks import XLSX

Node = dict[str, Any]
STEPS = {ImportState.CHECKING: 1, ImportState.CHECKED: 2, ImportState.WAITING: 3}
LAST = 4
SAID = thing(code=TEXT, detail=TEXT)
REFUSAL: Node = {**SAID, "type": ["object", "null"]}
NAME = asked_for("name", "the file's name, for people; the format is told by the content", maxLength=400)


def stands(**more: Node) -> Node:
    """Return the shapes of how a file stands; `more`: of its kind."""
    state = {
        "type": "string",
        "enum": [str(one) for one in ImportState],
        "description": "checking and waiting go on by themselves",
    }
    times = {"made_at": TIME, "done_at": INSTANT, "progress": thing(done=NUMBER, total=NUMBER)}
    return {"id": TEXT, "version": NUMBER, "state": state, "name": TEXT, **more, **times}


def file_of(description: str) -> Node:
    """Return the body of a request that is a file."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"required": True, "description": description, "content": content}


def received(largest: int) -> bytes:
    """Return the bytes that were sent, at most `largest` and one more, for the action to judge."""
    request.max_content_length = largest + 1
    return request.get_data(cache=False)


def standing(own: Import, *names: str, **more: Any) -> Facts:
    """Return how a file stands; `names`: columns of its kind to tell, `more`: what else is told of it."""
    done, total = find_progress(own.file) if own.file else (0, 0)
    facts = {"id": own.code, "version": step_of(own), "state": own.state, "name": own.name}
    facts |= {name: getattr(own, name) for name in names}
    times = {"made_at": own.made_at, "done_at": own.done_at, "progress": {"done": done, "total": total}}
    return dict(told({**facts, **times, **more}))


def shown(own: Import, body: Facts) -> Response:
    """Answer a file with its step as version, and why it was refused if it was."""
    refusal = own.outcome.get("refusal")
    return record(body | {"refusal": said(**refusal) if refusal else None}, step_of(own))


def said(code: str, facts: Facts) -> Facts:
    """Return a code with its sentence, whose facts were kept as JSON."""
    return {"code": code, "detail": spoken(code, facts_of(facts))}


def as_file(content: bytes, name: str, media: str = XLSX) -> Response:
    """Answer a file to be kept, in the language of its reader."""
    response = Response(content, mimetype=media)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    return response


def step_of(own: Import) -> int:
    """Return the version of what goes through the states of an import: it only rises."""
    return STEPS.get(ImportState(own.state), LAST)
