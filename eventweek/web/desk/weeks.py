"""Editions: the list, the first one in three steps, everything about one, its states, the end of a draft."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.editions.actions.deleting import delete_week
from eventweek.editions.queries import count_contents, find_copy
from eventweek.kernel.errors import Refusal
from eventweek.language import say, sentence
from eventweek.language.words import WEEK_STATES
from eventweek.programme.actions.founding import found_week
from eventweek.programme.actions.weeks import edit_week, set_week_state
from eventweek.programme.models import Week
from eventweek.programme.presets import preset_kinds, preset_tag_sets
from eventweek.programme.queries import find_newest_week, find_week, list_weeks
from eventweek.programme.queries.masters import list_choosable_organisations, list_choosable_venues, list_cities
from eventweek.programme.queries.parts import count_all_sessions
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import WEEK
from eventweek.programme.rules.weeks import TRANSITIONS
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, page
from eventweek.web.desk.pictures import LONGEST_REQUEST, sent, show_pictures, take_pictures
from eventweek.web.desk.shelves import choices
from eventweek.web.forms.copies import ANCHORS
from eventweek.web.forms.weeks import STATES, FirstWeekForm, WeekForm, warmups
from eventweek.web.frame import language, needs, takes_files


@blueprint.get("/weeks")
@needs(Verb.PROGRAMME_READ)
def week_list() -> str:
    """List the editions that the person may read."""
    rows = [week for week in list_weeks() if can(at_work(), Verb.PROGRAMME_READ, week.id)]
    counts = count_all_sessions()
    return page("week_list.html", find_newest_week(), rows=rows, counts=counts, states=WEEK_STATES)


@blueprint.route("/new/week", methods=["GET", "POST"])
@needs(Verb.WEEK_CREATE)
def week_new() -> Any:
    """Lead through the steps of a new edition; nothing is written before the last one."""
    form = _first_form()
    last = len(form.STEPS) - 1
    step = min(int(request.form.get("step", "0")) if request.form.get("step", "0") in "012" else 0, last)
    do = request.form.get("do", "")
    if do == "back":
        step = max(0, step - 1)
    elif do == "save":
        if form.validate() and step < last:
            step += _may_go_on(form, step)
        elif not form.problems():
            answer = _found(form)
            if answer is not None:
                return answer
        wrong = form.wrong_step()
        step = step if wrong is None else min(step, wrong)
    form.add_spare(do)
    text = page("week_new.html", find_newest_week(), form=form, step=step, last=last)
    return text, 422 if form.problems() else 200


def _first_form() -> FirstWeekForm:
    known = list_cities()
    kinds, sets = preset_kinds(), preset_tag_sets()
    cities = [
        {"code": c.code, "name_zh": c.name.zh, "name_en": c.name.en, "role": "sub" if n else "main"}
        for n, c in enumerate(known)
    ]
    first = {
        "timezone": "Asia/Shanghai",
        "cities": cities,
        "kinds": [kind["code"] for kind in kinds],
        "tag_sets": [entry["code"] for entry in sets],
    }
    form = FirstWeekForm(request.form or None, data=first)
    tongue = "name_en" if language() == "en" else "name_zh"
    form.kinds.offer([(kind["code"], kind[tongue]) for kind in kinds])
    form.tag_sets.offer([(entry["code"], entry[tongue]) for entry in sets])
    return form


def _may_go_on(form: FirstWeekForm, step: int) -> bool:
    """Say whether a step is complete; what is missing is said at its fields."""
    if step == 0:
        for name in ("code", "timezone", "first_day", "last_day"):
            if not form[name].data:
                form[name].errors = [say("field.required", {})]
        if not form.title_zh.data and not form.title_en.data:
            form.title_zh.errors = [say("field.one_language", {})]
        if form.code.data and find_week(form.code.data):
            form.code.errors = [say("code.taken", {"code": form.code.data})]
        if form.first_day.data and form.last_day.data and form.first_day.data > form.last_day.data:
            form.last_day.errors = [say("days.order", {})]
    if step == 1 and not form.cities.kept():
        form.cities.errors = [say("field.required", {})]
    return not form.problems()


def _found(form: FirstWeekForm) -> Any:
    own = form.values()
    try:
        week = found_week(
            form.week_values(), own["cities"], actor=at_work(), kinds=own["kinds"], tag_sets=own["tag_sets"]
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    flash(str(_("建好了。现在是筹备状态，只有工作台看得到。")), "yes")
    return redirect(url_for("desk.week", code=week.code), 303)


@blueprint.route("/weeks/<code>", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_READ)
@takes_files(LONGEST_REQUEST)
def week(code: str) -> Any:
    """Show everything about an edition, or take what was typed."""
    own = edition(code)
    form = _form(own, sent())
    form.take(request.form.getlist("take"))
    take_pictures(form)
    do = request.form.get("do", "save")
    if request.method == "POST" and do == "save" and form.validate():
        try:
            edit_week(code, form.values(), version=form.read_version, actor=at_work())
        except Refusal as refusal:
            own = edition(code)
            form.refuse(refusal, show_pictures(_form(own, None)))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.week", code=code), 303)
    form.add_spare(do)
    return _week_page(own, form), 422 if form.problems() or form.stale else 200


def _form(own: Week, typed: Any) -> WeekForm:
    stored = values_of(WEEK, own)
    form = WeekForm(typed, data=stored | {"warmups": warmups(stored["days"]), "version": own.version})
    form.cities.offer("city", [("", "—"), *choices(list_cities())])
    form.host.offer([("", "—"), *choices(list_choosable_organisations())])
    form.host_venue.offer([("", "—"), *choices(list_choosable_venues())])
    return form


def _week_page(own: Week, form: WeekForm) -> str:
    ways = [(state, WEEK_STATES[state], STATES[state]) for state in TRANSITIONS[own.state]]
    editable = can(at_work(), Verb.WEEK_EDIT, own.id) and own.state != "archived"
    mortal = own.state == "draft" and can(at_work(), Verb.WEEK_CREATE)
    words: dict[str, Any] = {"states": WEEK_STATES, "meaning": STATES[own.state], "counts": count_contents(own.id)}
    words |= {"copy": find_copy(own.id), "anchors": ANCHORS}
    return page("week.html", own, form=form, ways=ways, editable=editable, mortal=mortal, **words)


@blueprint.post("/weeks/<code>/state")
@needs(Verb.WEEK_EDIT)
def week_state(code: str) -> Any:
    """Move an edition on to the state that was confirmed."""
    edition(code)
    state = request.form.get("state", "")[:20]
    return act(
        lambda: set_week_state(code, state, actor=at_work()), url_for("desk.week", code=code), str(_("状态改好了。"))
    )


@blueprint.post("/weeks/<code>/deletion")
@needs(Verb.WEEK_CREATE)
def week_deletion(code: str) -> Any:
    """Delete a draft."""
    edition(code)
    try:
        delete_week(code, actor=at_work())
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        flash(sentence(refusal), "no")
        return redirect(url_for("desk.week", code=code), 303)
    flash(str(_("已删除。")), "yes")
    return redirect(url_for("desk.week_list"), 303)
