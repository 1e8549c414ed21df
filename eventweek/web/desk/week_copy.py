"""A new edition made from an earlier one."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Anchor, Part
from eventweek.editions.queries import count_contents
from eventweek.editions.rules import next_first_day
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.forms.copies import PARTS, CopyForm, renamed
from eventweek.web.frame import needs


@blueprint.route("/weeks/<week>/copy", methods=["GET", "POST"])
@needs(Verb.WEEK_CREATE)
def week_copy(week: str) -> Any:
    """Ask what the new edition is called and what comes along, then make it."""
    own = edition(week)
    form = CopyForm(request.form or None, data=_suggested(own))
    if request.method == "POST" and form.validate():
        try:
            made = _copied(own, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(str(_("复制好了。新的一届在筹备状态，只有工作台看得到。")), "yes")
            return redirect(url_for("desk.week", code=made.code), 303)
    text = page("week_copy.html", own, here="week", form=form, counts=count_contents(own.id))
    return text, 422 if form.problems() else 200


def _copied(own: Week, form: CopyForm) -> Week:
    values = form.values()
    parts, anchor = [Part(name) for name in values.pop("parts")], values.pop("anchor")
    return copy_week(own.code, values, parts=parts, anchor=Anchor(anchor) if anchor else None, actor=at_work())


def _suggested(own: Week) -> dict[str, Any]:
    first = next_first_day(own.first_day)
    names = {"title_zh": own.title.zh, "title_en": own.title.en, "code": own.code}
    again = {name: renamed(text, own.first_day, first) for name, text in names.items()}
    return {**again, "first_day": first, "parts": list(PARTS)}
