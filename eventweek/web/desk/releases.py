"""Releases: what the public will see next, the publication itself, and what each release changed."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import sentence, words
from eventweek.programme.models import Week
from eventweek.programme.queries.proposals import list_tentative
from eventweek.replanning.actions import Decision, publish
from eventweek.replanning.enums import Settling
from eventweek.replanning.queries import Wanted, count_affected, foresee
from eventweek.scheduling.diff import Change, list_changes
from eventweek.scheduling.enums import Action
from eventweek.scheduling.history import count_items, list_items
from eventweek.scheduling.queries import find_last_release, list_releases
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.differences import Told, tell
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.forms.releases import ReleaseForm
from eventweek.web.frame import needs

ORDER = (Action.CANCELLED, Action.MOVED, Action.CHANGED, Action.RESTORED, Action.NEW, Action.UNPLACED)


@dataclass(frozen=True)
class Line:
    """One session in a comparison."""

    code: str
    title: Any
    family: str
    told: list[Told]


@blueprint.get("/w/<week>/releases")
@needs(Verb.PROGRAMME_READ)
def release_list(week: str) -> str:
    """List the releases of the week."""
    own = edition(week)
    every = list_releases(own.id)
    paging = pager(len(every))
    return page(
        "release_list.html",
        own,
        releases=every[paging.offset : paging.last],
        counts=count_items(own.id),
        names=name_actors([r.actor for r in every[paging.offset : paging.last]]),
        pager=paging,
        waiting=len(_waiting(own)),
    )


@blueprint.get("/w/<week>/releases/<int:number>")
@needs(Verb.PROGRAMME_READ)
def release(week: str, number: int) -> str:
    """Show what one release changed."""
    own = edition(week)
    found = next((r for r in list_releases(own.id) if r.number == number), None) or abort(404)
    groups = _grouped([(i.action, i.code, i.title, i.before, i.after) for i in list_items(found.id)], own.timezone)
    affected = count_affected(own.id, Wanted(release=number), actor=at_work())
    names = name_actors([found.actor])
    return page("release.html", own, release=found, groups=groups, names=names, words=words, affected=affected)


@blueprint.get("/w/<week>/releases/new")
@needs(Verb.PROGRAMME_READ)
def release_new(week: str) -> Any:
    """Show what the next release would change, and what stands against it."""
    own = edition(week)
    return _compare(own, ReleaseForm(data={"seen": _last(own)}))


@blueprint.post("/w/<week>/releases/publication")
@needs(Verb.RELEASE_PUBLISH)
def release_publication(week: str) -> Any:
    """Publish the whole plan or the chosen sessions; a second click leads to the first one's release."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    form = ReleaseForm(request.form)
    waiting = _waiting(own)
    if not form.validate():
        return _compare(own, form), 422
    if _last(own) != form.seen.data:
        return _seen_already(own)
    chosen = sorted(set(form.sessions.data))
    part = None if set(chosen) >= waiting and waiting else chosen
    try:
        decision = Decision(_ways(), form.reason.data or "")
        made = publish(own.id, actor=at_work(), note=form.note.data, sessions=part, decision=decision)
    except Refusal as refusal:
        form.refuse(refusal)
        return _compare(own, form), 422
    flash(_("第 %(n)s 版已发布，公众现在看到的就是它。", n=made.number), "yes")
    return redirect(url_for("desk.release", week=week, number=made.number), 303)


@blueprint.post("/w/<week>/sessions/<code>/publication")
@needs(Verb.RELEASE_PUBLISH)
def session_publication(week: str, code: str) -> Any:
    """Publish one session now; the others keep what is published of them."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    note = clean_line(request.form.get("note", "")[:500], 500)
    try:
        made = publish(own.id, actor=at_work(), note=note, sessions=[code])
    except Refusal as refusal:
        if refusal.code.endswith(("not_found", "denied", "unknown_session")):
            abort(404)
        flash(sentence(refusal), "no")
    else:
        flash(_("这一场已发布（第 %(n)s 版）。", n=made.number), "yes")
    return redirect(url_for("desk.session", week=week, code=code), 303)


def _ways() -> dict[str, Settling]:
    """Return what was chosen for each offering with too few seats, by its code."""
    sent = {name.removeprefix("shortage-"): own for name, own in request.form.items() if name.startswith("shortage-")}
    return {code[:16]: Settling(own) for code, own in sent.items() if own in set(Settling)}


def _waiting(week: Week) -> set[str]:
    """Return the codes of the sessions that the next release would publish anew."""
    return {code for code, mark in list_marks(week.id).items() if mark.action not in (None, Action.UNPLACED)}


def _last(week: Week) -> int:
    release = find_last_release(week.id)
    return release.number if release else 0


def _seen_already(week: Week) -> Any:
    flash(_("第 %(n)s 版刚刚发布过，没有再发一次。还有改动的话，看过再发。", n=_last(week)), "ask")
    return redirect(url_for("desk.release", week=week.code, number=_last(week)), 303)


def _compare(week: Week, form: ReleaseForm) -> str:
    changes = list_changes(week.id)
    ready = [c for c in changes if c.action != Action.UNPLACED]
    problems, passed = list_problems(week), map_overrides(week.id)
    chosen = set(form.sessions.data) if request.method == "POST" else {c.session_code for c in ready}
    return page(
        "release_new.html",
        week,
        here="release",
        form=form,
        words=words,
        number=_last(week) + 1,
        groups=_grouped([_row(c) for c in changes], week.timezone),
        counts={str(a): n for a in ORDER if (n := sum(1 for c in ready if c.action == a))},
        total=len(ready),
        chosen=chosen,
        people=foresee(week, chosen),
        ways=_ways(),
        blocking=[p for p in problems if p.level.stops and p.key not in passed],
        passed=[p for p in problems if p.level.stops and p.key in passed],
        warnings=[p for p in problems if not p.level.stops],
        overrides=passed,
        tentative=list_tentative(week.id),
    )


def _row(change: Change) -> tuple[Any, ...]:
    return change.action, change.session_code, change.title, change.before, change.after


def _grouped(rows: list[tuple[Any, ...]], zone: str) -> list[tuple[str, list[Line]]]:
    groups: dict[str, list[Line]] = {str(action): [] for action in ORDER}
    for action, code, title, before, after in rows:
        family = (after or before or {"kind": {"family": "meet"}})["kind"]["family"]
        groups[str(action)].append(Line(code, title, family, tell(before, after, zone)))
    return [(action, lines) for action, lines in groups.items() if lines]
