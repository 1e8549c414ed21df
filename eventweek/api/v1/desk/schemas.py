"""Shapes and words of the desk's API, made from the table of fields."""

from collections.abc import Callable
from typing import Any

from apispec import APISpec

from eventweek.api.v1.desk.frame import View, blueprint
from eventweek.api.v1.desk.resources import RESOURCES, Resource
from eventweek.checkin.rules import GATE
from eventweek.programme.enums import Reply
from eventweek.programme.queries.records import filters
from eventweek.programme.rules.subjects import HOLIDAY, SESSION, WEEK, Subject
from eventweek.programme.rules.values import record_schema
from eventweek.registration.enums import Asked
from eventweek.registration.forms import ASKING
from eventweek.registration.queries.settings import EDITABLE, NEW

Node = dict[str, Any]
INSTANT: Node = {"type": ["string", "null"], "format": "date-time"}
PAIR: Node = {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}}
BESIDE: dict[str, Node] = {
    "archived_at": INSTANT,
    "first_published_at": INSTANT,
    "published_at": INSTANT,
    "withdrawn_at": INSTANT,
    "uid": {"type": "string", "description": "its name in calendars, for ever"},
    "cancelled_at": INSTANT,
    "cancel_reason": PAIR,
    "state": {"enum": ["draft", "open", "closed", "archived"]},
}
"""What only verbs change, where a subject has it."""
_PUBLISHED = ("archived_at", "first_published_at", "published_at", "withdrawn_at")
_HAS = {
    "session": ("uid", "archived_at", "cancelled_at", "cancel_reason"),
    "week": ("state",),
    "page": _PUBLISHED,
    "notice": _PUBLISHED,
}


TEXT: Node = {"type": "string"}
TIME: Node = {"type": "string", "format": "date-time"}


NUMBER: Node = {"type": "integer"}
MOMENT: Node = {"type": "string", "description": "an instant, or without an offset a time on the week's own clock"}


def many(items: Node) -> Node:
    """Describe a list."""
    return {"type": "array", "items": items}


def reference(shape: str) -> Node:
    """Name a shape that is described elsewhere."""
    return {"$ref": f"#/components/schemas/{shape}"}


def optional(**properties: Node) -> Node:
    """Describe an object that may leave any of these out."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def thing(**properties: Node) -> Node:
    """Describe an object that has all of these and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


CAP: Node = {"type": ["integer", "null"], "description": "null: no limit"}
_WINDOW: dict[str, Node] = {
    "opens_at": INSTANT,
    "closes_at": INSTANT,
    "queue_open": {"type": "boolean"},
    "max_party": NUMBER,
    "promote_until_min": NUMBER,
    "overtakes": NUMBER,
    "real_name": {"type": "boolean"},
    "consents": many({"enum": [str(one) for one in Asked]}),
}
_POOL = thing(
    cap=CAP, overbook=NUMBER, taken=NUMBER, held=NUMBER, waiting=NUMBER, rank=NUMBER, consent={"type": "boolean"}
)
_QUEUE: dict[str, Node] = {
    "review_steps": NUMBER,
    "review_holds": {"type": "boolean"},
    "offer_minutes": NUMBER,
    "offer_requeues": {"type": "boolean"},
    "standby_after_min": CAP | {"description": "null: never"},
}
_OFFERING = thing(
    id=TEXT,
    version=NUMBER,
    sessions=many(TEXT),
    pools={"type": "object", "additionalProperties": _POOL, "description": "seats by class: room, public, invited ..."},
    **_WINDOW,
    **_QUEUE,
    closed={"type": "boolean"},
    mode=TEXT,
    proven_contact={"type": "boolean"},
    work_mode=TEXT,
    handover={"type": "boolean"},
    online_open={"type": "boolean"},
)
_DEVICE = thing(
    id=TEXT,
    name=TEXT,
    profile=TEXT,
    gates=many(TEXT),
    valid_from=TIME,
    valid_to=TIME,
    enrolled_at=INSTANT,
    revoked_at=INSTANT,
    last_seen_at=INSTANT,
)
CHANGES: Node = {"type": "object", "additionalProperties": thing(old={}, new={})}
_PROBLEM = thing(
    id={**TEXT, "description": "another as soon as a session moves or a number is another"},
    code=TEXT,
    rule=TEXT,
    level=TEXT,
    sessions=many(TEXT),
    detail=TEXT,
    override={"anyOf": [thing(id=TEXT, reason=TEXT), {"type": "null"}]},
)
_OVERRIDE: Node = {"type": "string", "description": "the reason why a permit may be overridden"}


def _foresight_of() -> Node:
    """Describe a change of a session and of its place."""
    own = record_schema(SESSION.fields)
    return {
        **own,
        "required": [],
        "properties": own["properties"] | {"start": MOMENT, "room": TEXT, "override": _OVERRIDE},
    }


_FILE: Node = {"type": "string", "contentMediaType": "application/octet-stream"}
OTHERS: dict[str, Node] = {
    "DeskPictureNew": thing(file=_FILE)
    | {"properties": {"file": _FILE, "alt_zh": TEXT, "alt_en": TEXT, "credit": TEXT}},
    "DeskPicture": thing(
        id=TEXT,
        alt_zh=TEXT,
        alt_en=TEXT,
        credit=TEXT,
        sizes=many(thing(width=NUMBER, height=NUMBER, bytes=NUMBER)),
        uploaded_at=TIME,
    ),
    "DeskAttachmentNew": thing(file=_FILE),
    "DeskAttachment": thing(id=TEXT, name=TEXT, content_type=TEXT, bytes=NUMBER, uploaded_at=TIME),
    "DeskKey": thing(
        id=TEXT,
        name=TEXT,
        week=TEXT,
        role=TEXT,
        scope=thing(kind=TEXT, id=TEXT),
        may={"type": "array", "items": TEXT},
        created_at=TIME,
        expires_at=TIME,
        last_used_at=INSTANT,
    ),
    "DeskForesight": thing(changes=CHANGES, problems=many(_PROBLEM)),
    "DeskForesightOf": _foresight_of(),
    "DeskOverride": optional(override=_OVERRIDE),
    "DeskReason": optional(reason_zh=TEXT, reason_en=TEXT),
    "DeskPlacement": thing(
        version=NUMBER,
        start=TIME,
        room=TEXT,
        venue=TEXT,
        pin_time={"type": "boolean"},
        pin_room={"type": "boolean"},
    ),
    "DeskPlacementNew": {**optional(start=MOMENT, room=TEXT, override=TEXT), "required": ["start", "room"]},
    "DeskDuration": {
        **optional(duration_min={"type": "integer", "minimum": 5}, override=_OVERRIDE),
        "required": ["duration_min"],
    },
    "DeskReach": thing(
        whole={"type": "boolean", "description": "everything; the lists are empty then"},
        sessions=many(TEXT),
        anywhere={**many(TEXT), "description": "those of the sessions that may go into any room, not only `rooms`"},
        rooms=many(TEXT),
    ),
    "DeskProblems": thing(items=many(_PROBLEM)),
    "DeskWeeks": thing(items=many(reference("DeskWeek"))),
    "DeskState": thing(state=BESIDE["state"]),
    "DeskRelease": thing(number=NUMBER, partial={"type": "boolean"}, note=TEXT, actor=TEXT, at=TIME),
    "DeskHolidays": thing(items=many(reference("DeskHoliday"))),
    "DeskHoliday": thing(**record_schema(HOLIDAY.fields)["properties"], version=NUMBER),
    "DeskHolidayNew": record_schema({name: type_ for name, type_ in HOLIDAY.fields.items() if name != "day"}),
    "DeskTravelTimes": thing(items=many(reference("DeskTravelTime"))),
    "DeskTravelTime": thing(**{"from": TEXT, "to": TEXT}, minutes=NUMBER, version=NUMBER),
    "DeskMinutes": thing(minutes={"type": "integer", "minimum": 0, "maximum": 1440}),
    "DeskGates": thing(items=many(reference("DeskGate"))),
    "DeskGate": thing(
        id=TEXT, version=NUMBER, venue=TEXT, **record_schema(GATE.fields)["properties"], stopped={"type": "boolean"}
    ),
    "DeskGateNew": {**optional(venue=TEXT, name_zh=TEXT, name_en=TEXT), "required": ["venue"]},
    "DeskGateEdit": record_schema(GATE.fields) | {"required": []},
    "DeskOfferings": thing(items=many(reference("DeskOffering"))),
    "DeskOffering": _OFFERING,
    "DeskOfferingNew": record_schema(NEW.fields),
    "DeskOfferingEdit": record_schema(EDITABLE.fields) | {"required": []},
    "DeskQuestions": thing(
        version=NUMBER,
        **record_schema(ASKING.fields)["properties"],
        inherited=ASKING.fields["questions"].schema(),
    ),
    "DeskQuestionsEdit": record_schema(ASKING.fields),
    "DeskConsent": thing(purpose=TEXT, version=NUMBER, text_zh=TEXT, text_en=TEXT),
    "DeskConsentEdit": thing(text_zh=TEXT, text_en=TEXT),
    "DeskCertificates": thing(
        items=many(thing(id=TEXT, at=TIME, what=TEXT, counts={"type": "object", "additionalProperties": NUMBER}))
    ),
    "DeskDevices": thing(items=many(_DEVICE)),
    "DeskReply": thing(
        session=TEXT,
        person=TEXT,
        roles=many(TEXT),
        reply={"type": "string", "enum": [str(reply) for reply in Reply]},
        since=INSTANT,
        via={"type": "string", "enum": ["", "link", "desk"]},
        reason=TEXT,
    ),
    "DeskSpeakerLink": {
        "type": "object",
        "properties": {
            "id": TEXT,
            "version": NUMBER,
            "person": TEXT,
            "made_at": TIME,
            "mailed": {"type": "boolean"},
            "last_day": {"type": "string", "format": "date"},
            "address": {"type": "string", "format": "uri"},
        },
        "required": ["id", "version", "person", "made_at", "mailed", "last_day"],
        "additionalProperties": False,
    },
    "DeskSpeakerLinkNew": {
        **optional(person=TEXT, email=TEXT, language={"type": "string", "enum": ["zh-CN", "en"]}),
        "required": ["person"],
    },
}
"""Shapes that are no subject's."""

_REVISED: dict[str, Node] = {
    "id": {"type": "integer"},
    "at": {"type": "string", "format": "date-time"},
    "actor": {"type": "string"},
    "subject": {"type": "string", "description": "that of the record, or `placement` where its place changed"},
    "verb": {"type": "string"},
    "version": {"type": ["integer", "null"], "description": "the version after the change"},
    "changes": {"type": "object", "description": "[old, new] by field; null where personal values were erased"},
}
REVISION: Node = {"type": "object", "properties": _REVISED, "required": list(_REVISED), "additionalProperties": False}


def header(name: str, about: str, *, required: bool = True) -> Node:
    """Describe a header of the request."""
    return {"in": "header", "name": name, "required": required, "schema": {"type": "string"}, "description": about}


def asked_for(name: str, about: str, **schema: Any) -> Node:
    """Describe a part of the query."""
    return {"in": "query", "name": name, "schema": {"type": "string", **schema}, "description": about}


KEY = header("Authorization", "Bearer and an API key")
IF_MATCH = header("If-Match", "the ETag of what you have read, or * for whatever stands")
ONCE = header("Idempotency-Key", "chosen by the caller, new for each record; sent again, nothing is made twice")
ABSENT = header("If-None-Match", "* instead of If-Match: only where there is nothing yet", required=False)
IF_NONE_MATCH = header("If-None-Match", "an ETag: 304 where it still stands", required=False)
PAGE = [
    {"in": "query", "name": "page", "schema": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}},
    {"in": "query", "name": "page_size", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
]
_WORDS = {
    "list": ("List {}", 200, "Desk{}List"),
    "create": ("Make one of the {}", 201, "Desk{}"),
    "": ("Show one of the {}", 200, "Desk{}"),
    "history": ("List what changed in one of the {}, the newest first", 200, "DeskRevisionList"),
    "edit": ("Change fields of one of the {}", 200, "Desk{}"),
    "archive": ("Archive one of the {}", 200, "Desk{}"),
    "restore": ("Restore one of the {}", 200, "Desk{}"),
    "publish": ("Let the public read one of the {} as it stands", 200, "Desk{}"),
    "withdraw": ("Take one of the {} from the public", 200, "Desk{}"),
    "delete": ("Delete one of the {} that nothing uses", 204, None),
}


def described_as(
    words: str,
    shape: str | None,
    *parameters: Node,
    status: int = 200,
    body: str = "",
    optional_body: bool = False,
    media: str = "application/json",
) -> Callable[[View], View]:
    """Describe a view of the desk: words, the shape of its answer, what is sent beside the key."""
    facts: Node = {"parameters": [KEY, *parameters], "summary": words, "description": ""}
    if body:
        facts["requestBody"] = sending(body, media) | {"required": not optional_body}

    def describe(view: View) -> View:
        described: View = blueprint.doc(**facts)(blueprint.response(status, shape)(view))
        return described

    return describe


def described(own: Resource, verb: str, view: View) -> View:
    """Return the view of a subject's verb with its description."""
    words, status, shape = _WORDS[verb]
    name = title(own.subject)
    given = {"list": _narrowing(own), "create": [ONCE], "": [IF_NONE_MATCH], "history": PAGE}.get(verb, [IF_MATCH])
    body = {"create": f"Desk{name}New", "edit": f"Desk{name}Edit"}.get(verb, "")
    words, shape = words.format(own.plural.replace("-", " ")), shape and shape.format(name)
    return described_as(words, shape, *given, status=status, body=body)(view)


def sending(shape: str, media: str) -> Node:
    """Describe a body of that shape."""
    return {"required": True, "content": {media: {"schema": reference(shape)}}}


def title(subject: Subject) -> str:
    """Return the name of a subject in names of shapes: `TagSet`."""
    return "".join(part.capitalize() for part in subject.name.split("_"))


def describe_subjects(spec: APISpec) -> None:
    """Describe the shapes of every subject: as it is read, made and changed, and a page of them."""
    spec.components.schema("DeskRevision", REVISION)
    spec.components.schema("DeskRevisionList", page_of("DeskRevision"))
    for own in RESOURCES:
        for name, schema in shapes(own.subject, own.extras).items():
            spec.components.schema(name, schema)
    week = shapes(WEEK)
    for plural, one in {"Releases": "Release", "Replies": "Reply", "SpeakerLinks": "SpeakerLink"}.items():
        spec.components.schema(f"Desk{plural}", page_of(f"Desk{one}"))
    for name, schema in {**OTHERS, **{part: week[part] for part in ("DeskWeek", "DeskWeekEdit")}}.items():
        spec.components.schema(name, schema)


def shapes(subject: Subject, extras: tuple[str, ...] = ()) -> dict[str, Node]:
    """Return the shapes of a subject by name."""
    name, own = f"Desk{title(subject)}", record_schema(subject.fields)
    more = {extra: _OVERRIDE for extra in extras}
    change = {**own, "required": [], "properties": own["properties"] | more}
    beside = {part: BESIDE[part] for part in _HAS.get(subject.name, ("archived_at",))}
    read = {"id": {"type": "string"}, "version": {"type": "integer"}, **beside, **own["properties"]}
    whole = {"type": "object", "properties": read, "required": list(read), "additionalProperties": False}
    return {name: whole, f"{name}New": own, f"{name}Edit": change, f"{name}List": page_of(name, **_SYNC)}


def page_of(shape: str, **more: Node) -> Node:
    """Describe a page of things of that shape; `more` is there only in some answers."""
    numbers = {name: {"type": "integer"} for name in ("page", "page_size", "pages", "total")}
    items = many(reference(shape))
    return {"type": "object", "properties": {"items": items, **numbers, **more}, "required": ["items", *numbers]}


_SYNC: dict[str, Node] = {"deleted": many(thing(id=TEXT, at=TIME)), "next_since": TIME}
"""With `changed_since` only."""


def _narrowing(own: Resource) -> list[Node]:
    choices = {name: own.subject.fields[name].schema() for name in filters(own.subject)}
    fields = [
        asked_for(name, f"only with this {name}", **({"enum": schema["enum"]} if "enum" in schema else {}))
        for name, schema in choices.items()
    ]
    words = asked_for("q", "only with all of these words in a name", maxLength=200)
    archived = asked_for("archived", "archived ones, or both", enum=["false", "true", "all"], default="false")
    since = asked_for(
        "changed_since",
        "only what was changed since, archived ones too; `deleted` names what is gone, `next_since` what to ask next",
        format="date-time",
    )
    return [words, *fields, archived, since, *PAGE]
