"""Change many sessions at once: what to change, the preview, doing it, undoing it."""

from collections import Counter
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import say, sentence, words
from eventweek.programme.models import BulkChange, Week
from eventweek.programme.queries.bulk import Offer, get_bulk, list_bulk_rows, list_offer
from eventweek.programme.rules.bulk import MOST
from eventweek.registration.actions.bulk import apply_changes, plan_changes, undo_changes
from eventweek.registration.queries.settings import list_touched_offerings, name_offerings
from eventweek.web.actor import at_work
from eventweek.web.desk.bulk_words import SETTINGS, Words, count_changes
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.desk.session_search import search
from eventweek.web.forms.bulk import NONE, STAYS, BulkForm
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name


@blueprint.route("/w/<week>/bulk-changes/new", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_EDIT)
def bulk_change_new(week: str) -> Any:
    """Ask what to change in the sessions that are named, or in all that fit the address's filters; then foresee it."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    codes, form = named_sessions(own), BulkForm(request.form or None)
    _offer(form, own, list_offer(own.id))
    form.registrations = can(at_work(), Verb.REGISTRATIONS_EDIT, own.id)
    if request.method == "POST" and request.form.get("do", "plan") == "plan" and form.validate():
        try:
            plan = plan_changes(own.id, codes, form.wish(own.timezone), actor=at_work())
            return redirect(url_for("desk.bulk_change", week=week, code=plan.code), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    form.add_spare(request.form.get("do", ""))
    text = page("bulk_change_new.html", own, here="session", form=form, codes=codes, filtered=is_filtered())
    return text, 422 if form.problems() else 200


@blueprint.get("/w/<week>/bulk-changes/<code>")
@needs(Verb.PROGRAMME_EDIT)
def bulk_change(week: str, code: str) -> str:
    """Show field by field what changes, what does not and why, and what somebody else has changed since."""
    return _show(edition(week, Verb.PROGRAMME_EDIT), code)


@blueprint.post("/w/<week>/bulk-changes/<code>/application")
@needs(Verb.PROGRAMME_EDIT)
def bulk_change_application(week: str, code: str) -> Any:
    """Change them all; a second click leads to the same page."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    found = _found(own, code)
    number = sum(1 for row in (found.rows or found.offerings) if row["changes"])
    try:
        apply_changes(own.id, code, actor=at_work())
    except Refusal as refusal:
        return _held(own, code, refusal)
    flash(
        ngettext("已改 %(num)s 场。公众要到下次发布才看到。", "已改 %(num)s 场。公众要到下次发布才看到。", number),
        "yes",
    )
    return redirect(url_for("desk.bulk_change", week=week, code=code), 303)


@blueprint.post("/w/<week>/bulk-changes/<code>/undoing")
@needs(Verb.PROGRAMME_EDIT)
def bulk_change_undoing(week: str, code: str) -> Any:
    """Give them all their old values back; `rest`: those that nobody has changed since."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    _found(own, code)
    try:
        undo_changes(own.id, code, actor=at_work(), rest=request.form.get("rest") == "1")
    except Refusal as refusal:
        return _held(own, code, refusal)
    flash(_("已撤销，场次恢复了原来的内容。"), "yes")
    return redirect(url_for("desk.bulk_change", week=week, code=code), 303)


def _show(own: Week, code: str, held: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return the page of a change; `held`: sessions and offerings that cannot go along, as an action has just said."""
    bulk = _found(own, code)
    rows = list_bulk_rows(bulk, held.get("sessions", ()))
    changing = [row for row in rows if row.changes]
    paging = pager(len(changing))
    return page(
        "bulk_change.html",
        own,
        here="session",
        bulk=bulk,
        changing=len(changing),
        refused=[(row, [say(why, facts) for why, facts in row.why]) for row in rows if row.why],
        touched=[row for row in changing if row.theirs],
        sums=count_changes(row.changes for row in changing),
        offerings=_offerings(bulk, held.get("offerings", ())),
        shown=changing[paging.offset : paging.last],
        pager=paging,
        tell=Words(list_offer(own.id), own.timezone).tell,
        words=words,
        settings=SETTINGS,
    )


def _held(own: Week, code: str, refusal: Refusal) -> Any:
    """Say why nothing has changed, and show what stands against it by name.

    Raises: the refusal itself when looking again does not help.
    """
    if not refusal.code.startswith("bulk."):
        raise refusal
    flash(sentence(refusal), "no")
    return _show(own, code, refusal.facts), 409


def _offerings(bulk: BulkChange, held: Collection[str]) -> dict[str, Any]:
    """Return what happens to the offerings of the sessions: how many change, how, and which cannot and why."""
    changing = [row for row in bulk.offerings if row["changes"]]
    why = Counter(str(say(code, facts)) for row in bulk.offerings for code, facts in row["why"])
    sums = count_changes(row["changes"] for row in changing)
    touched = name_offerings({*held, *list_touched_offerings(bulk)})
    names = [" · ".join(filter(None, map(best, names))) for names in touched]
    return {"count": len(changing), "sums": sums, "why": why, "touched": names}


def _found(week: Week, code: str) -> Any:
    try:
        return get_bulk(week.id, code)
    except Refusal:
        abort(404)


def is_filtered() -> bool:
    """Say whether all are meant that the filters of the list find."""
    return request.args.get("scope") == "all"


def named_sessions(week: Week) -> list[str]:
    """Return the sessions that are meant: those ticked, or all that the filters of the list find."""
    if is_filtered():
        return [line.code for line in search(week).lines]
    ticked = [clean_line(code[:160], 160)[:40] for code in request.values.getlist("s")[: MOST + 1]]
    return list(dict.fromkeys(code for code in ticked if code))


def _offer(form: BulkForm, week: Week, offer: Offer) -> None:
    def named(rows: list[Any]) -> list[tuple[str, str]]:
        return [(row.code, best(row.name)) for row in rows if row.archived_at is None]

    form.kind.offer([("", STAYS), *named(offer.kinds)])
    form.track.offer([("", STAYS), (NONE, _("不归专题")), *named(offer.tracks)])
    form.organisations.offer("organisation", [("", "—"), *named(offer.organisations)])
    form.tags.offer(
        [
            (f"{own.code}:{code}", f"{best(own.name)}·{name}")
            for own in offer.tag_sets
            if own.archived_at is None
            for code, name in named(own.tags)
        ]
    )
    form.days.offer([(d.day.isoformat(), day_name(d.day)) for d in week.days])
