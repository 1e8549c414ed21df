"""The history of a record: who changed which field when, from what to what, and how to put one value back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.audit.histories import RevisionFilter, find_revision, list_makers, list_revisions
from eventweek.audit.models import Revision
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import say, sentence
from eventweek.language.status import is_denied
from eventweek.programme.actions.parties import forget_person
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.audit import ACTIONS, ZONE
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.desk.kept import ONES, Holder, Kept, find_kept, is_weekly, wanted
from eventweek.web.desk.lists import Filter, chosen, pager
from eventweek.web.desk.telling import Part, Telling, compared, fields_of, word_of
from eventweek.web.frame import needs

SIZE = 20
MARKED = {
    "offering": "registration",
    "message_text": "campaign",
    "room": "venue",
    "feature": "venue",
    "tag": "tag_set",
    "holiday": "city",
    "travel_time": "city",
}
"""Under which entry of the rail the records of a kind stand, where it is not their own."""


@dataclass(frozen=True)
class Line:
    """One field of a change: its word, the pieces of both values, and where its old value can be put back."""

    word: str
    parts: list[Part]
    back: str = ""
    erased: bool = False


@dataclass(frozen=True)
class Entry:
    """One change: when, who, what was done, of what beside the record itself, and its fields."""

    at: datetime
    who: str
    does: str
    beside: str
    lines: list[Line]


@blueprint.get("/w/<week>/history/<noun>/<code>")
@needs(Verb.PROGRAMME_READ)
def week_history(week: str, noun: str, code: str) -> str:
    """Show the history of a record of a week."""
    return _history(find_kept(noun, code, week))


@blueprint.get("/history/<noun>/<code>")
@needs(Verb.PROGRAMME_READ)
def master_history(noun: str, code: str) -> str:
    """Show the history of a record that outlives every week, or of a week."""
    return _history(find_kept(noun, code, ""))


@blueprint.route("/w/<week>/history/<noun>/<code>/<int:number>/<name>", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_READ)
def week_value(week: str, noun: str, code: str, number: int, name: str) -> Any:
    """Put one value of a record of a week back."""
    return _value(find_kept(noun, code, week), number, name)


@blueprint.route("/history/<noun>/<code>/<int:number>/<name>", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_READ)
def master_value(noun: str, code: str, number: int, name: str) -> Any:
    """Put one value of a record that outlives every week back."""
    return _value(find_kept(noun, code, ""), number, name)


@blueprint.post("/people/<code>/oblivion")
@needs(Verb.USERS_MANAGE)
def person_oblivion(code: str) -> Any:
    """Erase the personal values from a person's history."""
    kept = find_kept("person", code, "")
    count = forget_person(code, actor=at_work())
    flash(str(_("清除了 %(n)s 处改动里的个人内容。", n=count)), "yes")
    return redirect(kept.address(), 303)


def _history(kept: Kept) -> str:
    makers = list_makers(kept.stretch)
    names = name_actors(makers)
    filters = [
        Filter("field", str(_("项目")), _fields(kept)),
        Filter("actor", str(_("谁")), [(label, names.get(label, label)) for label in makers]),
    ]
    rows, total = list_revisions(
        kept.stretch, RevisionFilter(**chosen(filters)), lambda n: (pager(n, SIZE).offset, SIZE)
    )
    zone = kept.week.timezone if kept.week else ZONE
    telling = _telling(kept, rows)
    entries = [_entry(kept, row, telling, names, filters[0].chosen) for row in rows]
    forgettable = kept.noun == "person" and not kept.gone and can(at_work(), Verb.USERS_MANAGE)
    return page(
        "history.html",
        kept.week,
        here=_marked(kept),
        kept=kept,
        entries=entries,
        filters=filters,
        pager=pager(total, SIZE),
        zone=zone,
        forgettable=forgettable,
    )


def _marked(kept: Kept) -> str:
    return MARKED.get(kept.noun, kept.noun)


def _fields(kept: Kept) -> list[tuple[str, str]]:
    """Return every field that the history can hold, as choices."""
    subjects = dict.fromkeys(subject for subject, _row in kept.stretch.rows)
    found = {name: word_of(subject, name) for subject in subjects for name in fields_of(subject)}
    return [(name, word) for name, word in found.items() if word != name]


def _telling(kept: Kept, rows: list[Revision]) -> Telling:
    zone = kept.week.timezone if kept.week else ZONE
    telling = Telling(kept.week.id if kept.week and is_weekly(kept.noun) else None, zone)
    pairs = [(row.subject, name, pair) for row in rows for name, pair in _pairs(row).items() if pair]
    held = [(subject.partition(":")[0], own.values) for subject, own in kept.holders.items()]
    present = [(subject, name, value) for subject, values in held for name, value in values.items()]
    telling.look_up([(s, name, one) for s, name, pair in pairs for one in pair] + (present if rows else []))
    return telling


def _pairs(row: Revision) -> dict[str, Any]:
    return {**row.personal, **row.changes}


def _entry(kept: Kept, row: Revision, telling: Telling, names: dict[str, str], only: str) -> Entry:
    action = str(ACTIONS.get(f"{row.subject}.{row.verb}") or ACTIONS.get(row.verb, row.verb))
    whole = row.subject in (kept.noun, "placement")
    beside = kept.parts.get(row.row_id, "") if whole else str(ONES.get(row.subject, ""))
    lines = [_line(kept, row, name, pair, telling) for name, pair in _ordered(row) if only in ("", name)]
    return Entry(row.at, names.get(row.actor, row.actor), action, beside, [line for line in lines if line])


def _ordered(row: Revision) -> Iterator[tuple[str, Any]]:
    """Yield the pairs in the order of the subject's fields."""
    pairs, order = _pairs(row), fields_of(row.subject)
    for name in sorted(pairs, key=lambda name: order.index(name) if name in order else len(order)):
        yield name, pairs[name]


def _line(kept: Kept, row: Revision, name: str, pair: Any, telling: Telling) -> Line | None:
    word = word_of(row.subject, name)
    if pair is None:
        return Line(word, [], erased=True)
    old, new = (telling.tell(row.subject, name, one) for one in pair)
    if old == new:
        return None
    holder = kept.holder(row)
    offered = row.verb != "create" and holder is not None and _differs(holder, name, pair[0])
    back = kept.address("value", number=row.id, name=name) if offered else ""
    return Line(word, [(new, "")] if row.verb == "create" else compared(old, new), back)


def _differs(holder: Holder, name: str, old: Any) -> bool:
    return name in holder.fields and holder.values.get(name) != old


def _value(kept: Kept, number: int, name: str) -> Any:
    """Show the present value and the one to come; put it back when that is confirmed."""
    row = find_revision(kept.stretch, number) or abort(404)
    holder = kept.holder(row)
    pair = _pairs(row).get(name)
    if holder is None or pair is None or row.verb == "create" or name not in holder.fields:
        abort(404)
    problems: list[str] = []
    if request.method == "POST":
        try:
            _put(holder, row, name)
        except Refusal as refusal:
            problems = _said(refusal)
            kept = find_kept(kept.noun, kept.code, kept.week.code if kept.week and is_weekly(kept.noun) else "")
            holder = kept.holder(row) or abort(404)
        else:
            flash(str(_("已恢复：%(word)s。", word=word_of(row.subject, name))), "yes")
            return redirect(kept.address(), 303)
    telling = _telling(kept, [row])
    now, then = (telling.tell(row.subject, name, one) for one in (holder.values.get(name), pair[0]))
    lost = telling.lost(row.subject, name, pair[0])
    if lost:
        problems = [gettext("%(names)s 已经没有了，这个旧值不能照样恢复。在编辑页里改填别的。", names="、".join(lost))]
    text = page(
        "history_value.html",
        kept.week,
        here=_marked(kept),
        kept=kept,
        word=word_of(row.subject, name),
        parts=compared(now, then),
        holder=holder,
        problems=problems,
        lost=lost,
        tried=request.method == "POST",
        zone=telling.zone.key,
        row=row,
    )
    return text, 422 if problems and request.method == "POST" else 200


def _put(holder: Holder, row: Revision, name: str) -> None:
    """Send the old value through the ordinary edit, for the version that the page has shown."""
    sent = request.form.get("version", "")
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else None if sent == "none" else 0
    values = wanted(holder, row.subject, name, _pairs(row))
    holder.put(
        values, version=version, actor=at_work(), override=clean_line(request.form.get("override", ""), 2000)[:300]
    )


def _said(refusal: Refusal) -> list[str]:
    """Return why it cannot be put back, in sentences.

    Raises: the refusal itself where nothing is to be shown.
    """
    if is_denied(refusal.code) or refusal.code.endswith("not_found"):
        raise refusal
    if refusal.code == "version.stale":
        return [str(_("别人刚改过。下面是现在的值，看过再恢复。"))]
    if isinstance(refusal, Invalid):
        return [say(error.code, error.facts) for error in refusal.errors]
    return [sentence(refusal)]
