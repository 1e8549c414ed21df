"""Take part on line: change between a seat and on line in a tap, and the way in, for its holder only."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.programme.queries import get_week
from eventweek.registration.actions import join_online, switch_attendance
from eventweek.registration.queries.online import find_opened_way
from eventweek.web.forms.registration import Cancel
from eventweek.web.frame import anybody
from eventweek.web.public.basket import blueprint
from eventweek.web.public.my_week import mine
from eventweek.web.public.passes import unseen


@blueprint.post("/my/registrations/<code>/attendance")
@anybody
def attendance(code: str) -> Any:
    """Change from a seat to on line, or back."""
    own, _facts = mine(code)
    online = request.form.get("way") == "online"
    try:
        limited("my.change", "30/minute", own.code)
        switch_attendance(code, online=online, actor=VISITOR, owner=own.id)
    except Refusal as refusal:
        flash(sentence(refusal), "no")
    else:
        flash(_("改成线上参加了，席位已让给后面的人。") if online else _("改成到现场了，用入场码入场。"), "yes")
    return redirect(url_for("mine.my_week", of=own.code), 303)


@blueprint.route("/my/registrations/<code>/online", methods=["GET", "POST"])
@anybody
def online_room(code: str) -> Response:
    """Ask once, keep that the holder went in, then show the way; it stands on this page and on no other."""
    own, facts = mine(code)
    form, why = Cancel(), ""
    if form.validate_on_submit():
        try:
            limited("my.join", "30/minute", own.code)
            join_online(code, owner=own.id, actor=VISITOR)
        except Refusal as refusal:
            why = sentence(refusal)
        else:
            return unseen(redirect(url_for("mine.online_room", code=code), 303))
    session = next((one for one in facts.sessions if one.code == facts.joining), facts.sessions[0])
    way = find_opened_way(code, session.id) if facts.joining and not why else None
    words = {"week": get_week(own.week_id), "own": own, "facts": facts, "form": form, "session": session}
    return unseen(render_template("public/online_room.html", **words, way=way, why=why), 422 if why else 200)
