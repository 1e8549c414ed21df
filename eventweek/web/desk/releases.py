"""Releases: what the public will see next, the publication itself, and what each release changed."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
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
from eventweek.replanning.queries import Consequence, Wanted, count_affected, foresee
from eventweek.scheduling.diff import Change, change
from eventweek.scheduling.enums import Action, Difference
from eventweek.scheduling.history import count_items, list_items
from eventweek.scheduling.queries import find_last_release, list_releases
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.marks import list_changed_drafts, list_marks
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.differences import Told, tell
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.forms.releases import ReleaseForm
from eventweek.web.frame import needs

MOST_WARNINGS = 20


@dataclass(frozen=True)
class Line:
    """One session in a comparison; `effect`: what publishing it does to people, None where nobody is concerned."""

    code: str
    title: Any
    family: str
    told: list[Told]
    effect: Consequence | None = None


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
    every = list_releases(own.id)
    found = next((r for r in every if r.number == number), None) or abort(404)
    groups = grouped([Change(i.code, i.title, Action(i.action), i.before, i.after) for i in list_items(found.id)], own)
    affected = count_affected(own.id, Wanted(release=number), actor=at_work())
    names = name_actors([found.actor])
    facts: dict[str, Any] = {"groups": groups, "names": names, "words": words, "affected": affected}
    return page("release.html", own, release=found, restorable=number < every[0].number, **facts)


@blueprint.get("/w/<week>/releases/new")
@needs(Verb.PROGRAMME_READ)
def release_new(week: str) -> Any:
    """Show what the next release would change, and what stands against it."""
    own = edition(week)
    return _compare(own, None)


@blueprint.post("/w/<week>/releases/publication")
@needs(Verb.RELEASE_PUBLISH)
def release_publication(week: str) -> Any:
    """Publish the whole plan or the chosen sessions; a second click leads to the first one's release."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    form = ReleaseForm(request.form)
    waiting = _waiting(own)
    if not form.validate():
        return _compare(own, form), 422
    if last_number(own) != form.seen.data:
        return seen_already(own)
    chosen = sorted(set(form.sessions.data))
    part = None if set(chosen) >= waiting and waiting else chosen
    try:
        decision = Decision(decided_ways(), form.reason.data or "")
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


def decided_ways() -> dict[str, Settling]:
    """Return what was chosen for each offering with too few seats, by its code."""
    sent = {name.removeprefix("shortage-"): own for name, own in request.form.items() if name.startswith("shortage-")}
    return {code[:16]: Settling(own) for code, own in sent.items() if own in set(Settling)}


def _waiting(week: Week) -> set[str]:
    """Return the codes of the sessions that the next release would publish anew."""
    return {code for code, mark in list_marks(week.id).items() if mark.action not in (None, Action.UNPLACED)}


def last_number(week: Week) -> int:
    """Return the number of the newest release, 0 before the first."""
    release = find_last_release(week.id)
    return release.number if release else 0


def seen_already(week: Week) -> Any:
    """Lead whoever clicked twice, or comes late, to the release that stands."""
    flash(_("第 %(n)s 版刚刚发布过，没有再发一次。还有改动的话，看过再发。", n=last_number(week)), "ask")
    return redirect(url_for("desk.release", week=week.code, number=last_number(week)), 303)


def _compare(week: Week, sent: ReleaseForm | None) -> str:
    drafts, last = list_changed_drafts(week.id), find_last_release(week.id)
    form = sent or ReleaseForm(data={"seen": last.number if last else 0})
    ready = [draft for draft in drafts if draft.action != Action.UNPLACED]
    codes = {draft.session.code for draft in ready}
    named = form.sessions.data if request.method == "POST" else request.args.getlist("s") or codes
    chosen = set(named) & codes
    people = foresee(week, (draft for draft in ready if draft.session.code in chosen))
    groups = grouped([change(draft) for draft in drafts], week, people.sessions)
    return page(
        "release_new.html",
        week,
        here="release",
        form=form,
        words=words,
        number=last.number + 1 if last else 1,
        last=last,
        groups=groups,
        counts={group: len(lines) for group, lines in groups if group != Difference.UNPLACED},
        total=len(ready),
        chosen=chosen,
        people=people,
        ways=decided_ways(),
        tentative=list_tentative(week.id),
        **_standing(week, codes),
    )


def _standing(week: Week, codes: Set[str]) -> dict[str, Any]:
    """Return the problems of the plan by what they mean to a release of these sessions."""
    problems, passed = list_problems(week), map_overrides(week.id)
    stops = [problem for problem in problems if problem.level.stops]
    open_ = [problem for problem in stops if problem.key not in passed]
    return {
        "blocking": [problem for problem in open_ if codes & {*problem.sessions}],
        "elsewhere": [problem for problem in open_ if not codes & {*problem.sessions}],
        "passed": [problem for problem in stops if problem.key in passed],
        "warnings": [problem for problem in problems if not problem.level.stops],
        "most": MOST_WARNINGS,
        "overrides": passed,
    }


def grouped(
    changes: Iterable[Change], week: Week, effects: Mapping[str, Consequence] = MappingProxyType({})
) -> list[tuple[str, list[Line]]]:
    """Return what changes by what people call it, each session with both sides and its consequences."""
    groups: dict[str, list[Line]] = {str(group): [] for group in Difference}
    for one in changes:
        family = (one.after or one.before or {"kind": {"family": "meet"}})["kind"]["family"]
        told = tell(one.before, one.after, week.timezone)
        groups[one.group].append(Line(one.session_code, one.title, family, told, effects.get(one.session_code)))
    return [(group, lines) for group, lines in groups.items() if lines]
