"""Going back to an older release; and the messages of a release before they go."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.replanning.actions import Decision, restore
from eventweek.replanning.queries import foresee, pairs_of
from eventweek.replanning.queries.previewing import preview_messages
from eventweek.scheduling.enums import Action
from eventweek.scheduling.queries import find_last_release
from eventweek.scheduling.queries.drafts import Draft
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.queries.restoring import Restoration, plan_restoration
from eventweek.scheduling.queries.stopping import list_stopping
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.releases import decided_ways, grouped, last_number, seen_already
from eventweek.web.forms.releases import ReleaseForm
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/releases/<int:number>/restoration/new")
@needs(Verb.PROGRAMME_READ)
def release_restoration_new(week: str, number: int) -> Any:
    """Show what going back to a release would change, and what stands against it."""
    own = edition(week)
    note = str(_("回到第 %(n)s 版", n=number))
    return _compare(own, _planned(own, number), ReleaseForm(data={"seen": last_number(own), "note": note}))


@blueprint.post("/w/<week>/releases/<int:number>/restoration")
@needs(Verb.RELEASE_PUBLISH)
def release_restoration(week: str, number: int) -> Any:
    """Publish an older release again, whole or the chosen sessions of it."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    form = ReleaseForm(request.form)
    if not form.validate():
        return _compare(own, _planned(own, number), form), 422
    if last_number(own) != form.seen.data:
        return seen_already(own)
    found, chosen = _planned(own, number), sorted(set(form.sessions.data))
    whole = {draft.session.code for draft in found.drafts} <= set(chosen) and not found.barred
    try:
        made = restore(
            own.id,
            number,
            actor=at_work(),
            note=form.note.data or "",
            sessions=None if whole and chosen else chosen,
            after=form.seen.data,
            decision=Decision(decided_ways(), form.reason.data or ""),
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return _compare(own, _planned(own, number), form), 422
    flash(_("第 %(n)s 版已发布，内容回到第 %(m)s 版。排期没有动。", n=made.number, m=number), "yes")
    return redirect(url_for("desk.release", week=week, number=made.number), 303)


@blueprint.route("/w/<week>/releases/messages", methods=["GET", "POST"])
@needs(Verb.RELEASE_PUBLISH)
def release_messages(week: str) -> Any:
    """Show the messages of the next release, of all that changed or of the sessions that were ticked; none is sent."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    drafts = [draft for draft in list_changed_drafts(own.id) if draft.action != Action.UNPLACED]
    return _messages(own, _ticked(drafts), url_for("desk.release_new", week=week))


@blueprint.route("/w/<week>/releases/<int:number>/restoration/messages", methods=["GET", "POST"])
@needs(Verb.RELEASE_PUBLISH)
def release_restoration_messages(week: str, number: int) -> Any:
    """Show the messages that going back to a release would send; none is sent."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    back = url_for("desk.release_restoration_new", week=week, number=number)
    return _messages(own, _ticked(_planned(own, number).drafts), back)


def _planned(week: Week, number: int) -> Restoration:
    try:
        return plan_restoration(week.id, number)
    except Refusal:
        abort(404)


def _ticked(drafts: Sequence[Draft]) -> Sequence[Draft]:
    if request.method == "GET":
        return drafts
    form = ReleaseForm(request.form)
    return [draft for draft in drafts if draft.session.code in set(form.sessions.data)]


def _messages(week: Week, drafts: Sequence[Draft], back: str) -> str:
    number = last_number(week) + 1
    samples = preview_messages(week, pairs_of(drafts), number)
    facts = {"samples": samples, "number": number, "sessions": len(drafts), "back": back, "words": words}
    return page("release_messages.html", week, here="release", **facts)


def _compare(week: Week, found: Restoration, form: ReleaseForm) -> str:
    last, barred = find_last_release(week.id), {own.code for own in found.barred}
    open_ = [draft for draft in found.drafts if draft.session.code not in barred]
    codes = {draft.session.code for draft in open_}
    chosen = set(form.sessions.data) & codes if request.method == "POST" else codes
    drafts = [draft for draft in open_ if draft.session.code in chosen]
    people = foresee(week, drafts)
    groups = grouped(found.changes, week, people.sessions)
    return page(
        "release_restoration.html",
        week,
        here="release",
        form=form,
        words=words,
        found=found,
        barred=barred,
        last=last,
        groups=groups,
        counts={group: len(lines) for group, lines in groups},
        chosen=chosen,
        people=people,
        ways=decided_ways(),
        blocking=list_stopping(week, drafts),
        overrides=map_overrides(week.id),
    )
