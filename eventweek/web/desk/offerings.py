"""Offerings with their seats, and who registered; names only for those who may read registrations."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.errors import Refusal
from eventweek.language.words import CLASSES, REGISTERED, REGISTRATION
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.contacts import mask_email, mask_phone
from eventweek.registration.enums import PoolClass
from eventweek.registration.queries.desk import (
    count_unoffered,
    find_offering,
    find_registration,
    list_holds,
    list_registered,
    list_week_offerings,
)
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.offerings import title_of as called
from eventweek.registration.queries.reviews import count_applied
from eventweek.registration.queries.settings import told
from eventweek.registration.queries.strikes import count_appeals
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, is_sealed, page
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.desk.shelves import window
from eventweek.web.forms.offerings import OfferingForm
from eventweek.web.frame import language, needs
from eventweek.web.public.frame import day_name

POOLS = CLASSES
LOOKS = {"confirmed": "yes", "waitlisted": "wait", "offered": "ask", "applied": "ask", "returned": "wait"}


@blueprint.get("/w/<week>/registrations")
@needs(Verb.REGISTRATIONS_READ)
def registration_list(week: str) -> str:
    """List the offerings of the week with their seats."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    every = list_week_offerings(own.id, actor=at_work())
    days = sorted({local_day(o.starts, own.timezone) for o in every})
    filters = [
        Filter("day", str(_("日期")), [(day.isoformat(), day_name(day)) for day in days]),
        Filter("mode", str(_("报名方式")), [(code, str(word)) for code, word in REGISTRATION.items()]),
        Filter("seats", str(_("席位")), [("full", str(_("已满"))), ("waiting", str(_("有人候补")))]),
    ]
    over = {o.offering.id for o in every if _end_of(o) <= now()}
    found = [o for o in every if _fits(o, own, chosen(filters), asked("q"))]
    found.sort(key=lambda o: o.offering.id in over)
    paging = pager(len(found))
    return page(
        "registration_list.html",
        own,
        rows=found[paging.offset : paging.last],
        over=over,
        pager=paging,
        filters=filters,
        words=asked("q"),
        modes=REGISTRATION,
        room=_room,
        title=title_of,
        unoffered=count_unoffered(own),
        applied=sum(count_applied([o.offering.id for o in every]).values()),
        appeals=count_appeals([o.offering.id for o in every]),
    )


def _fits(own: OpenOffering, week: Week, wanted: dict[str, str], words: str) -> bool:
    room = _room(own)
    full = room.cap is not None and room.taken + room.held >= room.cap + room.overbook
    facts = {
        "day": {local_day(own.starts, week.timezone).isoformat()},
        "mode": {own.offering.mode},
        "seats": {name for name, is_so in (("full", full), ("waiting", room.waiting > 0)) if is_so},
    }
    titles = " ".join(f"{s.title.zh} {s.title.en}" for s in own.sessions).lower()
    return all(value in facts[name] for name, value in wanted.items()) and all(
        word in titles for word in words.lower().split()
    )


def _end_of(own: OpenOffering) -> datetime:
    return own.offering.slot_end or max(session.end for session in own.sessions)


def _room(own: OpenOffering) -> Any:
    return next(pool for pool in own.offering.pools if pool.cls == PoolClass.ROOM)


def title_of(own: OpenOffering) -> str:
    """Return the name of an offering: of its session where it has none of its own, of both for a slot."""
    return called(own, language())


@blueprint.post("/w/<week>/registrations/opening")
@needs(Verb.REGISTRATIONS_EDIT)
def registration_opening(week: str) -> Any:
    """Give every published session that has none its offering."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    made = len(actions.open_offerings(own.id, actor=at_work()))
    flash(str(_("开好了 %(n)s 个报名项。", n=made)), "yes")
    return redirect(url_for("desk.registration_list", week=week), 303)


@blueprint.route("/w/<week>/offerings/<code>", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_READ)
def offering(week: str, code: str) -> Any:
    """Show an offering with its seats and its people, or take what was typed."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    found = find_offering(own.id, code, actor=at_work()) or abort(404)
    form = _form(found, own, request.form or None)
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate():
        try:
            actions.edit_offering(code, _values(form, own), version=form.read_version, actor=at_work())
        except Refusal as refusal:
            own = edition(week, Verb.REGISTRATIONS_READ)
            found = find_offering(own.id, code, actor=at_work()) or abort(404)
            form.refuse(refusal, _form(found, own, None))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.offering", week=week, code=code), 303)
    return _page(own, found, form), 422 if form.problems() or form.stale else 200


def _form(found: OpenOffering, week: Week, typed: Any) -> OfferingForm:
    own, zone = found.offering, ZoneInfo(week.timezone)
    stored = told(own) | {"version": own.version}
    for name in ("opens_at", "closes_at"):
        at: datetime | None = getattr(own, name)
        stored[name] = at.astimezone(zone).replace(tzinfo=None) if at else None
    return OfferingForm(typed, data=stored)


def _values(form: OfferingForm, week: Week) -> dict[str, Any]:
    """Return what the action takes: times on the week's clock."""
    values = form.values()
    for name in ("opens_at", "closes_at"):
        values[name] = values[name] and values[name].replace(tzinfo=ZoneInfo(week.timezone))
    return values


def _page(week: Week, found: OpenOffering, form: OfferingForm) -> str:
    states = Filter("state", str(_("状态")), [(code, str(word)) for code, word in REGISTERED.items()])
    rows, total = list_registered(found.offering.id, asked("q"), states.chosen, window)
    return page(
        "offering.html",
        week,
        here="registration",
        own=found,
        title=title_of(found),
        form=form,
        rows=rows,
        pager=pager(total),
        filters=[states],
        words=asked("q"),
        pools=POOLS,
        states=REGISTERED,
        looks=LOOKS,
        contact=contact,
        holds=list_holds(found.offering),
        applied=count_applied([found.offering.id]).get(found.offering.id, 0),
        modes=REGISTRATION,
        editable=can(at_work(), Verb.REGISTRATIONS_EDIT, week.id) and not is_sealed(week),
    )


def contact(attendee: Any) -> str:
    """Return how to recognise a person's contact, not the contact itself."""
    if attendee.phone_e164:
        return mask_phone(attendee.phone_e164)
    return mask_email(attendee.email) if attendee.email else ""


@blueprint.post("/w/<week>/registrations/<code>/cancellation")
@needs(Verb.REGISTRATIONS_EDIT)
def registration_cancellation(week: str, code: str) -> Any:
    """Cancel somebody's registration; whoever waits moves up."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    row = find_registration(own.id, code) or abort(404)
    find_offering(own.id, row.offering.code, actor=at_work()) or abort(404)
    back = url_for("desk.offering", week=week, code=row.offering.code)
    note, said = request.form.get("reason", ""), str(_("已取消，席位让给下一位候补。"))
    return act(lambda: actions.cancel_registration(code, note=note, actor=at_work()), back, said)
