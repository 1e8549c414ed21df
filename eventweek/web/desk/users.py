"""Users, their roles, and invitations."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from eventweek.accounts.actions import users as verbs
from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.queries import get_user, list_open_invitations, list_users
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say
from eventweek.language.accounts import BOUNDS, DUTIES, ROLES
from eventweek.programme.actions.staff import GrantWish, invite_user, set_grants
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week, list_weeks
from eventweek.programme.queries.staff import list_held, list_scopes
from eventweek.web import forms
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.forms.accounts import Invite
from eventweek.web.forms.accounts import Role as RoleForm
from eventweek.web.frame import best, language, needs


@blueprint.app_template_global("moment")
def moment(instant: datetime, week: Week | None) -> str:
    """Return an instant on the wall clock of the week's zone: 2026-10-15 09:30."""
    zone = ZoneInfo(week.timezone if week else "Asia/Shanghai")
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


@blueprint.get("/users")
@needs(Verb.USERS_MANAGE)
def user_list() -> str:
    """List users with their roles, and the invitations that wait."""
    users = list_users()
    return page(
        "user_list.html",
        find_newest_week(),
        users=users,
        held=list_held(users),
        invitations=list_open_invitations(),
        link=session.pop("invitation_link", None),
        roles=ROLES,
        duties=DUTIES,
        bounds=BOUNDS,
        now=now(),
    )


@blueprint.route("/invitations/new", methods=["GET", "POST"])
@needs(Verb.USERS_MANAGE)
def invitation_new() -> Any:
    """Ask whom to invite and as what; show the link once."""
    form = Invite()
    _offer(form)
    if form.validate_on_submit():
        try:
            _invite(form.email.data, form.name.data or "", form.administrator.data, wishes(form))
        except Invalid as invalid:
            forms.show_errors(form, invalid)
        else:
            return redirect(url_for("desk.user_list"), 303)
    body = page("invitation_new.html", find_newest_week(), here="user", form=form, roles=ROLES)
    return body, 422 if form.errors else 200


@blueprint.post("/invitations/<code>/revocation")
@needs(Verb.USERS_MANAGE)
def invitation_revoke(code: str) -> Any:
    """Make a link worthless."""
    verbs.revoke_invitation(code, actor=at_work())
    flash(_("邀请已撤回，链接不能再用。"), "yes")
    return redirect(url_for("desk.user_list"), 303)


@blueprint.get("/users/<code>")
@needs(Verb.USERS_MANAGE)
def user(code: str) -> str:
    """Show one user: roles, state, what can be done."""
    return _user_page(code, RoleForm())


@blueprint.post("/users/<code>/grants")
@needs(Verb.USERS_MANAGE)
def user_grants(code: str) -> Any:
    """Keep the ticked roles, add the chosen one."""
    form = RoleForm()
    kept, seen = _held_keys("keep"), _held_keys("seen")
    wanted = [*map(_wish, kept), *wishes(form)]
    try:
        set_grants(code, wanted, actor=at_work(), seen=[*map(_wish, seen)] if "seen" in request.form else None)
    except Invalid as invalid:
        forms.show_errors(form, invalid)
        return _user_page(code, form), 422
    except Refusal as refusal:
        if refusal.code != "version.stale":
            raise
        return _user_page(code, form, given_up={*seen} - {*kept}, seen={*seen}), 422
    flash(_("角色已改。这个人要重新登录。"), "yes")
    return redirect(url_for("desk.user", code=code), 303)


@blueprint.post("/users/<code>/disablement")
@needs(Verb.USERS_MANAGE)
def user_disable(code: str) -> Any:
    """Let the user in no more."""
    verbs.disable_user(code, actor=at_work())
    flash(_("账号已停用，所有登录都已退出。"), "yes")
    return redirect(url_for("desk.user", code=code), 303)


@blueprint.post("/users/<code>/enablement")
@needs(Verb.USERS_MANAGE)
def user_enable(code: str) -> Any:
    """Let the user in again."""
    verbs.enable_user(code, actor=at_work())
    flash(_("账号已启用，可以登录。"), "yes")
    return redirect(url_for("desk.user", code=code), 303)


@blueprint.post("/users/<code>/administrator")
@needs(Verb.USERS_MANAGE)
def user_administrator(code: str) -> Any:
    """Give or take the mark of an administrator."""
    verbs.set_administrator(code, request.form.get("administrator") == "1", actor=at_work())
    flash(_("已保存。这个人要重新登录。"), "yes")
    return redirect(url_for("desk.user", code=code), 303)


@blueprint.post("/users/<code>/invitation")
@needs(Verb.USERS_MANAGE)
def user_invitation(code: str) -> Any:
    """Send a link by which the user sets a new password."""
    own = get_user(code)
    try:
        _invite(own.email, own.name, False, [])
    except Invalid as invalid:
        flash(" ".join(say(error.code, error.facts) for error in invalid.errors), "no")
        return redirect(url_for("desk.user", code=code), 303)
    return redirect(url_for("desk.user_list"), 303)


def _invite(email: str, name: str, administrator: bool, grants: list[GrantWish]) -> None:
    """Invite, and keep the link for the next page."""
    limited("invite", "30/hour", at_work().label)
    invitation, token = invite_user(
        email, name, actor=at_work(), administrator=administrator, grants=grants, locale=language()
    )
    base = current_app.extensions["eventweek"].base_url
    session["invitation_link"] = {
        "email": invitation.email,
        "href": base + url_for("account.invitation", token=token).removeprefix(request.script_root),
    }


def wishes(form: RoleForm) -> list[GrantWish]:
    """Return the role chosen in the form, none when it is left open."""
    if not form.role.data:
        return []
    kind, _colon, code = (form.scope.data or "").partition(":")
    return [GrantWish(form.week.data or "", form.role.data, kind or "committee", code)]


def _held_keys(name: str) -> list[str]:
    """Return the keys of roles, `week:role:scope kind:scope code`, that the form sends under a name."""
    return [key for key in request.form.getlist(name) if key.count(":") >= 3]


def _wish(key: str) -> GrantWish:
    return GrantWish(*key.split(":", 3))


def _offer(form: RoleForm) -> None:
    """Fill the choices: no role or any, in any week."""
    offer_roles(form, Role, list_weeks())
    form.role.choices = [("", _("不给角色")), *form.role.choices]


def offer_roles(form: RoleForm, roles: Iterable[Role], weeks: Sequence[Week]) -> None:
    """Fill the choices: these roles, these weeks, and the parts of the first week."""
    form.role.choices = [(str(role), f"{ROLES[role]}{_('：')}{DUTIES[role]}") for role in roles]
    form.week.choices = [(week.code, best(week.title)) for week in weeks]
    parts = list_scopes(weeks[0].id) if weeks else {}
    words = {"city": _("城市"), "venue": _("场馆"), "track": _("专题"), "organisation": _("单位")}
    form.scope.choices = {"": [("", _("整个活动周"))]} | {
        words[kind]: [(f"{kind}:{code}", best(name)) for code, name in rows] for kind, rows in parts.items() if rows
    }


def _user_page(code: str, form: RoleForm, given_up: Collection[str] = (), seen: Collection[str] | None = None) -> str:
    """Show a user; `seen`: the roles of an older page, `given_up`: those that it took off."""
    own = get_user(code)
    _offer(form)
    held = list_held([own]).get(own.id, [])
    lost = sorted({*(seen or ())} - {h.key for h in held})
    gone = [str(ROLES[Role(_wish(key).role)]) for key in lost if _wish(key).role in set(Role)]
    return page(
        "user.html",
        find_newest_week(),
        user=own,
        held=held,
        form=form,
        roles=ROLES,
        duties=DUTIES,
        now=now(),
        me=at_work().id,
        given_up=given_up,
        fresh={h.key for h in held} - {*seen} if seen is not None else set(),
        gone=gone,
        stale=seen is not None,
    )
