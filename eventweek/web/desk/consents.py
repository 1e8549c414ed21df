"""What the boxes of further agreements say, in versions."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language.words import PURPOSES
from eventweek.registration.actions.consents import write_consent_text
from eventweek.registration.enums import Asked, Purpose
from eventweek.registration.queries.consents import text_for
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, is_sealed, page
from eventweek.web.forms.questions import ConsentForm
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/consents")
@needs(Verb.REGISTRATIONS_READ)
def consent_list(week: str) -> str:
    """List the boxes with what they say now."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    texts = [(str(purpose), PURPOSES[purpose], text_for(own, Purpose(purpose))) for purpose in Asked]
    return page("consent_list.html", own, here="registration", texts=texts)


@blueprint.route("/w/<week>/consents/<purpose>", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_EDIT)
def consent(week: str, purpose: str) -> Any:
    """Show what a box says, or take other words for it."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    if purpose not in set(Asked):
        abort(404)
    form = ConsentForm(request.form or None, data=_stored(own, purpose))
    if request.method == "POST" and form.validate():
        zh, en = form.text_zh.data or "", form.text_en.data or ""
        try:
            write_consent_text(own.id, Purpose(purpose), zh, en, version=form.read_version, actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal, ConsentForm(None, data=_stored(edition(week), purpose)))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.consent_list", week=week), 303)
    values = {"form": form, "purpose": purpose, "word": PURPOSES[purpose], "editable": not is_sealed(own)}
    return page("consent.html", own, here="registration", **values), 422 if form.problems() or form.stale else 200


def _stored(week: Any, purpose: str) -> dict[str, Any]:
    text = text_for(week, Purpose(purpose))
    return {"text_zh": text.text_zh, "text_en": text.text_en, "version": text.version}
