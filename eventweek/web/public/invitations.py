"""Invitations: a link or a typed code is exchanged for what this device remembers; the code stays in no address."""

from typing import Any

from flask import redirect, render_template, request, url_for

from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.programme.models import Week
from eventweek.registration.enums import InvitationKind
from eventweek.registration.queries.groups import must_answer_each
from eventweek.registration.queries.invitations import Invited, find_invited
from eventweek.web.forms.registration import InvitationCode
from eventweek.web.frame import anybody
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.choices import invited_of
from eventweek.web.public.frame import edition
from eventweek.web.public.passes import unseen
from eventweek.web.public.seats import seats_of


@blueprint.get("/w/<week>/i/<token>")
@anybody
def invitation_exchange(week: str, token: str) -> Any:
    """Exchange the link of an invitation for this device's memory."""
    own, _sessions = edition(week)
    try:
        _take(own, token)
    except Refusal as refusal:
        form = InvitationCode()
        form.form_errors.append(sentence(refusal))
        return unseen(_page(own, form), 404 if refusal.code == "invite.unknown" else 410)
    return unseen(redirect(url_for("mine.invitation", week=own.code), 303))


@blueprint.route("/w/<week>/invitation", methods=["GET", "POST"])
@anybody
def invitation(week: str) -> Any:
    """Show what this device is invited to, and take a code that was typed."""
    own, _sessions = edition(week)
    form = InvitationCode()
    if form.validate_on_submit():
        try:
            _take(own, form.invitation.data or "")
        except Refusal as refusal:
            form.invitation.errors = [sentence(refusal)]
        else:
            return redirect(url_for("mine.invitation", week=own.code), 303)
    return _page(own, form), 422 if form.errors else 200


def _take(week: Week, text: str) -> None:
    """Let the device hold an invitation.

    Raises: Refusal invite.unknown, invite.revoked, invite.expired, invite.used, limit.reached.
    """
    limited("invitation", "20/minute;100/hour", device.browser())
    limited("invitation.address", "300/minute", request.remote_addr or "")
    found = find_invited(week.id, text)
    if found is None:
        raise Refusal("invite.unknown")
    if found.why_not:
        raise Refusal(found.why_not.code, **found.why_not.facts)
    device.accept_invitation(week.code, found.row.code)


def _page(week: Week, form: InvitationCode) -> str:
    return render_template(
        "public/invitation.html", week=week, form=form, invited=[_shown(one) for one in invited_of(week)]
    )


def _shown(one: Invited) -> dict[str, Any]:
    """Return what the page says of one invitation."""
    first = one.own.sessions[0]
    why = say(one.facts.why_not.code, one.facts.why_not.facts) if one.facts.why_not else ""
    unit = one.row.kind == InvitationKind.UNIT
    together = unit and not must_answer_each(one.row.week_id, one.facts)
    shown = {"own": one, "sessions": one.own.sessions, "seats": seats_of(first, [one.facts]), "why": why}
    return {**shown, "unit": unit, "together": together}
