"""Questions that registration asks: of the week, of a kind, of an offering; set, ordered, seen as visitors see them."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.tokens import random_code
from eventweek.language import sentence, words
from eventweek.programme.models import Week
from eventweek.programme.queries.parts import list_kinds
from eventweek.registration.actions import write_questions
from eventweek.registration.forms import Question, answer_in_words, compose, row_of
from eventweek.registration.queries.desk import find_offering, list_week_offerings
from eventweek.registration.queries.forms import KIND, OFFERING, WEEK, Asking, find_asking, list_places
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, is_sealed, page
from eventweek.web.desk.offerings import title_of
from eventweek.web.forms.questions import QuestionForm
from eventweek.web.frame import best, language, needs
from eventweek.web.public.particulars import shown_of

NEW = "_new"
Rows = list[dict[str, Any]]


@blueprint.get("/w/<week>/questions")
@needs(Verb.REGISTRATIONS_READ)
def question_list(week: str) -> str:
    """List where something can be asked, and how much is."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    counts = list_places(own.id)
    offerings = [o for o in list_week_offerings(own.id, actor=at_work()) if (OFFERING, o.offering.code) in counts]
    return page(
        "question_list.html",
        own,
        here="registration",
        counts=counts,
        kinds=list_kinds(own.id),
        offerings=[(one.offering.code, title_of(one)) for one in offerings],
    )


@blueprint.route("/w/<week>/questions/<level>/<code>", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_READ)
def questions(week: str, level: str, code: str) -> Any:
    """Show what a place asks as visitors see it; move, drop or take away one question."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    asking, kinds, title = _place(own, level, code)
    if request.method == "POST":
        do, _colon, key = request.form.get("do", "").partition(":")
        change = CHANGES.get(do) or abort(404)
        try:
            _write(own, asking, kinds, change(asking, key))
        except Refusal as refusal:
            _say(refusal)
        return redirect(url_for("desk.questions", week=week, level=level, code=code, _anchor=key or None), 303)
    whole = compose(asking.inherited, asking.dropped, asking.own)
    return page(
        "questions.html",
        own,
        here="registration",
        asking=asking,
        title=title,
        types=words.QUESTION_TYPES,
        about=words.ABOUT,
        when=lambda question: _when(question, [*asking.inherited, *asking.own]),
        shown=shown_of(whole, MultiDict()),
        editable=_editable(own),
    )


@blueprint.route("/w/<week>/questions/<level>/<code>/<key>", methods=["GET", "POST"])
@needs(Verb.REGISTRATIONS_EDIT)
def question(week: str, level: str, code: str, key: str) -> Any:
    """Add a question (`_new`), or change one."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    asking, kinds, title = _place(own, level, code)
    number = next((n for n, one in enumerate(asking.own) if one.key == key), None)
    if number is None and key != NEW:
        abort(404)
    form = _form(asking, number, request.form or None)
    do = request.form.get("do", "save")
    if request.method == "POST" and do == "save" and form.validate():
        rows = _rows(asking)
        place = len(rows) if number is None else number
        rows[place : place + 1] = [_row(form, asking, number)]
        try:
            _write(own, asking, kinds, {"questions": rows}, form.read_version)
        except Refusal as refusal:
            form.refuse(_at_fields(refusal, place))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.questions", week=week, level=level, code=code), 303)
    form.add_spare(do)
    values = {"asking": asking, "form": form, "title": title, "fresh": number is None, "editable": not is_sealed(own)}
    return page("question.html", own, here="registration", **values), 422 if form.problems() else 200


def _place(week: Week, level: str, code: str) -> tuple[Asking, tuple[str, ...], str]:
    """Return what is asked there, the kinds of an offering, and what the place is called."""
    if level == OFFERING:
        found = find_offering(week.id, code, actor=at_work()) or abort(404)
        return find_asking(week.id, level, code, found.kinds), found.kinds, title_of(found)
    if level not in (WEEK, KIND) or (level == WEEK and code != week.code):
        abort(404)
    asking = find_asking(week.id, level, code)
    return asking, (), best(asking.name if level == KIND else week.title)


def _write(week: Week, asking: Asking, kinds: Sequence[str], given: dict[str, Any], version: int | None = None) -> None:
    sent = request.form.get("version", "")
    seen = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0
    write_questions(
        week.id,
        asking.level,
        asking.code,
        given,
        kinds=kinds,
        version=seen if version is None else version,
        actor=at_work(),
    )


def _rows(asking: Asking) -> Rows:
    return [row_of(one) for one in asking.own]


def _moved(by: int) -> Callable[[Asking, str], dict[str, Any]]:
    def move(asking: Asking, key: str) -> dict[str, Any]:
        rows = _rows(asking)
        at = next((n for n, row in enumerate(rows) if row["key"] == key), None)
        to = (at or 0) + by
        if at is not None and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        return {"questions": rows}

    return move


def _without(asking: Asking, key: str) -> dict[str, Any]:
    return {"questions": [row for row in _rows(asking) if row["key"] != key]}


def _dropping(asking: Asking, key: str) -> dict[str, Any]:
    return {"dropped": [*(one for one in asking.dropped if one != key), key]}


def _keeping(asking: Asking, key: str) -> dict[str, Any]:
    return {"dropped": [one for one in asking.dropped if one != key]}


CHANGES = {"up": _moved(-1), "down": _moved(1), "delete": _without, "drop": _dropping, "keep": _keeping}


def _say(refusal: Refusal) -> None:
    """Flash why it was not done.

    Raises: the refusal itself where nobody at this page can mend it.
    """
    if refusal.code == "permission.denied" or refusal.code.endswith("not_found"):
        raise refusal
    errors = refusal.errors if isinstance(refusal, Invalid) else []
    flash(" ".join(sentence(Refusal(e.code, **e.facts)) for e in errors) or sentence(refusal), "no")


def _form(asking: Asking, number: int | None, typed: Any) -> QuestionForm:
    stored: dict[str, Any] = {"version": asking.version}
    if number is not None:
        own = asking.own[number]
        stored |= {name: value for name, value in row_of(own).items() if name not in ("when_key", "when_is")}
        stored["when"] = [f"{own.when}:{code}" for code in own.among]
    form = QuestionForm(typed, data=stored)
    before = [*asking.inherited, *(asking.own if number is None else asking.own[:number])]
    form.when.offer(
        (f"{one.key}:{code}", f"{best(one.label)} = {_answer(one, code)}") for one in before for code in one.codes
    )
    return form


def _row(form: QuestionForm, asking: Asking, number: int | None) -> dict[str, Any]:
    values = form.values()
    among = [one.partition(":") for one in values.pop("when")]
    key = next((key for key, _colon, _code in among), "")
    values["choices"] = [{**row, "code": row["code"] or f"c{random_code(5)}"} for row in values["choices"]]
    return {
        **values,
        "key": asking.own[number].key if number is not None else "",
        "when_key": key,
        "when_is": [code for _key, _colon, code in among],
    }


def _at_fields(refusal: Refusal, place: int) -> Refusal:
    """Return a refusal of a whole form as one of a question: its fields without their prefix."""
    if not isinstance(refusal, Invalid):
        return refusal
    own, names = f"questions.{place}.", {"when_key": "when", "when_is": "when"}
    found = [FieldError(e.field.removeprefix(own), e.code, e.facts) for e in refusal.errors]
    return Invalid([FieldError(names.get(e.field, e.field), e.code, e.facts) for e in found])


def _when(question: Question, every: Sequence[Question]) -> str:
    other = next((one for one in every if one.key == question.when), None)
    answers = " / ".join(_answer(other, code) for code in question.among) if other else ""
    return f"{best(other.label)} = {answers}" if other else question.when


def _answer(own: Question, code: str) -> str:
    return answer_in_words(own, code, language(), {name: str(word) for name, word in words.YES_NO.items()})


def _editable(week: Week) -> bool:
    return can(at_work(), Verb.REGISTRATIONS_EDIT, week.id) and not is_sealed(week)
