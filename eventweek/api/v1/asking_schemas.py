"""Shapes of what registration asks beside who comes."""

from marshmallow import fields

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import Text, answered, counted, said
from eventweek.registration.enums import About, Purpose, QuestionType


class Option(Schema):
    """One choice of a question."""

    code = said()
    zh = said()
    en = said()


class Question(Schema):
    """A question; asked only where the answer to `when_key` is one of `when_is`, always where that is empty."""

    key = said()
    type = fields.String(required=True, metadata={"enum": [str(one) for one in QuestionType]})
    about = fields.String(required=True, metadata={"enum": [str(one) for one in About]})
    label_zh = said()
    label_en = said()
    help_zh = said()
    help_en = said()
    required = fields.Boolean(required=True)
    choices = fields.List(fields.Nested(Option), required=True)
    when_key = said()
    when_is = fields.List(fields.String(), required=True)


class FurtherConsent(Schema):
    """A further text that is agreed to by a box of its own; `sharing` and `publishing` may be left out."""

    purpose = fields.String(required=True, metadata={"enum": [str(one) for one in Purpose]})
    id = said("sent back with the agreement")
    text = fields.Nested(Text, required=True)


class Form(Schema):
    """What an offering asks."""

    real_name = fields.Boolean(required=True, metadata={"description": "id_type and id_number are needed"})
    questions = fields.List(fields.Nested(Question), required=True)
    consents = fields.List(fields.Nested(FurtherConsent), required=True)


class FileReceipt(Schema):
    """A file that was taken in."""

    receipt = said("the answer to the question that asks for the file")
    name = said()
    size = counted("bytes")


class Answers(Schema):
    """What was answered, by the keys of the questions, and the version of the form that asked."""

    form_version = counted("0: nothing was asked")
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class NewAnswers(Schema):
    """Answers by the keys of the questions: a text, a code, a list of codes, `yes` or `no`, or a file's receipt."""

    answers = answered("whole: what is left out is taken away")
