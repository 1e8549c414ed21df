"""Findings that may pass: let one pass with a reason, see them all, take one back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import say, sentence
from eventweek.scheduling.actions.overrides import let_pass, take_back
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.overrides import list_overrides
from eventweek.scheduling.rulebook import BY_CODE
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import act, blueprint, edition, page
from eventweek.web.desk.lists import asked, pager
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/overrides")
@needs(Verb.PROGRAMME_READ)
def override_list(week: str) -> str:
    """List what may pass, and what has lapsed because a session moved since."""
    own = edition(week)
    every = list_overrides(own.id)
    stopping = {one.key for one in list_problems(own) if one.level.stops}
    paging = pager(len(every))
    rows = every[paging.offset : paging.last]
    return page(
        "override_list.html",
        own,
        here="rule",
        rows=rows,
        stopping=stopping,
        rules=BY_CODE,
        names=name_actors([one.actor for one in rows]),
        pager=paging,
    )


@blueprint.post("/w/<week>/overrides/new")
@needs(Verb.RELEASE_PUBLISH)
def override_create(week: str) -> Any:
    """Let a finding pass and go back to where it was shown."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    finding = clean_line(request.form.get("finding", "")[:80], 80)
    try:
        let_pass(own.id, finding, request.form.get("reason", "")[:4000], actor=at_work())
        flash(_("已放行。这几场不挪动，就不再拦住发布。"), "yes")
    except Invalid as invalid:
        flash(" ".join(say(error.code, error.facts) for error in invalid.errors), "no")
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(sentence(refusal), "no")
    session, rule = asked("session", longest=16), asked("rule", BY_CODE)
    if session:
        return redirect(url_for("desk.session", week=week, code=session), 303)
    if rule:
        return redirect(url_for("desk.rule", week=week, code=rule), 303)
    return redirect(url_for("desk.release_new", week=week), 303)


@blueprint.post("/w/<week>/overrides/<code>/withdrawal")
@needs(Verb.RELEASE_PUBLISH)
def override_withdrawal(week: str, code: str) -> Any:
    """Take one back."""
    own = edition(week, Verb.RELEASE_PUBLISH)
    back = url_for("desk.override_list", week=week)
    said = _("已收回。这一处又会拦住发布。")
    return act(lambda: take_back(own.id, code, actor=at_work()), back, said, none="override.not_found")
