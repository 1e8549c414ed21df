"""What is held about a person, as they read it by program."""

from marshmallow import fields

from eventweek.api.v1.frame import Schema
from eventweek.api.v1.schemas import INSTANT, Text, counted, said


def moment(about: str = "") -> fields.String:
    """Return an instant of an answer that may be missing."""
    return fields.String(required=True, allow_none=True, metadata=INSTANT | ({"description": about} if about else {}))


class HeldPerson(Schema):
    """Who it is."""

    code, name, name_en, organisation, locale = said(), said(), said(), said(), said()
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    created_at, phone_verified_at, email_verified_at = moment(), moment(), moment()


class HeldIdentity(Schema):
    """What is kept of an identity number: its last four; the number itself is shown to nobody here."""

    week, type, last4 = said(), said(), said()
    destroyed_after = moment()


class HeldConsent(Schema):
    """What was agreed to."""

    week, purpose, channel = said(), said(), said()
    version = counted()
    text = fields.Nested(Text, required=True)
    origin = said("where they agreed, when an organiser brought their name")
    given_at, withdrawn_at = moment(), moment()


class HeldPass(Schema):
    """A pass of a week."""

    week, code, status = said(), said(), said("active or void")
    created_at = moment()
    calendar = fields.Boolean(required=True, metadata={"description": "it has a private calendar"})


class Titled(Schema):
    """A session or an offering by its name."""

    code = said()
    title = fields.Nested(Text)
    name = fields.Nested(Text)


class HeldAnswer(Schema):
    """What was asked and answered, in words."""

    key = said()
    question = fields.Nested(Text, required=True)
    answer = fields.Nested(Text, required=True)


class HeldFile(Schema):
    """A file that answers a question."""

    code, key, name = said(), said(), said()
    size = counted("bytes")


class HeldStep(Schema):
    """A step of a registration; `from` is empty for the first."""

    at = moment()
    reason = said()
    to = said()
    from_ = fields.String(required=True, data_key="from")


class HeldNoShowStep(Schema):
    """A step of a no-show that counts."""

    at = moment()
    to, reason, words = said(), said(), said()


class HeldNoShow(Schema):
    """That a registration was missed, and what was said to it."""

    code, state = said(), said("given, appealed, upheld or lifted")
    given_at = moment()
    steps = fields.List(fields.Nested(HeldNoShowStep), required=True)


class HeldJoining(Schema):
    """When somebody first took the way in to a session on line."""

    session = fields.Nested(Titled, required=True)
    at = moment()


class HeldRegistration(Schema):
    """A registration with its answers and its history."""

    week, code, state, end_reason, source, remark, answer = said(), said(), said(), said(), said(), said(), said()
    seats = counted()
    created_at, ended_at = moment(), moment()
    cls = fields.String(required=True, data_key="class", metadata={"description": "class of seats"})
    offering = fields.Nested(Titled, required=True)
    sessions = fields.List(fields.Nested(Titled), required=True)
    answers = fields.List(fields.Nested(HeldAnswer), required=True)
    files = fields.List(fields.Nested(HeldFile), required=True)
    steps = fields.List(fields.Nested(HeldStep), required=True)
    joined_on_line = fields.List(fields.Nested(HeldJoining), required=True)
    no_show = fields.Nested(HeldNoShow, required=True, allow_none=True)


class HeldQuestion(Schema):
    """What was asked after a release had changed a registration."""

    week, registration = said(), said()
    release = counted("its number; 0: a session was split")
    changes = fields.Nested(Text, required=True)
    answer = said("open, kept, changed or cancelled")
    offering = said("the code of what was chosen instead, empty where nothing was")
    asked_at, answered_at = moment(), moment("null while it is open")


class HeldGroup(Schema):
    """A unit that the person speaks for."""

    week, unit = said(), said()


class HeldAttendance(Schema):
    """When somebody was there."""

    session = fields.Nested(Titled, required=True)
    first_in, last_in, last_out = moment(), moment(), moment()
    minutes, entries, party = counted(), counted(), counted()


class HeldCertificate(Schema):
    """A certificate of attendance that was given."""

    week, code = said(), said()
    issued_at = moment()


class HeldScan(Schema):
    """What a door saw."""

    session = fields.Nested(Titled, required=True)
    at = moment()
    kind, verdict = said(), said()
    rehearsal = fields.Boolean(required=True)


class HeldMessage(Schema):
    """A message that was written."""

    kind, channel, recipient, state = said(), said(), said(), said()
    written_at, sent_at, delivered_at = moment(), moment(), moment()


class HeldWechat(Schema):
    """That one message may be sent in WeChat."""

    template = said()
    given_at = moment()
    used = fields.Boolean(required=True)


class PersonalData(Schema):
    """Everything that is held about the holder of a pass, over all weeks."""

    made_at = moment()
    person = fields.Nested(HeldPerson, required=True)
    identities = fields.List(fields.Nested(HeldIdentity), required=True)
    consents = fields.List(fields.Nested(HeldConsent), required=True)
    passes = fields.List(fields.Nested(HeldPass), required=True)
    registrations = fields.List(fields.Nested(HeldRegistration), required=True)
    questions = fields.List(fields.Nested(HeldQuestion), required=True)
    groups = fields.List(fields.Nested(HeldGroup), required=True)
    attendance = fields.List(fields.Nested(HeldAttendance), required=True)
    certificates = fields.List(fields.Nested(HeldCertificate), required=True)
    scans = fields.List(fields.Nested(HeldScan), required=True)
    messages = fields.List(fields.Nested(HeldMessage), required=True)
    wechat = fields.List(fields.Nested(HeldWechat), required=True)


class PersonErased(Schema):
    """What became of the registrations."""

    ended = counted("cancelled: they had not begun")
    kept = counted("stay as a number without a name")
