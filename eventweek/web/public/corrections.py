"""What a person answered and agreed to: looked at, corrected, and taken back, on the device that holds their pass."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.programme.queries import get_week
from eventweek.registration.actions import correct_answers, withdraw_consent
from eventweek.registration.enums import Purpose
from eventweek.registration.files import TYPES
from eventweek.registration.forms import Sent
from eventweek.registration.models import Pass, Registration
from eventweek.registration.queries import list_registrations
from eventweek.registration.queries.consents import list_consents
from eventweek.registration.queries.desk import find_registration
from eventweek.registration.queries.forms import find_answer_file, list_answer_files, map_questions
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.rules import why_no_correcting
from eventweek.scheduling.media import ShownFile
from eventweek.web.forms.registration import Cancel
from eventweek.web.frame import anybody, takes_files
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.media import hand_out
from eventweek.web.public.my_week import changed
from eventweek.web.public.particulars import LONGEST_REQUEST, Shown, shown_of


@blueprint.route("/my/registrations/<code>/answers", methods=["GET", "POST"])
@anybody
@takes_files(LONGEST_REQUEST)
def answers(code: str) -> Any:
    """Show what was answered, and take what is corrected."""
    own, row, offering = _mine(code)
    questions = map_questions(row.week_id, {offering.offering.code: offering.kinds})[offering.offering.code]
    files = {key: Sent(f.sha256, f.name, f.kind, f.size) for key, f in list_answer_files(row.id).items()}
    form = Cancel()
    typed = request.form if request.method == "POST" else _stored(row)
    shown = shown_of(questions, typed, files if request.method == "GET" else None)
    if form.validate_on_submit() and not any(one.errors for one in shown):
        said = {one.question.key: one.value for one in shown}
        try:
            return changed(own, lambda: correct_answers(code, said, actor=VISITOR, owner=own.id), _("答案已改。"))
        except Invalid as invalid:
            _show(shown, invalid)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
    page = render_template(
        "public/answers.html",
        week=get_week(own.week_id),
        own=own,
        title=offering.sessions[0].title,
        code=code,
        shown=shown,
        files=list_answer_files(row.id),
        why_not=why_no_correcting(row.state, offering.window, now()),
        form=form,
        say_reason=lambda reason: say(reason.code, reason.facts),
    )
    return page, 422 if form.errors or any(one.errors for one in shown) else 200


@blueprint.get("/my/files/<code>")
@anybody
def answer_file(code: str) -> Response:
    """Hand a file back to who gave it."""
    found = next((file for own in device.own_passes() if (file := find_answer_file(code, own.id))), None)
    if found is None:
        abort(404)
    return hand_out(ShownFile("", found.sha256, TYPES[found.kind], found.name))


@blueprint.get("/my/consents")
@anybody
def consents() -> str:
    """Show what one person of this device agreed to, and what taking it back means."""
    own = device.own_pass(request.args.get("of", "")) or abort(404)
    given = list_consents(own.id)
    return render_template("public/consents.html", week=get_week(own.week_id), own=own, given=given, form=Cancel())


@blueprint.post("/my/consents/<purpose>/withdrawal")
@anybody
def consent_withdrawal(purpose: str) -> Any:
    """Take an agreement back; what rests on it ends."""
    own = device.own_pass(request.args.get("of", "")) or abort(404)
    if purpose not in set(Purpose):
        abort(404)
    limited("my.change", "30/minute", own.code)
    try:
        ended = withdraw_consent(own.id, Purpose(purpose), actor=VISITOR)
    except Refusal as refusal:
        flash(sentence(refusal), "no")
    else:
        with_it = ngettext("%(num)s 场报名随之取消。", "%(num)s 场报名随之取消。", ended) if ended else ""
        flash(_("已撤回。") + with_it, "yes")
    return redirect(url_for("mine.consents", of=own.code), 303)


def _mine(code: str) -> tuple[Pass, Registration, OpenOffering]:
    """Return a registration of a pass of this device; another's is answered like an unknown one."""
    for own in device.own_passes():
        if any(facts.code == code for facts in list_registrations(own.id)):
            row = find_registration(own.week_id, code)
            loaded = load_offerings([row.offering_id]) if row else []
            if row and loaded:
                return own, row, loaded[0]
    raise Refusal("registration.not_found")


def _stored(row: Registration) -> MultiDict[str, str]:
    typed: MultiDict[str, str] = MultiDict()
    for key, value in row.answers.items():
        typed.setlist(f"answers.{key}", value if isinstance(value, list) else [str(value)])
    return typed


def _show(shown: list[Shown], invalid: Invalid) -> None:
    by_name = {one.name: one for one in shown}
    for error in invalid.errors:
        by_name[error.field].errors.append(say(error.code, error.facts))
