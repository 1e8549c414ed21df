"""Certificates of attendance: those of the holder of a pass, and what the code on one stands for."""

from typing import Any

from flask import Response, current_app, request
from marshmallow import fields

from eventweek.api.v1.frame import Blueprint, Schema, anybody, private
from eventweek.api.v1.problems import reader, spoken
from eventweek.api.v1.registration import TOKEN, holder_of_token
from eventweek.api.v1.schemas import INSTANT, Text, counted, said
from eventweek.api.v1.values import told
from eventweek.checkin.actions.certificates import issue_certificate
from eventweek.checkin.certificates import code_of, grouped
from eventweek.checkin.queries.certificates import Attended, Subject, check_code, list_own
from eventweek.kernel.clock import local_day
from eventweek.kernel.documents import PDF
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language.printing import paper_tongue
from eventweek.printing.holders import certificate_pdf
from eventweek.registration.contacts import mask_name
from eventweek.registration.models import Pass

blueprint = Blueprint("certificates", __name__, description="Certificates of attendance, and the check of their codes.")
Facts = dict[str, Any]


class WhyNot(Schema):
    """Why there is none, or why it is good no more."""

    code, detail = said(), said()


class Certificate(Schema):
    """What somebody may have a certificate for; `id` and `number` are empty before it is given."""

    kind = said("offering or session")
    code = said("of the offering or session")
    title = fields.Nested(Text, required=True)
    starts, ends = said(**INSTANT), said(**INSTANT)
    minutes, needed = counted("inside so far"), counted("asked for; 0: to have come is enough")
    id, number = said(), said("what stands on it, to be checked")
    why_not = fields.Nested(WhyNot, required=True, allow_none=True)


class Certificates(Schema):
    """Everything that the holder of a pass was or may be in, by time."""

    items = fields.List(fields.Nested(Certificate), required=True)


class CertificateCheck(Schema):
    """What a code stands for; of one that is `withdrawn` nothing else is told."""

    state = said("genuine or withdrawn")
    title = fields.Nested(Text, required=True, allow_none=True)
    first_day, last_day = said("local, empty where it is withdrawn"), said()
    name = said("the first letter, the rest hidden; empty where it was erased")


@blueprint.get("/certificates")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, Certificates)
@anybody
def certificates() -> Response:
    """List what the holder of a pass may get a certificate of attendance for"""
    return _shown(holder_of_token())


@blueprint.put("/certificates/<kind>/<code>")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, Certificates)
@anybody
def certificate_put(kind: str, code: str) -> Response:
    """Give the holder theirs for an offering or a session, once it is over; again changes nothing"""
    own = holder_of_token()
    limited("my.change", "30/minute", own.code)
    issue_certificate(own.id, kind, code)
    return _shown(own)


@blueprint.get("/certificates/<code>/paper")
@blueprint.doc(parameters=[TOKEN])
@anybody
def certificate_paper(code: str) -> Response:
    """Get one as a PDF, in the language that is asked for"""
    own = holder_of_token()
    limited("certificate.pdf", "10/minute;60/hour", own.code)
    tongue, base = paper_tongue("en" if reader() == "en" else "zh"), current_app.extensions["eventweek"].base_url
    response = Response(certificate_pdf(own, code, tongue, base), mimetype=PDF)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f"attachment; filename=certificate-{code}.pdf"
    return response


@blueprint.get("/certificate-checks/<token>")
@blueprint.response(200, CertificateCheck)
@anybody
def certificate_check(token: str) -> Response:
    """Say what the code on a certificate stands for"""
    limited("certificate.check", "60/minute;600/hour", request.remote_addr or "")
    found = check_code(token[:100])
    if found.withdrawn or found.subject is None or found.week is None:
        return private({"state": "withdrawn", "title": None, "first_day": "", "last_day": "", "name": ""})
    days = [local_day(at, found.week.timezone).isoformat() for at in (found.subject.starts, found.subject.ends)]
    name = mask_name(found.name) if found.name else ""
    return private(
        {"state": "genuine", "title": _title(found.subject), "first_day": days[0], "last_day": days[1], "name": name}
    )


def _shown(own: Pass) -> Response:
    return private({"items": [_item(one) for one in list_own(own)]})


def _item(one: Attended) -> Facts:
    subject, why = one.subject, one.why_not
    facts: Facts = {"kind": subject.kind, "code": subject.code, "title": _title(subject)}
    facts |= {"starts": subject.starts, "ends": subject.ends, "minutes": one.claim.minutes}
    facts |= {"needed": one.row.needed_min if one.row else one.claim.needed}
    facts |= {"id": one.row.code if one.row else "", "number": _number(one)}
    facts |= {"why_not": {"code": why.code, "detail": spoken(why.code, why.facts)} if why else None}
    return dict(told(facts))


def _number(one: Attended) -> str:
    try:
        return grouped(code_of(one.row.seed, one.row.key_id)) if one.row else ""
    except Refusal:
        return ""


def _title(subject: Subject) -> dict[str, str]:
    return {"zh": subject.title.zh, "en": subject.title.en}
