"""Shapes of answers and requests; the description of the API is made of them."""

from typing import Any

from marshmallow import fields, validate

from eventweek.api.v1.frame import Schema
from eventweek.checkin.actions.scans import HIGHEST_SEQ
from eventweek.checkin.enums import Colour, Override, ScanKind
from eventweek.registration.enums import Asked, IdType

LENGTH, RANGE, CHOICE = "json.length", "json.range", "json.choice"
INSTANT = {"format": "date-time", "description": "UTC"}
DAY = {"format": "date"}


def text(longest: int, about: str = "", required: bool = False) -> fields.String:
    """Return a string field of at most `longest` characters."""
    return fields.String(
        required=required,
        validate=validate.Length(1 if required else 0, longest, error=LENGTH),
        metadata={"description": about} if about else {},
    )


def said(about: str = "", **extra: str) -> fields.String:
    """Return a string of an answer."""
    return fields.String(required=True, metadata={**({"description": about} if about else {}), **extra})


def counted(about: str = "") -> fields.Integer:
    """Return a count of an answer."""
    return fields.Integer(required=True, metadata={"description": about, "minimum": 0})


def answered(about: str) -> fields.Dict:
    """Return answers by the keys of questions."""
    keys = fields.String(validate=validate.Length(1, 40, error=LENGTH))
    return fields.Dict(
        keys=keys, values=fields.Raw(allow_none=True), load_default=dict, metadata={"description": about}
    )


class Text(Schema):
    """A text in both languages; one of them may be empty."""

    zh = said()
    en = said()


class Named(Schema):
    """Something with a code and a name."""

    code = said()
    name = fields.Nested(Text, required=True)


class Release(Schema):
    """One publication of the programme."""

    number = counted("counts from 1")
    at = said(**INSTANT)


class Week(Schema):
    """An edition."""

    code = said()
    title = fields.Nested(Text, required=True)
    theme = fields.Nested(Text, required=True)
    contact = fields.Nested(Text, required=True)
    timezone = said("IANA name")
    first_day = said(**DAY)
    last_day = said(**DAY)
    state = fields.String(required=True, metadata={"enum": ["draft", "open", "closed", "archived"]})
    release = fields.Nested(Release, required=True, allow_none=True)
    pictures = fields.List(fields.Nested("Picture"), required=True)
    page = said("address of its home page")
    feed = said("address of its calendar feed")


class Weeks(Schema):
    """The editions, the newest first."""

    items = fields.List(fields.Nested(Week), required=True)


class Kind(Named):
    """A kind of session and its family."""

    family = said("meet, show, contest, class or camp")


class Room(Named):
    """A room; capacity in people."""

    capacity = counted()


class Part(Named):
    """A person or an organisation with its role in a session."""

    role = said()


class Tag(Named):
    """A tag of a set such as `industry`, `economy`, `audience`."""

    set = said()


class Session(Schema):
    """A session as published."""

    code = said()
    uid = said("UID of its calendar entry")
    status = fields.String(required=True, metadata={"enum": ["confirmed", "cancelled"]})
    title = fields.Nested(Text, required=True)
    subtitle = fields.Nested(Text, required=True)
    abstract = fields.Nested(Text, required=True)
    note = fields.Nested(Text, required=True)
    text = fields.Nested(Text, required=True, metadata={"description": "CommonMark"})
    kind = fields.Nested(Kind, required=True)
    start = said(**INSTANT)
    end = said(**INSTANT)
    city = fields.Nested(Named, required=True, allow_none=True)
    venue = fields.Nested(Named, required=True)
    room = fields.Nested(Room, required=True)
    people = fields.List(fields.Nested(Part), required=True)
    organisations = fields.List(fields.Nested(Part), required=True)
    tags = fields.List(fields.Nested(Tag), required=True)
    links = fields.List(fields.Nested("Link"), required=True)
    attachments = fields.List(fields.Nested("Attachment"), required=True)
    pictures = fields.List(fields.Nested("Picture"), required=True)
    language = said()
    registration = said("how one gets in")
    sequence = counted("counts published changes of time, place and status")
    changed_at = said(**INSTANT)
    page = said("address of its page")
    feed = said("address of its calendar feed")


class Page(Schema):
    """Where a list stands."""

    page = counted("counts from 1")
    page_size = counted()
    pages = counted()
    total = counted()


class Sessions(Page):
    """One page of sessions, by start and code."""

    items = fields.List(fields.Nested(Session), required=True)


class Subject(Named):
    """A venue, person or organisation of the published programme."""

    city = fields.Nested(Named, required=True, allow_none=True)
    sessions = fields.List(fields.String(), required=True, metadata={"description": "codes, by start"})
    pictures = fields.List(fields.Nested("Picture"), required=True)
    page = said("address of its page")


class Subjects(Page):
    """One page of venues, people or organisations, by code."""

    items = fields.List(fields.Nested(Subject), required=True)


class PageQuery(Schema):
    """Which page of a list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000, error=RANGE))
    page_size = fields.Integer(load_default=50, validate=validate.Range(1, 200, error=RANGE))


class SessionQuery(PageQuery):
    """Filters as on the programme's page; all of those given must fit."""

    day = text(10, "local day, YYYY-MM-DD")
    city = text(40, "region code")
    venue = text(40, "code")
    family = text(40, "meet, show, contest, class or camp")
    kind = text(40, "code")
    industry = text(40, "code of a tag")
    audience = text(40, "code of a tag")
    q = text(80, "words, each of which must occur, in Chinese or English")


class Reason(Schema):
    """Why something cannot be."""

    code = said()
    detail = said("what to do instead, in the client's language")


class Offering(Schema):
    """What one registers for; seats are those that the public can take."""

    code = said()
    mode = said("open, approval, invite+quota, spectator, timed_entry, media or none")
    name = fields.Nested(Text, required=True)
    cap = fields.Integer(required=True, allow_none=True, metadata={"description": "null: no limit"})
    free = fields.Integer(required=True, allow_none=True, metadata={"description": "0: one would wait; null: no limit"})
    waiting = counted("seats that are waited for")
    max_party = counted("most seats in one registration")
    asks = fields.Boolean(required=True, metadata={"description": "more is asked than who comes: see its form"})
    starts = said(**INSTANT)
    slot_start = fields.String(required=True, allow_none=True, metadata=INSTANT)
    slot_end = fields.String(required=True, allow_none=True, metadata=INSTANT)
    sessions = fields.List(fields.String(), required=True, metadata={"description": "codes that it admits to"})
    why_not = fields.Nested(Reason, required=True, allow_none=True, metadata={"description": "null: one can register"})
    needs_proof = fields.Boolean(required=True, metadata={"description": "the contact has to be proven first"})
    needs_work = fields.Boolean(required=True, metadata={"description": "now a solved challenge or a proof is needed"})
    online = fields.Boolean(required=True, metadata={"description": "one can register now to take part on line"})


class Offerings(Schema):
    """The offerings of a session now, slots in time order."""

    items = fields.List(fields.Nested(Offering), required=True)


class Choice(Schema):
    """One choice: an offering and the number of seats, the person's own included."""

    offering = text(16, "code", required=True)
    seats = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 100, error=RANGE))
    answers = answered("to the questions of each session, by key")
    invitation = text(80, "secret of an invitation that opens the offering")
    online = fields.Boolean(load_default=False, truthy={True}, falsy={False}, metadata={"description": "no seat"})


class NewRegistrations(Schema):
    """Who registers for what. With the Bearer token of a pass, name, phone and e-mail are known already."""

    name = text(200)
    phone = text(40)
    email = text(300)
    organisation = text(200)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(["zh-CN", "en"], error=CHOICE))
    consent = fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "that the person agreed"}
    )
    consent_text = text(80, "id of the text that the person has read; refused where it was changed since")
    proof = text(32, "of the contact; asked for with contact.unproven at `proof`")
    work = text(4000, "solution of a challenge; asked for with work.missing at `work`, not needed with a proof")
    answers = answered("to the questions of the person, by key")
    consents = fields.Dict(
        keys=fields.String(validate=validate.OneOf([str(one) for one in Asked], error=CHOICE)),
        values=fields.String(validate=validate.Length(0, 80, error=LENGTH)),
        load_default=dict,
        metadata={"description": "further purposes agreed to, each with the id of the text that was read, or empty"},
    )
    under_age = fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "that the person is under 14"}
    )
    id_type = text(40, ", ".join(str(one) for one in IdType))
    id_number = text(80, "asked where an offering is of real names")
    items = fields.List(fields.Nested(Choice), required=True, validate=validate.Length(1, 20, error=LENGTH))


class Registered(Schema):
    """What became of one choice."""

    code = said()
    offering = said()
    state = fields.String(required=True, metadata={"enum": ["confirmed", "waitlisted"]})
    online = fields.Boolean(required=True)
    seats = counted()
    position = counted("place in the queue, from 1; 0: none")


class Pass(Schema):
    """The person's pass. Keep `manage_token` as a password: it shows and cancels all of their registrations."""

    code = said()
    token = said("what the QR at `qr` holds")
    short_code = said("to type at a door")
    manage_token = said("for `Authorization: Bearer`")
    qr = said("address in the QR")
    manage = said("address of the person's own page")


class NewlyRegistered(Schema):
    """The registrations, in the order of the choices, and the pass that opens their doors."""

    registrations = fields.List(fields.Nested(Registered), required=True)
    own_pass = fields.Nested(Pass, required=True, data_key="pass")


class NewScan(Schema):
    """What happened at a gate. `code` is what was scanned or typed: the address in a QR, its token, or a short code."""

    seq = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, HIGHEST_SEQ, error=RANGE),
        metadata={"description": "counts up on the device; the same number again gets the first answer"},
    )
    gate = text(16, "code", required=True)
    session = text(16, "code, at the venue of the gate", required=True)
    kind = fields.String(load_default="in", validate=validate.OneOf([str(one) for one in ScanKind], error=CHOICE))
    code = text(200)
    annuls = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, HIGHEST_SEQ, error=RANGE),
        metadata={"description": "of kind annul: the number of the scan to take back"},
    )
    override = fields.String(
        validate=validate.OneOf([str(one) for one in Override], error=CHOICE),
        metadata={"description": "why the lead on duty lets in on yellow"},
    )
    mode = fields.String(
        load_default="online",
        validate=validate.OneOf(["online"], error=CHOICE),
        metadata={"description": "the verdict is ours, at the moment of receipt"},
    )
    rehearsal = fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "decided, never counted"}
    )
    device_time = fields.AwareDateTime(
        format="iso", metadata={"format": "date-time", "description": "the device's clock, with its offset"}
    )
    prev_hash = text(64, "`link` of the answer to the device's scan before; refused when it does not fit")


class _Unread(fields.Nested):
    """A described shape that is read one by one later, so that one wrong scan does not stop the others."""

    def deserialize(self, value: Any, *_rest: Any, **_named: Any) -> Any:
        """Return what was sent."""
        return value


class NewScans(Schema):
    """Scans of one device in the order in which they happened."""

    scans = fields.List(_Unread(NewScan), required=True, validate=validate.Length(1, 100, error=LENGTH))


class People(Schema):
    """People of a session when the answer is written: registered seats, arrived at least once, inside."""

    registered = counted()
    arrived = counted()
    inside = counted()


class Entry(Schema):
    """When and by which gate the holder went in."""

    at = said(**INSTANT)
    gate = fields.Nested(Text, required=True, allow_none=True)


class Verdict(Schema):
    """What the door does: `yes` let in, `ask` fetch the lead on duty, `no` do not let in."""

    colour = fields.String(required=True, metadata={"enum": [str(one) for one in Colour]})
    code = said("the reason, for programs")
    detail = said("the reason and what to do, in the client's language")
    overridden = said("the yellow reason that the lead passed over; empty: none")
    repeat = fields.Boolean(required=True, metadata={"description": "said a second time, counted once"})
    rehearsal = fields.Boolean(required=True)
    kind = said()
    name = said("empty when unknown")
    organisation = said()
    party = counted("people that come in on this code")
    before = fields.Nested(Entry, required=True, allow_none=True, metadata={"description": "of entry.already_in"})
    go_to = fields.Nested(Named, required=True, allow_none=True, metadata={"description": "of entry.other_session"})
    people = fields.Nested(People, required=True)
    link = said("for `prev_hash` of the next scan")


class ScanError(Reason):
    """Why a scan was not kept; `errors` at its fields."""

    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)


class Acknowledged(Schema):
    """The answer to one scan: a verdict, or why it was not kept."""

    seq = fields.Integer(required=True, allow_none=True, metadata={"description": "null: could not be read"})
    verdict = fields.Nested(Verdict, required=True, allow_none=True)
    error = fields.Nested(ScanError, required=True, allow_none=True)


class Acknowledgements(Schema):
    """An answer to each scan, in the order in which they were sent."""

    items = fields.List(fields.Nested(Acknowledged), required=True)
    next_seq = counted("the lowest number that a new scan of this device may carry")
