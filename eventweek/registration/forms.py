"""Questions, which of them apply, and what is an answer: pure rules over plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import FieldError, Refusal
from eventweek.kernel.text import clean_line, clean_text
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Choice, Flag, Line, Prose, Rows, Several, Type
from eventweek.registration.enums import About, Purpose, QuestionType

KEY = r"[a-z0-9][a-z0-9_-]*"
MOST_QUESTIONS = 40
MOST_CHOICES = 60
LONGEST = {QuestionType.TEXT: 200, QuestionType.LONG_TEXT: 2000}
CHOOSING = (QuestionType.CHOICE, QuestionType.CHOICES)
ANSWERS_OF_YES_NO = ("yes", "no")
OPTION: dict[str, Type] = {"code": Line(40, shape=KEY), "zh": Line(120), "en": Line(120)}
QUESTION: dict[str, Type] = {
    "key": Line(40, shape=KEY),
    "type": Choice(QuestionType, required=True),
    "about": Choice(About, default=str(About.SESSION)),
    "label_zh": Line(200),
    "label_en": Line(200),
    "help_zh": Prose(500),
    "help_en": Prose(500),
    "required": Flag(),
    "choices": Rows(OPTION, key=("code",), ordered=True, longest=MOST_CHOICES),
    "when_key": Line(40, shape=KEY),
    "when_is": Several(Line(40, shape=KEY), longest=MOST_CHOICES),
}
ASKING = Subject(
    "questions",
    {
        "questions": Rows(QUESTION, key=("key",), ordered=True, longest=MOST_QUESTIONS),
        "dropped": Several(Line(40, shape=KEY), longest=2 * MOST_QUESTIONS),
    },
    named=(),
)
"""What is said of a form."""


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    code: str
    name: Bilingual


@dataclass(frozen=True)
class Question:
    """A question; asked only if the answer to `when` is one of `among`, always where `when` is empty."""

    key: str
    type: QuestionType
    about: About
    label: Bilingual
    help: Bilingual
    required: bool = False
    options: tuple[Option, ...] = ()
    when: str = ""
    among: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes that an answer may have, none where it is written or a file."""
        return ANSWERS_OF_YES_NO if self.type == QuestionType.YES_NO else tuple(one.code for one in self.options)


@dataclass(frozen=True)
class Sent:
    """A file that was taken in as an answer: its digest, its name made safe, the key of its type, bytes."""

    sha256: str
    name: str
    kind: str
    size: int


@dataclass
class Reading:
    """What somebody answered: values as they are kept, the files among them, and what is wrong, by key."""

    answers: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Sent] = field(default_factory=dict)
    errors: dict[str, Refusal] = field(default_factory=dict)


def question_of(row: Mapping[str, Any]) -> Question:
    """Return a question as its row keeps it."""
    return Question(
        key=row["key"],
        type=QuestionType(row["type"]),
        about=About(row["about"]),
        label=Bilingual(row["label_zh"], row["label_en"]),
        help=Bilingual(row["help_zh"], row["help_en"]),
        required=row["required"],
        options=tuple(Option(own["code"], Bilingual(own["zh"], own["en"])) for own in row["choices"]),
        when=row["when_key"],
        among=tuple(row["when_is"]),
    )


def row_of(own: Question) -> dict[str, Any]:
    """Return a question as it is kept and as the API says it."""
    return {
        "key": own.key,
        "type": str(own.type),
        "about": str(own.about),
        "label_zh": own.label.zh,
        "label_en": own.label.en,
        "help_zh": own.help.zh,
        "help_en": own.help.en,
        "required": own.required,
        "choices": [{"code": one.code, "zh": one.name.zh, "en": one.name.en} for one in own.options],
        "when_key": own.when,
        "when_is": list(own.among),
    }


def senseless_questions(rows: Sequence[Mapping[str, Any]], inherited: Sequence[Question]) -> list[FieldError]:
    """Name what contradicts itself in clean rows of questions that stand after `inherited` ones."""
    known = {own.key: own for own in inherited}
    errors = []
    for n, row in enumerate(rows):
        own = question_of(row)
        errors += [FieldError(f"questions.{n}.{name}", code) for name, code in _faults(own, known)]
        known.setdefault(own.key, own)
    return errors


def _faults(own: Question, known: Mapping[str, Question]) -> list[tuple[str, str]]:
    found = []
    if not own.label.zh and not own.label.en:
        found.append(("label_zh", "field.one_language"))
    if own.key in known:
        found.append(("key", "question.key_taken"))
    if own.type in CHOOSING and len(own.options) < 2:
        found.append(("choices", "question.choices_few"))
    if own.type not in CHOOSING and own.options:
        found.append(("choices", "question.choices_unwanted"))
    if any(not one.code or not (one.name.zh or one.name.en) for one in own.options):
        found.append(("choices", "question.choice_unnamed"))
    return found + _condition_faults(own, known)


def _condition_faults(own: Question, known: Mapping[str, Question]) -> list[tuple[str, str]]:
    if not own.when:
        return [("when_is", "question.condition_half")] if own.among else []
    other = known.get(own.when)
    if other is None or not other.codes:
        return [("when_key", "question.condition_unknown")]
    if own.about == About.PERSON and other.about == About.SESSION:
        return [("when_key", "question.condition_of_session")]
    if not own.among:
        return [("when_is", "question.condition_half")]
    return [] if set(own.among) <= set(other.codes) else [("when_is", "question.condition_choice")]


def compose(inherited: Iterable[Question], dropped: Iterable[str], own: Iterable[Question]) -> tuple[Question, ...]:
    """Return the inherited questions without the dropped ones, then its own; a key stands once."""
    gone = set(dropped)
    whole = {one.key: one for one in inherited if one.key not in gone}
    for one in own:
        whole.setdefault(one.key, one)
    return tuple(whole.values())


def shared_by(forms: Mapping[str, Sequence[Question]]) -> list[Question]:
    """Return the questions of a basket that are asked once, in the order of its forms (offering code -> questions).

    Two forms that ask different things of the person under one key each ask their own.
    """
    found: dict[str, Question] = {}
    for questions in forms.values():
        for own in questions:
            if own.about == About.PERSON:
                found.setdefault(own.key, own)
    return list(found.values())


def field_of(offering: str, own: Question, shared: Sequence[Question]) -> str:
    """Return the name of the field of an answer: `answers.KEY` where it is asked once, else `OFFERING.answers.KEY`."""
    return f"answers.{own.key}" if own in shared else f"{offering}.answers.{own.key}"


def is_asked(own: Question, answers: Mapping[str, Any]) -> bool:
    """Say whether the condition of a question is met by clean answers to those before it."""
    if not own.when:
        return True
    given = answers.get(own.when)
    return bool(set(given if isinstance(given, list) else [given]) & set(own.among))


def read_answers(
    questions: Sequence[Question], typed: Mapping[str, object], open_file: Callable[[str], Sent]
) -> Reading:
    """Read what was typed, by key: what does not apply is not kept, what is required must be there.

    `open_file` returns the file of a receipt, or refuses. Codes: answer.required, answer.choice, answer.type,
    text.too_long, and those of `open_file`.
    """
    result = Reading()
    for own in questions:
        if own.when in result.errors or not is_asked(own, result.answers):
            continue
        try:
            value = _read(own, typed.get(own.key), result, open_file)
            if value not in ("", []):
                result.answers[own.key] = value
            elif own.required:
                raise Refusal("answer.required")
        except Refusal as refusal:
            result.errors[own.key] = refusal
    return result


def _read(own: Question, value: object, result: Reading, open_file: Callable[[str], Sent]) -> Any:
    if value is None or value == "":
        return ""
    if own.type == QuestionType.CHOICES:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise Refusal("answer.type")
        if not set(value) <= set(own.codes):
            raise Refusal("answer.choice")
        return [code for code in own.codes if code in value]
    if isinstance(value, bool) and own.type == QuestionType.YES_NO:
        value = "yes" if value else "no"
    if not isinstance(value, str):
        raise Refusal("answer.type")
    return _read_text(own, value, result, open_file)


def _read_text(own: Question, value: str, result: Reading, open_file: Callable[[str], Sent]) -> str:
    if own.type == QuestionType.FILE:
        result.files[own.key] = open_file(value)
        return result.files[own.key].name
    if own.type == QuestionType.TEXT:
        return clean_line(value, LONGEST[QuestionType.TEXT])
    if own.type == QuestionType.LONG_TEXT:
        return clean_text(value, LONGEST[QuestionType.LONG_TEXT])
    if value not in own.codes:
        raise Refusal("answer.choice")
    return value


def answer_in_words(own: Question, value: Any, language: str, yes_no: Mapping[str, str]) -> str:
    """Return an answer as people read it; `yes_no`: the words of that language."""
    if own.type == QuestionType.YES_NO:
        return yes_no.get(str(value), str(value))
    names = {one.code: one.name.best(language)[0] for one in own.options}
    if isinstance(value, list):
        return "、".join(names.get(one, str(one)) for one in value)
    return names.get(value, str(value))


def purposes_of(offerings: Sequence[tuple[bool, Sequence[str]]]) -> list[Purpose]:
    """Return what has to be asked beside the agreement to register; `offerings`: real names, and what each asks."""
    asked = {purpose for _real_name, own in offerings for purpose in own}
    if any(real_name for real_name, _own in offerings):
        asked.add(Purpose.SENSITIVE)
    return [purpose for purpose in Purpose if purpose in asked]
