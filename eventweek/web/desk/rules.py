"""The rules of a week: what a breach of each means, what the planner weighs it with, and what breaks it now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import say, sentence, words
from eventweek.programme.models import Week
from eventweek.scheduling.actions.levels import Wish, choose_preset, set_rules
from eventweek.scheduling.enums import Group, Preset
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.levels import Meant, WeekRules, find_rules
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.rulebook import BY_CODE, MOST_WEIGHT, RULES, Rule, weight_of
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.frame import needs

GROUPS: Mapping[Group, tuple[LazyString, LazyString]] = {
    Group.MUST: (_("必须做到的"), _("有人手动排期时怎么办。没有另设的，自动排期都必须做到。")),
    Group.PUBLISHED: (_("已公布的"), _("自动排期改动已公布的安排，要付多少代价。")),
    Group.WISH: (_("愿望"), _("自动排期权衡这些：权重越大越要紧，0 就是不计较。")),
}
MEANINGS: Mapping[Preset, LazyString] = {
    Preset.STEADY: _("还没有公布时用：受众、主题、人员和场地都照顾到。"),
    Preset.COMPACT: _("日程要排得紧：人员少跑几天，场地少开几间。"),
    Preset.REPAIR: _("公布以后用：尽量不动公众已经知道的时间和地点。"),
}


@dataclass(frozen=True)
class Row:
    """A rule as the form shows it: what is chosen and typed, what is wrong with that, and what somebody else saved."""

    meant: Meant
    level: str
    weight: str
    choices: list[tuple[str, LazyString | str]]
    count: int
    error: str = ""
    theirs: str = ""


@blueprint.get("/w/<week>/rules")
@needs(Verb.PROGRAMME_READ)
def rule_list(week: str) -> str:
    """Show every rule with its level, its weight, and how often the working plan breaks it."""
    own = edition(week)
    return _show(own, find_rules(own.id))


@blueprint.post("/w/<week>/rules/settings")
@needs(Verb.WEEK_EDIT)
def rule_settings(week: str) -> Any:
    """Keep the levels and weights that the form says."""
    own = edition(week, Verb.WEEK_EDIT)
    wishes = {rule.code: _wish(rule) for rule in RULES if f"level-{rule.code}" in request.form}
    try:
        set_rules(own.id, wishes, version=_version(), actor=at_work())
    except Invalid as invalid:
        return _show(own, find_rules(own.id), wishes, invalid.errors), 422
    except Refusal as refusal:
        if refusal.code != "version.stale":
            raise
        flash(gettext("别人刚改过规则，还没有保存你的。不一样的地方写在下面，看过再保存一次。"), "ask")
        return _show(own, find_rules(own.id), wishes), 409
    flash(gettext("已保存。"), "yes")
    return redirect(url_for("desk.rule_list", week=week), 303)


@blueprint.post("/w/<week>/rules/preset")
@needs(Verb.WEEK_EDIT)
def rule_preset(week: str) -> Any:
    """Start from the weights of another preset."""
    own = edition(week, Verb.WEEK_EDIT)
    preset = clean_line(request.form.get("preset", "")[:40], 40)
    try:
        choose_preset(own.id, preset, version=_version(), actor=at_work())
        flash(gettext("已换成“%(preset)s”的权重。", preset=words.PRESETS[preset]), "yes")
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        chosen = isinstance(refusal, Invalid)
        flash(gettext("选一种：稳妥、紧凑或已发布修复。") if chosen else sentence(refusal), "no")
    return redirect(url_for("desk.rule_list", week=week), 303)


@blueprint.get("/w/<week>/rules/<code>")
@needs(Verb.PROGRAMME_READ)
def rule(week: str, code: str) -> str:
    """Show what breaks a rule in the working plan, and what somebody lets pass."""
    own, known = edition(week), BY_CODE.get(code) or abort(404)
    found = [one for one in list_problems(own) if one.about is known]
    paging = pager(len(found))
    return page(
        "rule.html",
        own,
        meant=next(one for one in find_rules(own.id).rules if one.rule is known),
        found=found[paging.offset : paging.last],
        overrides=map_overrides(own.id),
        pager=paging,
        words=words,
    )


def _show(
    week: Week,
    found: WeekRules,
    typed: Mapping[str, Wish] | None = None,
    errors: list[FieldError] | None = None,
) -> str:
    said = {error.field: say(error.code, error.facts) for error in errors or ()}
    counts = Counter(one.about.code for one in list_problems(week))
    rows = [_row(one, (typed or {}).get(one.rule.code), said, counts[one.rule.code]) for one in found.rules]
    return page(
        "rule_list.html",
        week,
        found=found,
        groups=[
            (word, hint, [row for row in rows if row.meant.rule.group == own]) for own, (word, hint) in GROUPS.items()
        ],
        presets=[(own, words.PRESETS[own], MEANINGS[own], _replaced(found, own)) for own in Preset],
        differing=sum(1 for one in found.rules if one.differs),
        wrong=[row for row in rows if row.error],
        most=MOST_WEIGHT,
        words=words,
    )


def _row(meant: Meant, typed: Wish | None, said: Mapping[str, str], count: int) -> Row:
    own, stored = meant.rule, (str(meant.own or ""), _written(meant.own_weight))
    level, weight = stored if typed is None else (typed.level or "", _written(typed.weight))
    known = words.RULE_LEVELS if own.findings else words.PLANNER_LEVELS
    choices: list[tuple[str, LazyString | str]] = [("", gettext("默认：%(level)s", level=known[own.level]))]
    choices += [(str(one), known[one]) for one in own.choices]
    theirs = ""
    if typed is not None and not said and (level, weight) != stored:
        kept = dict(choices).get(stored[0], stored[0])
        theirs = gettext("%(level)s，权重 %(n)s", level=kept, n=stored[1]) if stored[1] else str(kept)
    return Row(meant, level, weight, choices, count, said.get(own.code, ""), theirs)


def _replaced(found: WeekRules, preset: Preset) -> list[tuple[Rule, int, int]]:
    """Return the weights of its own that the week would give up: the rule, the weight now and the one to come."""
    return [
        (one.rule, one.own_weight, weight_of(one.rule, preset)) for one in found.rules if one.own_weight is not None
    ]


def _wish(rule: Rule) -> Wish:
    level = clean_line(request.form.get(f"level-{rule.code}", "")[:40], 40)
    typed = clean_line(request.form.get(f"weight-{rule.code}", "")[:40], 40)
    number = typed.isascii() and typed.isdigit() and len(typed) < 9
    return Wish(level or None, (int(typed) if number else typed) if typed else None)


def _written(value: object) -> str:
    return "" if value is None else str(value)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
