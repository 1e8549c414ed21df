"""People who may be in the week twice: pairs, side by side, made one with a reason."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.checkin.actions.merging import merge_attendees, require_week
from eventweek.checkin.queries.duplicates import get_pair, list_duplicates
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.programme.models import Week
from eventweek.registration.contacts import mask_email, mask_phone
from eventweek.registration.duplicates import name_key
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, pager
from eventweek.web.frame import needs

LIKENESS = {
    "contact": _("同名，同一个手机或邮箱"),
    "unit": _("同名，同一单位"),
    "name": _("同名，单位没填全"),
    "family": _("同一个手机或邮箱，不同名（多半是一家人）"),
}


@blueprint.get("/w/<week>/duplicates")
@needs(Verb.REGISTRATIONS_EDIT)
def duplicate_list(week: str) -> str:
    """List pairs that may be one person, the likeliest first."""
    own = _week(week)
    kinds = Filter("kind", str(_("哪里相同")), [(code, str(word)) for code, word in LIKENESS.items()])
    every = [pair for pair in list_duplicates(own.id) if kinds.chosen in ("", pair[0])]
    pages = pager(len(every))
    rows = every[pages.offset : pages.offset + pages.size]
    return page(
        "duplicate_list.html", own, here="registration", rows=rows, pager=pages, filters=[kinds], words=LIKENESS
    )


@blueprint.get("/w/<week>/duplicates/<code>/<second>")
@needs(Verb.REGISTRATIONS_EDIT)
def duplicate(week: str, code: str, second: str) -> str:
    """Show two people side by side."""
    return _page(_week(week), code, second)


@blueprint.post("/w/<week>/duplicates/<code>/<second>")
@needs(Verb.REGISTRATIONS_EDIT)
def duplicate_merge(week: str, code: str, second: str) -> Any:
    """Make them one; the pass that is named `keep` stays."""
    own = _week(week)
    keep = second if request.form.get("keep") == second else code
    lose = code if keep == second else second
    reason, same = request.form.get("reason", ""), "same_person" in request.form
    try:
        done = merge_attendees(own.id, keep, lose, reason=reason, actor=at_work(), same_person=same)
    except Refusal as refusal:
        if refusal.code in ("permission.denied", "pass.not_found"):
            raise
        wrong = str(_("写一句原因，记入操作记录。")) if refusal.code == "input.invalid" else sentence(refusal)
        return _page(own, code, second, wrong), 422
    flash(gettext("已合并：%(moved)s 个报名归到 %(code)s，重复的 %(ended)s 个已取消。", **vars(done)), "yes")
    return redirect(url_for("desk.duplicate_list", week=week), 303)


def _week(week: str) -> Week:
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    require_week(at_work(), Verb.REGISTRATIONS_EDIT, own.id)
    return own


def _page(week: Week, code: str, second: str, wrong: str = "") -> str:
    both = get_pair(week.id, code, second)
    return page(
        "duplicate.html",
        week,
        here="registration",
        both=both,
        masked=[[shown for shown in (_phone(one.phone), _mail(one.email)) if shown] for one in both],
        differ=name_key(both[0].name) != name_key(both[1].name),
        wrong=wrong,
        keep=request.form.get("keep", code),
        reason=request.form.get("reason", "")[:400],
        same_person="same_person" in request.form,
    )


def _phone(phone: str) -> str:
    return mask_phone(phone) if phone else ""


def _mail(email: str) -> str:
    return mask_email(email) if email else ""
