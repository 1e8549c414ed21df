"""Find one's pass again by e-mail: the same answer whoever asks, so that nobody learns who is registered."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.programme.queries import find_current_week
from eventweek.registration.actions import send_links
from eventweek.registration.contacts import parse_email
from eventweek.web.forms.registration import Find
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint


@blueprint.route("/my/finding", methods=["GET", "POST"])
@anybody
def finding() -> Any:
    """Ask for the e-mail address and send the link there, if it is known."""
    week, form = find_current_week(), Find()
    if week and form.validate_on_submit():
        try:
            address = parse_email(form.email.data or "")
            if address is None:
                raise Refusal("email.invalid")
            limited("pass.find", "3/10minute;10/day", address)
            limited("pass.find.browser", "10/hour", device.browser())
            limited("pass.find.address", "300/hour", request.remote_addr or "")
            send_links(week.id, address)
        except Refusal as refusal:
            form.email.errors = [sentence(refusal)]
        else:
            flash(
                _("如果这个邮箱报过名，链接已经发过去，几分钟内到。没收到就看垃圾箱，或带手机号到现场服务台。"), "news"
            )
            return redirect(url_for("mine.finding"), 303)
    page = render_template("public/finding.html", week=week, form=form)
    return page, 422 if form.errors else 200
