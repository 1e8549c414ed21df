"""Take an invitation up: choose name and password, and be signed in."""

from typing import Any

from flask import redirect, render_template, request

from eventweek.accounts.queries import find_open_invitation
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.kernel.tokens import token_hash
from eventweek.programme.actions.staff import accept_invitation
from eventweek.web.account.frame import blueprint
from eventweek.web.account.views import start_page
from eventweek.web.actor import begin_session
from eventweek.web.forms import show_errors
from eventweek.web.forms.accounts import Accept
from eventweek.web.frame import anybody


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@anybody
def invitation(token: str) -> Any:
    """Show who is invited; make the account and sign in."""
    limited("invitation_peer", "60/minute", request.remote_addr or "")
    found = find_open_invitation(token_hash(token))
    if found is None:
        raise Refusal("invitation.not_found")
    form = Accept(name=found.name)
    if form.validate_on_submit():
        try:
            user = accept_invitation(token, form.name.data, form.password.data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            begin_session(user.id, user.epoch)
            return redirect(start_page(), 303)
    return render_template("account/invitation.html", form=form, email=found.email), 422 if form.errors else 200
