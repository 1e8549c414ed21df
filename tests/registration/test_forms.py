"""Which questions apply and what is an answer: plain values, no database."""

from typing import Any

import pytest

from eventweek.kernel.errors import Refusal
from eventweek.registration.enums import About, Purpose
from eventweek.registration.forms import (
    Question,
    Sent,
    compose,
    field_of,
    purposes_of,
    question_of,
    read_answers,
    row_of,
    senseless_questions,
    shared_by,
)

MEAL = ({"code": "meat", "zh": "荤", "en": "Meat"}, {"code": "none", "zh": "", "en": "No meal"})


def row(key: str, type_: str = "text", **more: object) -> dict[str, Any]:
    """Return a clean row of a question."""
    empty: dict[str, Any] = {"about": "session", "label_zh": key, "label_en": "", "help_zh": "", "help_en": ""}
    empty |= {"required": False, "choices": [], "when_key": "", "when_is": []}
    return {"key": key, "type": type_, **empty, **more}


def ask(key: str, type_: str = "text", **more: object) -> Question:
    """Return a question."""
    return question_of(row(key, type_, **more))


def no_file(_receipt: str) -> Sent:
    raise Refusal("answer.file_unknown")


def read(questions: list[Question], **typed: object) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers that are kept, and the codes of what is wrong."""
    found = read_answers(questions, typed, no_file)
    return found.answers, {key: refusal.code for key, refusal in found.errors.items()}


def test_a_row_and_its_question_say_the_same() -> None:
    whole = row("m", "choices", choices=list(MEAL), when_key="x", when_is=["yes"], required=True, about="person")
    assert row_of(question_of(whole)) == whole


def test_only_what_applies_is_asked_and_kept() -> None:
    form = [
        ask("meal", "choice", choices=MEAL, required=True),
        ask("diet", "text", when_key="meal", when_is=["meat"], required=True),
        ask("why", "long_text", when_key="diet2", when_is=["yes"]),
        ask("bus", "yes_no"),
        ask("stop", "choices", choices=MEAL, when_key="bus", when_is=["yes"], required=True),
        ask("again", "text", when_key="stop", when_is=["none"], required=True),
    ]
    assert read(form) == ({}, {"meal": "answer.required"})
    assert read(form, meal="meat") == ({"meal": "meat"}, {"diet": "answer.required"})
    hidden = {"diet": "typed before", "why": "nobody asked", "stop": ["meat"], "bus": "no"}
    assert read(form, meal="none", **hidden) == ({"meal": "none", "bus": "no"}, {})
    opened = hidden | {"stop": ["none"], "again": "asked by what is hidden itself"}
    assert read(form, meal="none", **opened) == ({"meal": "none", "bus": "no"}, {})
    whole, wrong = read(form, meal="meat", diet="  清真 ", bus=True, stop=["none", "meat"], again="ok")
    assert whole == {"meal": "meat", "diet": "清真", "bus": "yes", "stop": ["meat", "none"], "again": "ok"}
    assert wrong == {}


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        ("text", 7, "answer.type"),
        ("text", ["a"], "answer.type"),
        ("text", "x" * 201, "text.too_long"),
        ("long_text", "x" * 2001, "text.too_long"),
        ("choice", "fish", "answer.choice"),
        ("choice", True, "answer.type"),
        ("choices", "meat", "answer.type"),
        ("choices", ["meat", "fish"], "answer.choice"),
        ("choices", [["meat"]], "answer.type"),
        ("yes_no", "perhaps", "answer.choice"),
        ("file", "abc.def", "answer.file_unknown"),
        ("text", "\u200b \x00", "answer.required"),
        ("choices", [], "answer.required"),
    ],
)
def test_what_is_no_answer_is_said(type_: str, value: object, code: str) -> None:
    assert read([ask("q", type_, choices=MEAL, required=True)], q=value) == ({}, {"q": code})


def test_forms_are_inherited_added_to_and_dropped() -> None:
    week, kind, own = [ask("a"), ask("b")], [ask("c")], [ask("d"), ask("c", label_zh="其他")]
    whole = compose(compose(week, ["b"], kind), ["a"], own)
    assert [(q.key, q.label.zh) for q in whole] == [("c", "c"), ("d", "d")]


def test_one_form_asks_of_the_person_once() -> None:
    one, other = ask("size", about="person"), ask("size", about="person", label_zh="另一个")
    meal = ask("meal")
    forms = {"x": (one, meal), "y": (one, meal), "z": (other,)}
    shared = shared_by(forms)
    assert shared == [one] and one.about == About.PERSON
    names = [field_of(code, own, shared) for code, questions in forms.items() for own in questions]
    assert names == ["answers.size", "x.answers.meal", "answers.size", "y.answers.meal", "z.answers.size"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        (row("q", label_zh=""), "label_zh", "field.one_language"),
        (row("kind"), "key", "question.key_taken"),
        (row("q", "choice"), "choices", "question.choices_few"),
        (row("q", "text", choices=list(MEAL)), "choices", "question.choices_unwanted"),
        (row("q", "choice", choices=[*MEAL, {"code": "x", "zh": "", "en": ""}]), "choices", "question.choice_unnamed"),
        (row("q", when_key="later", when_is=["yes"]), "when_key", "question.condition_unknown"),
        (row("q", when_key="kind", when_is=["yes"]), "when_key", "question.condition_unknown"),
        (row("q", when_key="bus"), "when_is", "question.condition_half"),
        (row("q", when_is=["yes"]), "when_is", "question.condition_half"),
        (row("q", when_key="bus", when_is=["perhaps"]), "when_is", "question.condition_choice"),
        (row("q", when_key="bus", when_is=["yes"], about="person"), "when_key", "question.condition_of_session"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(wrong: dict[str, Any], field: str, code: str) -> None:
    rows = [row("bus", "yes_no"), wrong, row("later", "yes_no")]
    assert [(e.field, e.code) for e in senseless_questions(rows, [ask("kind")])] == [(f"questions.1.{field}", code)]


def test_real_names_ask_for_the_sensitive_box() -> None:
    assert purposes_of([(False, ["publishing"]), (True, ["guardian"])]) == [
        Purpose.SENSITIVE,
        Purpose.GUARDIAN,
        Purpose.PUBLISHING,
    ]
    assert purposes_of([(False, [])]) == []
