"""What an offering asks of who registers: its form, the files that answer it, and what was answered."""

from typing import Any

from flask import Response, request

from eventweek.api.v1 import asking_schemas as schemas
from eventweek.api.v1.frame import Blueprint, anybody, private
from eventweek.api.v1.programme import find_edition, public_session
from eventweek.api.v1.registration import TOKEN, holder_of_token, own_registration
from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.programme.models import Week
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions import correct_answers
from eventweek.registration.files import LARGEST, receipt_of, take_file
from eventweek.registration.forms import Sent, purposes_of, row_of
from eventweek.registration.models import Registration
from eventweek.registration.queries import list_offerings
from eventweek.registration.queries.consents import text_for
from eventweek.registration.queries.desk import find_registration
from eventweek.registration.queries.forms import list_answer_files, map_questions

blueprint = Blueprint("asking", __name__, description="What registration asks, and what was answered.")
Facts = dict[str, Any]
AROUND = 4096
"""Bytes that a form puts around its file."""


@blueprint.get("/weeks/<week>/sessions/<code>/offerings/<offering>/form")
@blueprint.response(200, schemas.Form)
@anybody
def form(week: str, code: str, offering: str) -> Response:
    """Show what registering for an offering asks beside who comes"""
    own = find_edition(week)
    session = public_session(own.id, code)
    offerings = list_offerings([session.code]).get(session.code, [])
    found = next((facts for facts in offerings if facts.code == offering), None)
    if found is None:
        raise Refusal("offering.not_found")
    asked = purposes_of([(found.real_name, found.consents)])
    questions = map_questions(own.id, {found.code: found.kinds})[found.code]
    body = {"real_name": found.real_name, "questions": [row_of(one) for one in questions]}
    return private(body | {"consents": [_text(own, purpose) for purpose in asked]})


@blueprint.post("/weeks/<week>/answer-files")
@blueprint.response(201, schemas.FileReceipt)
@anybody
def answer_file(week: str) -> Response:
    """Send a file that answers a question, as `file` of a multipart form; the receipt is the answer

    A document of at most 10 MB is kept as it is, a picture is written anew; for seven days unless somebody registers.
    """
    find_edition(week)
    limited("answer.file.address", "60/hour", request.remote_addr or "")
    if request.mimetype != "multipart/form-data":
        raise Refusal("request.form")
    request.max_content_length = LARGEST + AROUND
    file = request.files.get("file")
    if file is None:
        raise Invalid([FieldError("file", "field.required")])
    sent = take_file(file.stream.read(LARGEST + 1), file.filename or "")
    file.close()
    return private({"receipt": receipt_of(sent), "name": sent.name, "size": sent.size}, 201)


@blueprint.get("/registrations/<code>/answers")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, schemas.Answers)
@anybody
def answers(code: str) -> Response:
    """Show what was answered to a registration of a pass"""
    return private(_answers(_own(code)))


@blueprint.put("/registrations/<code>/answers")
@blueprint.doc(parameters=[TOKEN])
@blueprint.arguments(schemas.NewAnswers)
@blueprint.response(200, schemas.Answers)
@anybody
def answers_correct(sent: Facts, code: str) -> Response:
    """Replace the answers of a registration of a pass, until registration closes"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    correct_answers(code, sent["answers"], actor=VISITOR, owner=own.id)
    return private(_answers(_own(code)))


def _own(code: str) -> Registration:
    """Return a registration of the pass whose token was sent.

    Raises: Refusal registration.not_found.
    """
    own = holder_of_token()
    own_registration(own, code)
    row = find_registration(own.week_id, code)
    if row is None:
        raise Refusal("registration.not_found")
    return row


def _answers(row: Registration) -> Facts:
    files = list_answer_files(row.id)
    receipts = {key: receipt_of(Sent(own.sha256, own.name, own.kind, own.size)) for key, own in files.items()}
    return {"form_version": row.form_version, "answers": row.answers | receipts}


def _text(week: Week, purpose: Any) -> Facts:
    text = text_for(week, purpose)
    return {"purpose": str(purpose), "id": mark_of(text), "text": {"zh": text.text_zh, "en": text.text_en}}
