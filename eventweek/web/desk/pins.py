"""Pin sessions on the desk: one by one, or all that are ticked or found, a day's or a track's among them."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.status import is_denied
from eventweek.scheduling.actions.pins import Pins, pin_session, pin_sessions
from eventweek.scheduling.queries.reach import find_movable
from eventweek.scheduling.worklist import find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.bulk import is_filtered, named_sessions
from eventweek.web.desk.frame import act, blueprint, edition, page
from eventweek.web.desk.lists import conditions
from eventweek.web.frame import needs

WAYS: Mapping[str, tuple[Pins, LazyString]] = {
    "both": (Pins(True, True), _("钉住时间和厅室")),
    "time": (Pins(True, None), _("钉住时间")),
    "room": (Pins(None, True), _("钉住厅室")),
    "time_off": (Pins(False, None), _("放开时间")),
    "room_off": (Pins(None, False), _("放开厅室")),
    "off": (Pins(False, False), _("都放开")),
}


@blueprint.route("/w/<week>/pins/new", methods=["GET", "POST"])
@needs(Verb.PLAN_EDIT)
def pin_new(week: str) -> Any:
    """Ask what to pin of the sessions that are named, or of all that fit the address's filters; then do it."""
    own = edition(week, Verb.PLAN_EDIT)
    named, way, movable = named_sessions(own), request.form.get("way", ""), find_movable(own.id, at_work())
    codes = [code for code in named if movable.may_move(code)]
    if request.method == "POST" and way in WAYS and named:
        try:
            number = pin_sessions(own.id, codes or named, WAYS[way][0], actor=at_work())
        except Refusal as refusal:
            if is_denied(refusal.code):
                raise
            flash(sentence(refusal), "no")
        else:
            flash(ngettext("已改 %(num)s 场的钉住。", "已改 %(num)s 场的钉住。", number), "yes")
            kept: dict[str, Any] = {name: value for name, value in conditions().items() if name not in ("scope", "s")}
            return redirect(url_for("desk.session_list", week=week, **kept), 303)
    wrong = request.method == "POST" and request.form.get("do") == "pin" and way not in WAYS
    text = page(
        "pin_new.html",
        own,
        here="session",
        codes=codes,
        others=len(named) - len(codes),
        filtered=is_filtered(),
        ways=WAYS,
        wrong=wrong,
    )
    return text, 422 if wrong else 200


@blueprint.post("/w/<week>/sessions/<code>/pins")
@needs(Verb.PLAN_EDIT)
def session_pins(week: str, code: str) -> Any:
    """Pin one session where it stands, or let it go."""
    own = edition(week, Verb.PLAN_EDIT)
    way, seen = request.form.get("way", ""), request.form.get("version", "")
    if way not in WAYS:
        abort(400)
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    if find_planned(own.id, code) is None:
        abort(404)
    back, pins = url_for("desk.session", week=week, code=code), WAYS[way][0]
    said = gettext("已钉住。自动排期不会动它。") if pins != Pins(False, False) else gettext("已放开。")
    return act(lambda: pin_session(code, pins, version=version, actor=at_work()), back, said, none="session.not_found")
