"""The part of a registration form that offerings ask for: questions, an identity number, further agreements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from eventweek.kernel.errors import FieldError, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence, words
from eventweek.programme.models import Week
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.enums import Purpose, QuestionType
from eventweek.registration.files import LARGEST, open_receipt, receipt_of, take_file
from eventweek.registration.forms import Question, Sent, answer_in_words, field_of, purposes_of, shared_by
from eventweek.registration.models import Pass
from eventweek.registration.queries import OfferingFacts
from eventweek.registration.queries.consents import list_agreed, text_for
from eventweek.registration.queries.forms import map_questions
from eventweek.registration.queries.identities import find_identity
from eventweek.web.frame import best, language
from eventweek.web.public import device
from eventweek.web.public.frame import blueprint

LONGEST_REQUEST = 2 * LARGEST + 1_000_000
"""Bytes of a form with files; whoever has more large ones sends them one after the other, they stay."""
Typed = MultiDict[str, str]


@dataclass
class Shown:
    """A question as a form shows it: the name of its field, what was typed, the file that was taken in, its faults.

    `when` is the name of the field on whose answer it depends.
    """

    name: str
    question: Question
    when: str
    typed: list[str]
    file: Sent | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def receipt(self) -> str:
        """Return what stands for the file."""
        return receipt_of(self.file) if self.file else ""

    @property
    def value(self) -> object:
        """Return what the room reads as the answer."""
        if self.question.type == QuestionType.FILE:
            return self.receipt
        return self.typed if self.question.type == QuestionType.CHOICES else next(iter(self.typed), "")


@dataclass
class Box:
    """One box of an agreement, never ticked beforehand."""

    purpose: Purpose
    text: dict[str, str]
    mark: str
    ticked: bool
    errors: list[str] = field(default_factory=list)


@dataclass
class Asking:
    """All that is asked for a basket: once, by offering code, and of the person."""

    shared: list[Shown] = field(default_factory=list)
    own: dict[str, list[Shown]] = field(default_factory=dict)
    real_name: bool = False
    known: str = ""
    id_type: str = ""
    id_number: str = ""
    under_age: bool = False
    boxes: list[Box] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def every(self) -> list[Shown]:
        """Return every question."""
        return self.shared + [one for some in self.own.values() for one in some]

    @property
    def files(self) -> bool:
        """Say whether a file is among them."""
        return any(one.question.type == QuestionType.FILE for one in self.every)

    def answers(self, offering: str = "") -> dict[str, object]:
        """Return what was typed, by the keys of the questions: those asked once, or those of an offering."""
        return {one.question.key: one.value for one in (self.own.get(offering, ()) if offering else self.shared)}

    def consents(self) -> dict[str, str]:
        """Return the purposes that were agreed to, each with the mark of the text that was shown."""
        return {str(box.purpose): request.form.get(f"mark.{box.purpose}", "")[:80] for box in self.boxes if box.ticked}

    def take(self, error: FieldError) -> bool:
        """Put a fault at its field; say whether it was one of these."""
        words = say(error.code, error.facts)
        for one in self.every:
            if one.name == error.field:
                one.errors.append(words)
                return True
        for box in self.boxes:
            if error.field == f"consent.{box.purpose}":
                box.errors.append(words)
                box.ticked = box.ticked and error.code != "consent.changed"
                return True
        if error.field in ("id_type", "id_number"):
            self.errors.setdefault(error.field, []).append(words)
            return True
        return False

    def faults(self) -> list[tuple[str, str, str]]:
        """Return every fault: the id of its field, what is asked there, its words; a box speaks for itself."""
        names = {"id_type": str(_("证件类型")), "id_number": str(_("证件号码"))}
        found = [(one.name, best(one.question.label), words) for one in self.every for words in one.errors]
        found += [(name, names[name], words) for name, own in self.errors.items() for words in own]
        return found + [(f"consent.{box.purpose}", "", words) for box in self.boxes for words in box.errors]


def asking_of(week: Week, chosen: Sequence[OfferingFacts], holder: Pass | None, typed: Typed) -> Asking:
    """Return what is asked for these offerings, filled with what was typed; files that were sent are taken in."""
    if not any(own.asks for own in chosen):
        return Asking()
    forms = map_questions(week.id, {own.code: own.kinds for own in chosen})
    shared = shared_by(forms)
    whole = {one.key: one for some in forms.values() for one in some}
    asking = Asking(
        shared=[_shown("", one, whole, shared, typed) for one in shared],
        own={
            code: [_shown(code, one, whole, shared, typed) for one in some if one not in shared]
            for code, some in forms.items()
        },
        real_name=any(own.real_name for own in chosen),
        id_type=typed.get("id_type", "")[:40],
        id_number=typed.get("id_number", "")[:80],
        under_age="under_age" in typed,
    )
    identity = find_identity(holder.attendee_id, week.id) if holder and asking.real_name else None
    asking.known = identity.last4 if identity else ""
    asking.boxes = _boxes(week, chosen, holder, typed)
    return asking


def shown_of(questions: Sequence[Question], typed: Typed, files: Mapping[str, Sent] | None = None) -> list[Shown]:
    """Return questions of one form, each as `answers.KEY`; `files`: those that are there already, by key."""
    whole = {one.key: one for one in questions}
    found = [_shown("", one, whole, questions, typed) for one in questions]
    for one in found:
        one.file = one.file or (files or {}).get(one.question.key)
    return found


def _shown(
    offering: str, own: Question, whole: Mapping[str, Question], shared: Sequence[Question], typed: Typed
) -> Shown:
    name = field_of(offering, own, shared)
    other = whole.get(own.when)
    shown = Shown(name, own, field_of(offering, other, shared) if other else own.when, typed.getlist(name))
    if own.type == QuestionType.FILE and request.method == "POST":
        _take_file(shown, typed)
    return shown


def _take_file(shown: Shown, typed: Typed) -> None:
    """Take in what was sent, else what was taken in before; what is wrong with it is said at the field."""
    sent = request.files.get(shown.name)
    try:
        if sent and sent.filename:
            limited("answer.file", "60/hour", device.browser())
            limited("answer.file.address", "600/hour", request.remote_addr or "")
            shown.file = take_file(sent.stream.read(LARGEST + 1), sent.filename)
        elif typed.get(f"{shown.name}.kept"):
            shown.file = open_receipt(typed[f"{shown.name}.kept"][:2000])
    except Refusal as refusal:
        if refusal.code == "limit.reached":
            raise
        shown.errors.append(sentence(refusal))


def _boxes(week: Week, chosen: Sequence[OfferingFacts], holder: Pass | None, typed: Typed) -> list[Box]:
    asked = purposes_of([(own.real_name, own.consents) for own in chosen])
    if Purpose.SENSITIVE in asked and Purpose.GUARDIAN not in asked and any(own.real_name for own in chosen):
        asked.insert(1, Purpose.GUARDIAN)  # a number may tell that a child comes
    agreed = list_agreed(holder.attendee_id, week.id) if holder else []
    held = {text.id for own, text in agreed if own.withdrawn_at is None}
    texts = [(purpose, text_for(week, purpose)) for purpose in asked]
    return [
        Box(purpose, {"zh": text.text_zh, "en": text.text_en}, mark_of(text), f"consent.{purpose}" in typed)
        for purpose, text in texts
        if text.id is None or text.id not in held
    ]


@blueprint.app_template_global("words_of")
def words_of(name: str) -> words.Words:
    """Return the words of choices: `yes_no`, `id_types`, `purposes`, `registered`, `ends`, `no_shows`."""
    asked = {"yes_no": words.YES_NO, "id_types": words.ID_TYPES, "purposes": words.PURPOSES}
    return (asked | {"registered": words.REGISTERED, "ends": words.ENDS, "no_shows": words.STRIKES})[name]


@blueprint.app_template_global("condition")
def condition(shown: Shown, every: Sequence[Shown]) -> str:
    """Return in words when a question is to be answered, empty where always."""
    other = next((one for one in every if one.name == shown.when), None)
    if other is None:
        return ""
    yes_no = {code: str(word) for code, word in words.YES_NO.items()}
    answers = [answer_in_words(other.question, code, language(), yes_no) for code in shown.question.among]
    facts = {"question": best(other.question.label), "answers": " / ".join(answers)}
    return str(_("只在“%(question)s”答“%(answers)s”时填写。", **facts))
