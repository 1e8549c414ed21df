"""What is held about a person, on the device that holds their pass: read, taken along, and erased."""

import json
from datetime import datetime
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from eventweek.audit.actors import VISITOR
from eventweek.kernel.clock import now
from eventweek.kernel.limits import limited
from eventweek.language.words import CHOICES
from eventweek.privacy.actions import erase_person
from eventweek.privacy.queries import tell_person
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.kinds import KINDS
from eventweek.registration.models import Pass
from eventweek.registration.queries import list_registrations
from eventweek.registration.rules import RETENTION_DAYS
from eventweek.web.forms.registration import Erasure
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.passes import unseen

MESSAGES = {code: {"zh": kind.word.zh, "en": kind.word.en} for code, kind in KINDS.items()}
CHANNELS = {"email": lazy_gettext("邮件"), "sms": lazy_gettext("短信"), "wechat": lazy_gettext("微信")}


@blueprint.get("/my/data")
@anybody
def data() -> Response:
    """Show everything that is held about one person of this device."""
    own = _own()
    page = render_template(
        "public/data.html",
        week=get_week(own.week_id),
        own=own,
        held=device.own_passes(),
        told=tell_person(own),
        messages=MESSAGES,
        choices=CHOICES,
        channels=CHANNELS,
    )
    return unseen(page)


@blueprint.get("/my/data.json")
@anybody
def data_file() -> Response:
    """Give the same as a file that programs read."""
    own = _own()
    limited("my.data", "30/hour", own.code)
    body = json.dumps(tell_person(own), ensure_ascii=False, indent=2, default=_instant)
    headers = {"Content-Disposition": f"attachment; filename=my-data-{own.code}.json"}
    return unseen(Response(body, mimetype="application/json", headers=headers))


@blueprint.route("/my/erasure", methods=["GET", "POST"])
@anybody
def erasure() -> Any:
    """Say what goes and what stays, ask once more, then erase the person."""
    own = _own()
    form = Erasure()
    if form.validate_on_submit():
        if form.sure.data:
            limited("my.change", "30/minute", own.code)
            erase_person(own.id, actor=VISITOR)
            return device.forget(redirect(url_for("mine.erased"), 303), own.code)  # type: ignore[arg-type]
        form.sure.errors = [_("不能撤销，所以请先勾选。")]
    moment = now()
    held = [facts for facts in list_registrations(own.id) if not facts.end_reason]
    page = render_template(
        "public/erasure.html",
        week=get_week(own.week_id),
        own=own,
        ending=[facts for facts in held if facts.starts > moment],
        staying=[facts for facts in held if facts.starts <= moment],
        days=RETENTION_DAYS,
        form=form,
    )
    return unseen(page, 422 if form.errors or form.sure.errors else 200)


@blueprint.get("/my/erased")
@anybody
def erased() -> str:
    """Say that a person was erased."""
    return render_template("public/erased.html", week=find_current_week())


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _own() -> Pass:
    return device.own_pass(request.args.get("of", "")) or abort(404)
