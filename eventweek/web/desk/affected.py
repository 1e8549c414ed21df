"""Whom releases affected: who has answered what, and the answers that people give by telephone; a split session."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables.writing import Column, Page, Row, write_workbook
from eventweek.language import sentence
from eventweek.language.words import CHOICES, REGISTERED
from eventweek.programme.models import Week
from eventweek.registration.enums import State
from eventweek.registration.queries.desk import find_offering, find_registration, list_week_offerings
from eventweek.replanning.actions import give_up_place, keep_place, spread_registrations, swap_place
from eventweek.replanning.enums import Choice
from eventweek.replanning.messages import describe
from eventweek.replanning.queries import Affected, Wanted, count_affected, find_asked, list_affected, list_swaps
from eventweek.replanning.queries.spreading import Spread, list_targets, plan_spread
from eventweek.scheduling.queries import list_releases
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, asked, pager
from eventweek.web.desk.offerings import LOOKS, contact, title_of
from eventweek.web.desk.shelves import everything, window
from eventweek.web.frame import language, needs

CHOICE_LOOKS = {Choice.OPEN: "ask", Choice.KEPT: "yes", Choice.CHANGED: "wait", Choice.CANCELLED: "plain"}


@blueprint.get("/w/<week>/affected")
@needs(Verb.REGISTRATIONS_READ)
def affected_list(week: str) -> str:
    """List whom releases affected, of one release or session where the address says so."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    filters = _filters(own)
    wanted = _wanted(filters)
    rows, total = list_affected(own.id, wanted, window, actor=at_work())
    every = {one.offering.code: one for one in list_week_offerings(own.id, actor=at_work())}
    return page(
        "affected_list.html",
        own,
        here="registration",
        rows=rows,
        known=every,
        pager=pager(total),
        filters=filters,
        counts=count_affected(own.id, wanted, actor=at_work()),
        choices=CHOICES,
        choice_looks=CHOICE_LOOKS,
        states=REGISTERED,
        looks=LOOKS,
        title=title_of,
        contact=contact,
        session=wanted.session,
    )


@blueprint.get("/w/<week>/affected/export")
@needs(Verb.REGISTRATIONS_READ)
def affected_export(week: str) -> Response:
    """Send the same people, on all pages, as a workbook."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    rows, _total = list_affected(own.id, _wanted(_filters(own)), everything, actor=at_work())
    titles = {one.offering.code: title_of(one) for one in list_week_offerings(own.id, actor=at_work())}
    heads = [(_("姓名"), 14), (_("单位"), 24), (_("报名项"), 30), (_("变动"), 50), (_("人数"), 8), (_("状态"), 12)]
    heads += [(_("新的冲突"), 10), (_("选择"), 14), (_("换到"), 30)]
    lines = [Row(_cells(one, own, titles)) for one in rows]
    sheet = Page(str(_("受影响的人")), [Column(str(head), width) for head, width in heads], lines)
    return workbook(write_workbook([sheet]), f"{week}-{_('受影响的人')}.xlsx")


@blueprint.route("/w/<week>/registrations/<code>/choice", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_READ)
def affected_choice(week: str, code: str) -> Any:
    """Show what somebody is asked, or record what they want."""
    verb = Verb.REGISTRATIONS_EDIT if request.method == "POST" else Verb.REGISTRATIONS_READ
    own = edition(week, verb)
    row = find_registration(own.id, code) or abort(404)
    found = find_offering(own.id, row.offering.code, actor=at_work()) or abort(404)
    question = find_asked(row.id) or abort(404)
    if request.method == "POST":
        _record(code)
        return redirect(url_for("desk.affected_choice", week=week, code=code), 303)
    return page(
        "affected_choice.html",
        own,
        here="registration",
        asked=question,
        row=row,
        found=found,
        title=title_of,
        contact=contact,
        swaps=list_swaps(row) if row.state in (State.CONFIRMED, State.WAITLISTED) else [],
        choices=CHOICES,
        choice_looks=CHOICE_LOOKS,
        states=REGISTERED,
        looks=LOOKS,
    )


@blueprint.route("/w/<week>/offerings/<code>/spread", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_EDIT)
def offering_spread(week: str, code: str) -> Any:
    """Choose over which offerings people are spread, see who would go where, and do it."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    source = find_offering(own.id, code, actor=at_work()) or abort(404)
    targets, plan, wrong = request.form.getlist("targets")[:20], None, ""
    if request.method == "POST":
        try:
            plan = plan_spread(own.id, code, targets, actor=at_work())
            if request.form.get("do") == "spread" and _spread(own, plan, targets):
                return redirect(url_for("desk.affected_list", week=week, release=0), 303)
        except Refusal as refusal:
            wrong = sentence(refusal)
    text = page(
        "offering_spread.html",
        own,
        here="registration",
        source=source,
        title=title_of,
        targets=list_targets(source, actor=at_work()),
        chosen=targets,
        plan=plan,
        wrong=wrong,
    )
    return text, 422 if wrong else 200


def _spread(week: Week, plan: Spread, targets: list[str]) -> bool:
    seen = request.form.get("version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    done = spread_registrations(week.id, plan.source.offering.code, targets, actor=at_work(), version=version)
    moved = len(done.moves)
    flash(ngettext("%(num)s 个报名已分过去，都收到了消息。", "%(num)s 个报名已分过去，都收到了消息。", moved), "yes")
    return True


def _record(code: str) -> None:
    wish, to = request.form.get("do", ""), request.form.get("to", "")[:16]
    if wish not in (Choice.KEPT, Choice.CANCELLED, Choice.CHANGED):
        abort(400)
    try:
        if wish == Choice.KEPT:
            keep_place(code, actor=at_work())
        elif wish == Choice.CANCELLED:
            give_up_place(code, actor=at_work())
        elif wish == Choice.CHANGED:
            swap_place(code, to, actor=at_work())
        flash(str(_("已保存。")), "yes")
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(sentence(refusal), "no")


def _filters(week: Week) -> list[Filter]:
    numbers = [own.number for own in list_releases(week.id)]
    releases = [(str(number), str(_("第 %(n)s 版")) % {"n": number}) for number in numbers]
    return [
        Filter("release", str(_("版本")), [*releases, ("0", str(_("分到几场")))]),
        Filter("choice", str(_("选择")), [(str(one), str(word)) for one, word in CHOICES.items()]),
        Filter("clash", str(_("冲突")), [("new", str(_("有新的冲突")))]),
    ]


def _wanted(filters: list[Filter]) -> Wanted:
    release, choice, clash = (own.chosen for own in filters)
    session = asked("session", longest=16)
    return Wanted(int(release) if release else None, session, choice, clash == "new")


def _cells(one: Affected, week: Week, titles: dict[str, str]) -> list[str | int | None]:
    person, row = one.own.attendee, one.row
    said = describe(row.changes, week.timezone).best(language())[0]
    facts: list[str | int | None] = [person.name, person.organisation, titles.get(row.offering, ""), said]
    facts += [one.own.seats, str(REGISTERED.get(one.own.state, one.own.state)), str(_("有")) if row.clashing else ""]
    return [*facts, str(CHOICES[one.choice]), titles.get(row.target, "")]
