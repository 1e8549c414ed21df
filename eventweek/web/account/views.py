"""Sign in, sign out, one's own profile."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.actions import sign_in as verbs
from eventweek.accounts.queries import find_user
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.kernel.text import search_key
from eventweek.language import sentence
from eventweek.web.account.frame import blueprint
from eventweek.web.account.onward import onward
from eventweek.web.actor import at_work, begin_session, current_actor, end_session
from eventweek.web.forms import show_errors
from eventweek.web.forms.accounts import ChangePassword, Name, SignIn
from eventweek.web.frame import anybody, signed_in


@blueprint.route("/sign-in", methods=["GET", "POST"])
@anybody
def sign_in() -> Any:
    """Ask for address and password; lead on to the page that was wanted."""
    wanted = onward(request.args.get("next", ""))
    if request.method == "GET" and current_actor():
        return redirect(wanted or start_page())
    form = SignIn()
    if form.validate_on_submit():
        _slow_down(form.email.data)
        try:
            user = verbs.sign_in(form.email.data, form.password.data)
        except Refusal as refusal:
            return render_template("account/sign_in.html", form=form, failed=sentence(refusal)), 422
        begin_session(user.id, user.epoch)
        return redirect(wanted or start_page(), 303)
    return render_template("account/sign_in.html", form=form, wanted=wanted), 422 if form.errors else 200


@blueprint.post("/sign-out")
@anybody
def sign_out() -> Any:
    """End this browser's session."""
    end_session()
    flash(_("已退出登录。"), "yes")
    return redirect(url_for(".sign_in"), 303)


@blueprint.get("/account")
@signed_in
def profile() -> Any:
    """Show one's own name, roles and password form."""
    return _profile(Name(name=_me().name), ChangePassword())


@blueprint.post("/account/name")
@signed_in
def name() -> Any:
    """Change one's own name."""
    form = Name()
    if form.validate_on_submit():
        try:
            verbs.rename(form.name.data, actor=at_work())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            flash(_("姓名已改。"), "yes")
            return redirect(url_for(".profile"), 303)
    return _profile(form, ChangePassword(formdata=None)), 422


@blueprint.post("/account/password")
@signed_in
def password() -> Any:
    """Change one's own password; other sessions end, this one goes on."""
    form = ChangePassword()
    if form.validate_on_submit():
        try:
            limited("password", "5/minute;20/hour", at_work().label)
            user = verbs.change_password(form.old.data, form.new.data, actor=at_work())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            begin_session(user.id, user.epoch)
            flash(_("密码已改。其他设备上的登录都已退出。"), "yes")
            return redirect(url_for(".profile"), 303)
    return _profile(Name(formdata=None, name=_me().name), form), 422


def _slow_down(email: str) -> None:
    """Count the address that is tried, and loosely the peer."""
    limited("sign_in", "10/minute;60/hour", search_key(email[:1000]))
    limited("sign_in_peer", "120/minute", request.remote_addr or "")


def start_page() -> str:
    """Return where a staff member begins."""
    return url_for("desk.index")


def _me() -> Any:
    return find_user(at_work().id or 0)


def _profile(name: Name, change: ChangePassword) -> str:
    return render_template("account/profile.html", name_form=name, password_form=change, user=_me())
