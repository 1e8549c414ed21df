"""Certificates of attendance in numbers; they are printed like other papers (`proofs`)."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, needs_key
from eventweek.api.v1.desk.schemas import NUMBER, PAIR, TEXT, TIME, Node, described_as, many, thing
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.queries.certificates import Count, count_attended
from eventweek.programme.models import Week

SHAPES: dict[str, Node] = {
    "DeskAttendanceCertificates": thing(
        items=many(
            thing(
                kind={"type": "string", "enum": ["offering", "session"]},
                code={**TEXT, "description": "of the offering or session; a print of `proofs` takes it"},
                title=PAIR,
                starts=TIME,
                ends=TIME,
                came={**NUMBER, "description": "people whom a door let in"},
                due={**NUMBER, "description": "people who may have a certificate now"},
                given={**NUMBER, "description": "people who have one that is good"},
            )
        )
    ),
}


@blueprint.get("/weeks/<week>/attendance-certificates")
@described_as("List what certificates of attendance can be given for", "DeskAttendanceCertificates")
@needs_key(Verb.REGISTRATIONS_READ)
def attendance_certificate_list(actor: Actor, week: Week) -> Response:
    """Answer each offering and session that somebody came to, the newest first."""
    asked()
    return private({"items": [told(_count(one)) for one in count_attended(week, actor=actor)]})


def _count(one: Count) -> Facts:
    subject = one.subject
    facts: Facts = {"kind": subject.kind, "code": subject.code, "title": subject.title}
    return facts | {
        "starts": subject.starts,
        "ends": subject.ends,
        "came": one.came,
        "due": one.due,
        "given": one.given,
    }
