"""One registration on the desk: answers, files, the identity number to who must check it, agreements; certificates."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence, words
from eventweek.programme.models import Week
from eventweek.registration.actions import reveal_identity
from eventweek.registration.actions.files import open_answer_file, open_record
from eventweek.registration.files import TYPES
from eventweek.registration.forms import answer_in_words
from eventweek.registration.models import Registration
from eventweek.registration.queries.consents import list_agreed
from eventweek.registration.queries.desk import find_offering, find_registration
from eventweek.registration.queries.forms import list_answer_files, list_asked
from eventweek.registration.queries.identities import find_identity, list_certificates
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.scheduling.media import ShownFile
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.offerings import title_of
from eventweek.web.frame import language, needs
from eventweek.web.public.media import hand_out


@blueprint.get("/w/<week>/registrations/<code>/answers")
@needs(Verb.REGISTRATIONS_READ)
def registrant(week: str, code: str) -> str:
    """Show what somebody answered and agreed to, and what is kept of their identity number."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    _registration(own, code)
    open_record(own.id, code, actor=at_work())
    return _page(own, *_registration(own, code))


@blueprint.get("/w/<week>/registrations/<code>/files/<key>")
@needs(Verb.REGISTRATIONS_READ)
def registration_file(week: str, code: str, key: str) -> Response:
    """Hand out a file that answers a question; that it was opened is recorded."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    _registration(own, code)
    found = open_answer_file(own.id, code, key, actor=at_work())
    return hand_out(ShownFile("", found.sha256, TYPES[found.kind], found.name))


@blueprint.post("/w/<week>/registrations/<code>/identity")
@needs(Verb.REGISTRATIONS_EDIT)
def registration_identity(week: str, code: str) -> Any:
    """Show the whole identity number once, for a reason that is recorded."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    row, offering = _registration(own, code)
    try:
        _type, number = reveal_identity(own.id, code, note=request.form.get("reason", ""), actor=at_work())
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(str(_("请写明为什么要看。")) if refusal.code == "input.invalid" else sentence(refusal), "no")
        return redirect(url_for("desk.registrant", week=week, code=code), 303)
    return _page(own, row, offering, number)


@blueprint.get("/w/<week>/certificates")
@needs(Verb.REGISTRATIONS_READ)
def certificate_list(week: str) -> str:
    """List what personal data were destroyed when, as counts."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    rows = list_certificates(own.id)
    return page(
        "certificate_list.html", own, here="registration", rows=rows, what=words.DESTROYED, counted=words.COUNTED
    )


def _registration(week: Week, code: str) -> tuple[Registration, OpenOffering]:
    row = find_registration(week.id, code) or abort(404)
    return row, find_offering(week.id, row.offering.code, actor=at_work()) or abort(404)


def _page(week: Week, row: Registration, offering: OpenOffering, number: str = "") -> str:
    yes_no = {code: str(word) for code, word in words.YES_NO.items()}
    asked = [(one, row.answers.get(one.key)) for one in list_asked(row)]
    return page(
        "registrant.html",
        week,
        here="registration",
        row=row,
        title=title_of(offering),
        answers=[(one, answer_in_words(one, value, language(), yes_no) if value else "") for one, value in asked],
        files=list_answer_files(row.id),
        identity=find_identity(row.attendee_id, week.id),
        number=number,
        id_types=words.ID_TYPES,
        agreed=[(words.PURPOSES[text.purpose], text, own) for own, text in list_agreed(row.attendee_id, week.id)],
    )
