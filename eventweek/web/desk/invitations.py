"""Invitations to an offering: made and shown once, listed without their secrets, revoked."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.actions.inviting import CLASSES, MOST, Made, Wish
from eventweek.registration.guests import read_guests
from eventweek.registration.invitations import grouped
from eventweek.registration.models import OfferingInvitation
from eventweek.registration.queries.invitations import list_invitations, why_not_now
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import act, blueprint, is_sealed, page
from eventweek.web.desk.holds import found_offering
from eventweek.web.desk.lists import pager
from eventweek.web.desk.offerings import POOLS, title_of
from eventweek.web.desk.shelves import window
from eventweek.web.forms.invitations import InvitationForm
from eventweek.web.frame import needs
from eventweek.web.public.frame import base_url


@blueprint.get("/w/<week>/offerings/<code>/invitations")
@needs(Verb.REGISTRATIONS_READ)
def offering_invitations(week: str, code: str) -> Any:
    """List the invitations to an offering, with the form that makes more."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_READ)
    return _page(own, found, _form(found, own))


@blueprint.post("/w/<week>/offerings/<code>/invitations/new")
@needs(Verb.REGISTRATIONS_EDIT)
def offering_invitations_create(week: str, code: str) -> Any:
    """Make invitations, and show their codes and links this once: on a page, or as a workbook."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    form = _form(found, own, request.form)
    if form.validate():
        try:
            made = actions.invite(code, _wish(form, own), actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return made_page(own, found, made)
    return _page(own, found_offering(week, code, Verb.REGISTRATIONS_READ)[1], form), 422


@blueprint.post("/w/<week>/offerings/<code>/invitations/<invitation>/revocation")
@needs(Verb.REGISTRATIONS_EDIT)
def offering_invitation_revocation(week: str, code: str, invitation: str) -> Any:
    """End an invitation; who has registered stays."""
    found_offering(week, code, Verb.REGISTRATIONS_EDIT)
    back, said = url_for("desk.offering_invitations", week=week, code=code), _("邀请已收回。用它报上名的人不受影响。")
    return act(lambda: actions.revoke_invitation(code, invitation, actor=at_work()), back, said)


@blueprint.get("/w/<week>/offerings/<code>/invitations.xlsx")
@needs(Verb.REGISTRATIONS_READ)
def offering_invitations_export(week: str, code: str) -> Any:
    """Send the list as a workbook, without the secrets."""
    own, found = found_offering(week, code, Verb.REGISTRATIONS_READ)
    rows, _total = list_invitations(found.offering.id, lambda total: (0, total))
    heads = [_("邀请码开头"), _("给谁"), _("席位"), _("已用"), _("能用"), _("有效到"), _("状态"), _("已发信")]
    lines = [
        [
            row.hint,
            row.label,
            str(POOLS[row.cls]),
            str(row.used),
            str(row.uses),
            _moment(row, own),
            _stands(row),
            _("是") if row.mailed else "",
        ]
        for row in rows
    ]
    return _workbook(heads, lines, f"{week}-{_('邀请')}.xlsx")


def made_page(week: Week, found: OpenOffering, made: list[Made]) -> Any:
    """Show the secrets of what was just made."""
    links = [(one, grouped(one.token), _address(week, one)) for one in made]
    if request.form.get("do") == "xlsx":
        heads = [_("给谁"), _("手机号或邮箱"), _("邀请码"), _("链接"), _("能用"), _("有效到")]
        lines = [
            [
                one.row.label,
                one.guest.email or one.guest.phone,
                code,
                link,
                str(one.row.uses),
                _moment(one.row, week),
            ]
            for one, code, link in links
        ]
        return _workbook(heads, lines, f"{week.code}-{_('邀请码')}.xlsx")
    mailed = sum(one.row.mailed for one in made)
    words = ngettext("做好了 %(num)s 个邀请。", "做好了 %(num)s 个邀请。", len(made))
    flash(words + (ngettext("%(num)s 封信正在发。", "%(num)s 封信正在发。", mailed) if mailed else ""), "yes")
    title = title_of(found)
    return page("offering_invitations_made.html", week, here="registration", own=found, title=title, links=links)


def _address(week: Week, one: Made) -> str:
    return base_url() + url_for("mine.invitation_exchange", week=week.code, token=one.token)


def _workbook(heads: list[str], lines: list[list[str]], name: str) -> Any:
    columns = [Column(head, 60 if head == _("链接") else 22) for head in heads]
    return workbook(write_workbook([Page(_("邀请"), columns, [Row(line) for line in lines])]), name)


def _moment(row: OfferingInvitation, week: Week) -> str:
    return f"{row.expires_at.astimezone(ZoneInfo(week.timezone)):%Y-%m-%d %H:%M}"


def _stands(row: OfferingInvitation) -> str:
    why = why_not_now(row, now())
    words = {
        "invite.revoked": _("已收回"),
        "invite.expired": _("已过期"),
        "invite.used": _("已用完"),
    }
    return str(words[why.code] if why else _("可用"))


def _wish(form: InvitationForm, week: Week) -> Wish:
    """Return what is asked for.

    Raises: Invalid at `guests`.
    """
    at = form.expires_at.data
    return Wish(
        expires=at.replace(tzinfo=ZoneInfo(week.timezone)) if at else now(),
        guests=read_guests(form.guests.data or "", MOST),
        count=1 if form.count.data is None else form.count.data,
        uses=form.uses.data or 0,
        cls=form.seats_of.data or "",
        label=form.label.data or "",
        locked=bool(form.locked.data),
        send=bool(form.send.data),
        locale=form.locale.data or "zh-CN",
    )


def _form(found: OpenOffering, week: Week, typed: Any = None) -> InvitationForm:
    ends = found.starts.astimezone(ZoneInfo(week.timezone)).replace(tzinfo=None) if found.starts > now() else None
    form = InvitationForm(typed, data={"uses": 1, "expires_at": ends, "count": 1, "locale": "zh-CN"})
    form.seats_of.offer([(str(cls), POOLS[cls]) for cls in CLASSES])
    return form


def _page(week: Week, found: OpenOffering, form: InvitationForm) -> str:
    rows, total = list_invitations(found.offering.id, window)
    return page(
        "offering_invitations.html",
        week,
        here="registration",
        own=found,
        title=title_of(found),
        rows=[(row, why_not_now(row, now()), _stands(row)) for row in rows],
        pager=pager(total),
        pools=POOLS,
        form=form,
        editable=can(at_work(), Verb.REGISTRATIONS_EDIT, week.id) and not is_sealed(week),
    )
