"""API keys: one's own, for administrators everybody's; made and shown once, revoked."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.language.accounts import ROLES
from eventweek.programme.actions import keys as verbs
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week, list_weeks
from eventweek.programme.queries.keys import list_keys
from eventweek.programme.rules.keys import LIVES
from eventweek.programme.rules.scopes import lendable
from eventweek.web import forms
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.desk.users import offer_roles, wishes
from eventweek.web.forms.accounts import Key
from eventweek.web.frame import signed_in


@blueprint.get("/keys")
@signed_in
def key_list() -> str:
    """List one's own keys, or with `of=all` everybody's, for who manages users."""
    manages = can(at_work(), Verb.USERS_MANAGE)
    every = manages and request.args.get("of") == "all"
    keys = list_keys(None if every else at_work().id)
    more: dict[str, Any] = {
        "manages": manages,
        "every": every,
        "roles": ROLES,
        "now": now(),
        "may_make": bool(lendable(at_work())),
    }
    return page("key_list.html", find_newest_week(), keys=keys, **more)


@blueprint.route("/keys/new", methods=["GET", "POST"])
@signed_in
def key_new() -> Any:
    """Ask what a program may do and for how long; answer with the secret, this once."""
    form = _form()
    if form.validate_on_submit():
        limited("key", "60/hour", at_work().label)
        try:
            key, secret = verbs.create_key(form.name.data, wishes(form)[0], form.days.data, actor=at_work())
        except Invalid as invalid:
            forms.show_errors(form, invalid)
        except Refusal as refusal:
            flash(sentence(refusal), "no")
        else:
            return page("key_made.html", find_newest_week(), here="key", key=key, secret=secret, base=_base())
    return page("key_new.html", find_newest_week(), here="key", form=form), 422 if form.errors else 200


@blueprint.post("/keys/<code>/revocation")
@signed_in
def key_revocation(code: str) -> Any:
    """End a key at once."""
    key = verbs.revoke_key(code, actor=at_work())
    flash(_("密钥“%(name)s”已撤销，用它的程序立刻停下。", name=key.name), "yes")
    return redirect(url_for("desk.key_list", of="all" if key.owner_id != at_work().id else None), 303)


def _form() -> Key:
    """Return the form with what the person can lend."""
    form = Key(days=90)
    offer_roles(form, lendable(at_work()), _own_weeks())
    form.days.choices = [(days, _("一年") if days == 365 else _("%(n)s 天", n=days)) for days in LIVES]
    return form


def _base() -> str:
    base: str = current_app.extensions["eventweek"].base_url
    return base


def _own_weeks() -> list[Week]:
    held = {grant.week_id for grant in at_work().grants}
    return [week for week in list_weeks() if at_work().administrator or week.id in held]
