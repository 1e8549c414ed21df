"""One registration: where it stands and why, how it came there, and what the organiser can do about it."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.words import ENDS, REGISTERED
from eventweek.printing.badges import count_prints
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.enums import State
from eventweek.registration.models import Registration
from eventweek.registration.queries.desk import find_offering, find_registration, list_steps, list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.passes import find_active_pass
from eventweek.registration.queries.registrations import explain_waiting, queue_places
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.offerings import LOOKS, POOLS, contact, title_of
from eventweek.web.frame import needs

STEPS = {
    "seats": _("改人数"),
    "promoted": _("自动补位"),
    "offered": _("问本人"),
    "accepted": _("本人确认"),
    "reviewed": _("初审通过"),
    "approved": _("审核通过"),
    "resubmitted": _("补正后重交"),
    "moved": _("换场"),
    "displaced": _("换小厅，回到候补最前面"),
    "standby": _("到现场候补"),
    "merged": _("重复的人合并"),
    "struck": _("因为多次没有到场"),
    **ENDS,
}


@blueprint.get("/w/<week>/registrations/<code>")
@needs(Verb.REGISTRATIONS_READ)
def registration(week: str, code: str) -> str:
    """Show a registration with its history."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    _found(own, code)
    actions.open_record(own.id, code, actor=at_work())
    row, found = _found(own, code)
    place, steps = queue_places([row]).get(row.id), list_steps(row.id)
    held = find_active_pass(own.id, row.attendee_id)
    return page(
        "registration.html",
        own,
        row=row,
        own=found,
        title=title_of,
        place=place,
        why=explain_waiting(row, found, place, now()) if place else None,
        steps=steps,
        step_words=STEPS,
        actors=name_actors({step.actor for step in steps}),
        contact=contact,
        pools=POOLS,
        states=REGISTERED,
        looks=LOOKS,
        ends=ENDS,
        targets=_targets(own, row),
        held=held,
        prints=count_prints(own.id, [held.id]).get(held.id, 0) if held else 0,
    )


@blueprint.post("/w/<week>/registrations/<code>/promotion")
@needs(Verb.REGISTRATIONS_EDIT)
def registration_promotion(week: str, code: str) -> Any:
    """Let somebody in before those ahead of them, with a reason."""
    reason = request.form.get("reason", "")
    return _done(
        week, code, Verb.REGISTRATIONS_EDIT, lambda: actions.promote_registration(code, reason=reason, actor=at_work())
    )


@blueprint.post("/w/<week>/registrations/<code>/move")
@needs(Verb.REGISTRATIONS_EDIT)
def registration_move(week: str, code: str) -> Any:
    """Let a confirmed registration stand for another offering or class."""
    to, _slash, cls = request.form.get("to", "").partition("/")
    reason = request.form.get("reason", "")
    return _done(
        week,
        code,
        Verb.REGISTRATIONS_EDIT,
        lambda: actions.move_registration(code, to, cls=cls, reason=reason, actor=at_work()),
    )


@blueprint.post("/w/<week>/registrations/<code>/standby")
@needs(Verb.DOOR_MANAGE)
def registration_standby(week: str, code: str) -> Any:
    """Put somebody who waits and has come on the list at the door."""
    week_id = edition(week, Verb.DOOR_MANAGE).id
    return _done(week, code, Verb.DOOR_MANAGE, lambda: actions.join_standby(week_id, code, actor=at_work()))


def _done(week: str, code: str, verb: Verb, act: Callable[[], Any]) -> Any:
    """Act on a registration within the role's reach, and say what came of it."""
    _found(edition(week, verb), code)
    try:
        act()
        flash(str(_("已保存。")), "yes")
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(sentence(refusal) if refusal.code != "input.invalid" else str(_("写一句原因，记入操作记录。")), "no")
    return redirect(url_for("desk.registration", week=week, code=code), 303)


def _found(week: Week, code: str) -> tuple[Registration, OpenOffering]:
    row = find_registration(week.id, code) or abort(404)
    return row, find_offering(week.id, row.offering.code, actor=at_work()) or abort(404)


def _targets(week: Week, row: Registration) -> list[tuple[OpenOffering, str]]:
    """Return where a confirmed registration can go: what is ahead, each with its class."""
    if row.state != State.CONFIRMED:
        return []
    ahead = [own for own in list_week_offerings(week.id, actor=at_work()) if own.window.ends > now()]
    every = [(own, pool.cls) for own in ahead if not own.window.cancelled for pool in own.offering.pools[1:]]
    return [(own, cls) for own, cls in every if (own.offering.id, cls) != (row.offering_id, row.cls)]
