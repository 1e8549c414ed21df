"""What can be said of each subject of the programme: its fields and their types (pure).

The desk, the API and the import send the same fields; docs/programme.schema.json is made from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from eventweek.programme.enums import (
    AttachmentKind,
    BadgeSheet,
    CityRole,
    ClashPolicy,
    DayType,
    Family,
    Language,
    Layout,
    LinkKind,
    NoticeLevel,
    OrganisationRole,
    PermitStatus,
    PersonRole,
    Phase,
    RegistrationMode,
    RelationKind,
    SeriesKind,
    Standing,
    Visibility,
    WorkMode,
)
from eventweek.programme.rules.colours import Colour
from eventweek.programme.rules.urls import Url
from eventweek.programme.rules.values import (
    Choice,
    Day,
    Degrees,
    Flag,
    Hour,
    Line,
    Moment,
    Prose,
    Ref,
    Rows,
    Several,
    Type,
    Whole,
)

CODE = r"[a-z0-9][a-z0-9_.-]*"
SLUG = r"[A-Za-z0-9_-]+"
DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Subject:
    """The fields of a subject; `named`: stems of which one language must be filled; `masked`: never in the audit."""

    name: str
    fields: Mapping[str, Type]
    named: tuple[str, ...] = ("name",)
    masked: tuple[str, ...] = ()

    @cached_property
    def referring(self) -> tuple[str, ...]:
        """Return the names of the fields that name other rows."""
        return tuple(name for name, type_ in self.fields.items() if _named_by(type_))


def _named_by(type_: Type) -> bool:
    inner = [type_.of] if isinstance(type_, Several) else type_.fields.values() if isinstance(type_, Rows) else [type_]
    return any(isinstance(own, Ref) for own in inner)


def _text(stem: str, longest: int) -> dict[str, Type]:
    return {f"{stem}_zh": Line(longest), f"{stem}_en": Line(longest)}


def _prose(stem: str, longest: int) -> dict[str, Type]:
    return {f"{stem}_zh": Prose(longest), f"{stem}_en": Prose(longest)}


def _code(longest: int = 40) -> dict[str, Type]:
    return {"code": Line(longest, required=True, shape=CODE)}


_SPAN: dict[str, Type] = {"opens": Hour(required=True), "closes": Hour(required=True)}
_POSITION: dict[str, Type] = {"position": Whole(0, 9999, default=0)}

PICTURE = Subject("picture", {**_text("alt", 300), "credit": Line(200)}, named=())
"""The words of a picture; its file comes as it is, so it is no subject of documents."""
CITY = Subject("city", {**_code(12), **_text("name", 80)})
FEATURE = Subject("feature", {**_code(), **_text("name", 80)})
HOLIDAY = Subject(
    "holiday",
    {"day": Day(required=True), "type": Choice(DayType, required=True), **_text("name", 60), "source_key": Line(80)},
)
VENUE = Subject(
    "venue",
    {
        **_text("name", 120),
        **_text("short_name", 40),
        "city": Ref("city"),
        "site_type": Line(40),
        **_text("address", 200),
        **_prose("transport", 1000),
        "latitude": Degrees(90),
        "longitude": Degrees(180),
        "photo": Ref("picture"),
        "floor_plan": Ref("picture"),
        "named_in_source": Flag(),
    },
)
ROOM = Subject(
    "room",
    {
        "venue": Ref("venue", required=True),
        **_text("name", 80),
        **_text("short_name", 40),
        "capacity": Whole(1, 200_000, required=True),
        "layout": Choice(Layout, default=Layout.THEATRE),
        "changeover_min": Whole(0, 600, default=30),
        "features": Several(Ref("feature")),
        "layouts": Rows(
            {"layout": Choice(Layout, required=True), "capacity": Whole(1, 200_000, required=True)}, key=("layout",)
        ),
        "hours": Rows({"day": Day(), **_SPAN}, key=("day", "opens")),
        "closures": Rows({"day": Day(required=True), "reason": Line(200)}, key=("day",)),
    },
)
ORGANISATION = Subject(
    "organisation",
    {
        **_text("name", 160),
        **_text("short_name", 40),
        "type": Line(40),
        "level": Line(40),
        "city": Ref("city"),
        "logo": Ref("picture"),
        "remark": Line(200),
        "named_in_source": Flag(),
    },
)
PERSON = Subject(
    "person",
    {
        **_text("name", 80),
        **_text("affiliation", 160),
        **_text("honour", 80),
        **_prose("bio", 4000),
        "portrait": Ref("picture"),
        "roles": Several(Choice(Standing, required=True)),
        "team": Line(20),
        "industry": Line(20),
        "city": Ref("city"),
        "max_per_day": Whole(1, 24, default=3),
        "fictitious": Flag(),
        "availability": Rows({"day": Day(required=True), **_SPAN}, key=("day", "opens")),
    },
    masked=("name", "affiliation", "honour", "bio"),
)
WEEK = Subject(
    "week",
    {
        **_code(),
        **_text("title", 200),
        **_text("theme", 200),
        **_text("contact", 200),
        "timezone": Line(40, required=True, default="Asia/Shanghai"),
        "first_day": Day(required=True),
        "last_day": Day(required=True),
        **_text("short_name", 40),
        "accent": Colour(),
        "logo": Ref("picture"),
        **_text("organiser", 200),
        "phone": Line(60),
        **dict.fromkeys(("icp", "police"), Line(60)),
        "identifier": Line(40),
        **_prose("confirmation", 1000),
        **_prose("consent", 1000),
        "registration_opens_days": Whole(0, 365),
        **dict.fromkeys(("registration_closes_min", "cancelling_ends_min"), Whole(0, 30 * DAY_MIN)),
        "online_before_min": Whole(0, DAY_MIN, default=30),
        "clash_policy": Choice(ClashPolicy, default=ClashPolicy.WARN),
        "work_mode": Choice(WorkMode, default=WorkMode.NEVER),
        "work_min": Whole(1, DAY_MIN, default=30),
        **dict.fromkeys(("proposing_ends_days", "returning_ends_days"), Whole(0, 365)),
        "speaker_link_days": Whole(0, 365, default=30),
        "identity_days": Whole(0, 180, default=30),
        "certificate_share": Whole(0, 100, default=80),
        "badge_sheet": Choice(BadgeSheet, default=BadgeSheet.CARD),
        "host": Ref("organisation"),
        "host_venue": Ref("venue"),
        "slot_min": Whole(5, 60, default=15),
        "start_multiple_min": Whole(5, 120, default=30),
        "day_start": Hour(required=True, default="08:30"),
        "day_end": Hour(required=True, default="21:00"),
        "lunch_start": Hour(default="12:00"),
        "lunch_end": Hour(default="13:00"),
        "travel_same_site_min": Whole(0, DAY_MIN, default=15),
        "travel_same_city_min": Whole(0, DAY_MIN, default=45),
        "days": Rows({"day": Day(required=True), "phase": Choice(Phase, required=True)}, key=("day",), longest=62),
        "cities": Rows(
            {"city": Ref("city", required=True), "role": Choice(CityRole, required=True)},
            key=("city",),
            ordered=True,
            longest=60,
        ),
    },
    named=("title",),
    masked=("contact",),
)
KIND = Subject(
    "kind",
    {
        **_code(),
        **_text("name", 80),
        "family": Choice(Family, required=True),
        "default_minutes": Whole(5, DAY_MIN, default=90),
        "changeover_min": Whole(0, 600, default=30),
        "earliest": Hour(),
        "latest_end": Hour(),
        "may_span_lunch": Flag(),
        "visibility": Choice(Visibility, default=Visibility.PUBLIC),
        "registration": Choice(RegistrationMode, default=RegistrationMode.OPEN),
        **_text("rule", 400),
        **_POSITION,
    },
)
TAG_SET = Subject("tag_set", {**_code(20), **_text("name", 60), "single": Flag(), **_POSITION})
TAG = Subject("tag", {"set": Ref("tag_set", required=True), **_code(20), **_text("name", 60), **_POSITION})
TRACK = Subject(
    "track",
    {
        **_code(),
        **_text("name", 80),
        **_text("short_name", 40),
        "colour": Line(20, shape=CODE),
        "manager": Ref("user"),
        **_POSITION,
    },
)
SERIES = Subject(
    "series",
    {
        **_code(),
        **_text("name", 120),
        **_text("short_name", 40),
        "kind": Choice(SeriesKind, required=True),
        "members": Rows({"session": Ref("session", required=True), **_POSITION}, key=("session",)),
    },
)
SESSION = Subject(
    "session",
    {
        "kind": Ref("kind", required=True),
        "track": Ref("track"),
        "slug": Line(120, shape=SLUG),
        **_text("title", 200),
        **_text("subtitle", 255),
        **_prose("abstract", 5000),
        **_prose("note", 2000),
        **_prose("text", 20_000),
        "poster": Ref("picture"),
        "city": Ref("city"),
        "duration_min": Whole(5, DAY_MIN),
        "expected": Whole(0, 1_000_000, default=0),
        "expected_online": Whole(0, 100_000_000, default=0),
        "demand": Whole(0, 1_000_000, default=0),
        "language": Choice(Language, default=Language.ZH),
        "visibility": Choice(Visibility),
        "registration": Choice(RegistrationMode),
        "earliest": Hour(),
        "latest_end": Hour(),
        "plenary": Flag(),
        "fixed_start": Moment(),
        "fixed_room": Ref("room"),
        "permit_required": Flag(),
        "permit_status": Choice(PermitStatus),
        "people": Rows(
            {"person": Ref("person", required=True), "role": Choice(PersonRole, required=True)},
            key=("person", "role"),
            ordered=True,
        ),
        "organisations": Rows(
            {"organisation": Ref("organisation", required=True), "role": Choice(OrganisationRole, required=True)},
            key=("organisation", "role"),
            ordered=True,
        ),
        "links": Rows(
            {"kind": Choice(LinkKind, required=True), "url": Url(), **_text("title", 200)},
            key=("kind", "url", "title_zh", "title_en"),
            ordered=True,
            longest=50,
        ),
        "attachments": Rows(
            {
                "file": Ref("attachment", required=True),
                "kind": Choice(AttachmentKind, required=True),
                **_text("title", 200),
            },
            key=("file",),
            ordered=True,
            longest=20,
        ),
        "days": Several(Day(required=True)),
        "features": Several(Ref("feature")),
        "venues": Several(Ref("venue")),
        "tags": Several(Ref("tag")),
        "relations": Rows(
            {
                "other": Ref("session", required=True),
                "kind": Choice(RelationKind, required=True),
                "min_gap_min": Whole(0, 60 * DAY_MIN, default=0),
            },
            key=("other", "kind"),
        ),
    },
    named=("title",),
)
PAGE = Subject(
    "page",
    {**_code(), **_text("title", 120), **_prose("text", 20_000), "listed": Flag(default=True), **_POSITION},
    named=("title",),
)
NOTICE = Subject(
    "notice",
    {
        **_text("title", 120),
        **_prose("text", 4000),
        "level": Choice(NoticeLevel, default=NoticeLevel.ORDINARY),
        "pinned": Flag(),
        "shown_from": Moment(),
        "shown_until": Moment(),
        "session": Ref("session"),
        "venue": Ref("venue"),
        "city": Ref("city"),
    },
    named=("title",),
)
PROPOSAL = Subject(
    "proposal",
    {
        "organisation": Ref("organisation", required=True),
        "kind": Ref("kind"),
        **_text("title", 200),
        **_prose("abstract", 5000),
        **_prose("text", 20_000),
        "city": Ref("city"),
        "language": Choice(Language, default=Language.ZH),
        "expected": Whole(0, 1_000_000, default=0),
        "duration_min": Whole(5, DAY_MIN),
        "days": Several(Day(required=True)),
        "earliest": Hour(),
        "latest_end": Hour(),
        "venues": Several(Ref("venue")),
        "features": Several(Ref("feature")),
        "people": Rows(
            {
                "name": Line(80, required=True),
                "role": Choice(PersonRole, default=PersonRole.SPEAKER),
                "affiliation": Line(160),
                "contact": Line(120),
            },
            key=("name", "role"),
            ordered=True,
            longest=50,
        ),
        "contact_name": Line(80),
        "contact_phone": Line(40),
        "contact_email": Line(254),
        "remark": Prose(2000),
    },
    named=("title",),
    masked=("people", "contact_name", "contact_phone", "contact_email"),
)
"""What an organisation proposes; people are words, because the programme does not know them yet."""

SUBJECTS = {
    subject.name: subject
    for subject in (
        CITY,
        FEATURE,
        HOLIDAY,
        VENUE,
        ROOM,
        ORGANISATION,
        PERSON,
        WEEK,
        KIND,
        TAG_SET,
        TAG,
        TRACK,
        SERIES,
        SESSION,
        PAGE,
        NOTICE,
        PROPOSAL,
    )
}
