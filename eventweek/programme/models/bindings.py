"""How the fields of each subject lie in the tables: plain columns, one other row, several rows, or rows of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eventweek.kernel.db import Base
from eventweek.programme.models.attachments import Attachment, SessionAttachment
from eventweek.programme.models.parties import Organisation, Person, PersonAvailability
from eventweek.programme.models.pictures import Picture
from eventweek.programme.models.places import City, Feature, Room, RoomClosure, RoomHours, RoomLayout, Venue
from eventweek.programme.models.proposals import Proposal, ProposalDay
from eventweek.programme.models.sessions import (
    Kind,
    Series,
    SeriesMember,
    Session,
    SessionDay,
    SessionLink,
    SessionOrganisation,
    SessionPerson,
    SessionRelation,
    Tag,
    TagSet,
    Track,
)
from eventweek.programme.models.texts import Notice, Page
from eventweek.programme.models.weeks import Week, WeekCity, WeekDay


@dataclass(frozen=True)
class Other:
    """The field names one other row (`many`: several), kept in the relationship of the same name."""

    subject: str
    many: bool = False


@dataclass(frozen=True)
class Own:
    """The field lists rows that belong to the subject; `others`: which of their fields name another row.

    `single`: each row is one bare value. `numbered`: their order is kept in `position`.
    """

    model: type[Base]
    fields: tuple[str, ...]
    key: tuple[str, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    numbered: bool = False
    single: bool = False


MODELS: dict[str, type[Base]] = {
    "city": City,
    "feature": Feature,
    "venue": Venue,
    "room": Room,
    "organisation": Organisation,
    "person": Person,
    "week": Week,
    "kind": Kind,
    "tag_set": TagSet,
    "tag": Tag,
    "track": Track,
    "series": Series,
    "session": Session,
    "page": Page,
    "notice": Notice,
    "proposal": Proposal,
    "picture": Picture,
    "attachment": Attachment,
}
KEYED = ("venue", "room", "organisation", "person", "session", "notice")
OF_A_WEEK = ("kind", "tag_set", "tag", "track", "series", "session", "page", "notice", "proposal")
_SPAN = ("day", "opens", "closes")
_LINK = ("kind", "url", "title_zh", "title_en")
BINDINGS: dict[str, dict[str, Other | Own]] = {
    "venue": {"city": Other("city"), "photo": Other("picture"), "floor_plan": Other("picture")},
    "room": {
        "venue": Other("venue"),
        "features": Other("feature", many=True),
        "layouts": Own(RoomLayout, ("layout", "capacity"), ("layout",)),
        "hours": Own(RoomHours, _SPAN, ("day", "opens")),
        "closures": Own(RoomClosure, ("day", "reason"), ("day",)),
    },
    "organisation": {"city": Other("city"), "logo": Other("picture")},
    "person": {
        "city": Other("city"),
        "portrait": Other("picture"),
        "availability": Own(PersonAvailability, _SPAN, ("day", "opens")),
    },
    "week": {
        "host": Other("organisation"),
        "host_venue": Other("venue"),
        "logo": Other("picture"),
        "days": Own(WeekDay, ("day", "phase"), ("day",)),
        "cities": Own(WeekCity, ("city", "role"), ("city",), {"city": "city"}, numbered=True),
    },
    "tag": {"set": Other("tag_set")},
    "track": {"manager": Other("user")},
    "series": {
        "members": Own(SeriesMember, ("session", "position"), ("session",), {"session": "session"}),
    },
    "session": {
        "kind": Other("kind"),
        "track": Other("track"),
        "city": Other("city"),
        "fixed_room": Other("room"),
        "poster": Other("picture"),
        "people": Own(SessionPerson, ("person", "role"), ("person", "role"), {"person": "person"}, numbered=True),
        "organisations": Own(
            SessionOrganisation,
            ("organisation", "role"),
            ("organisation", "role"),
            {"organisation": "organisation"},
            numbered=True,
        ),
        "links": Own(SessionLink, _LINK, _LINK, numbered=True),
        "attachments": Own(
            SessionAttachment,
            ("file", "kind", "title_zh", "title_en"),
            ("file",),
            {"file": "attachment"},
            numbered=True,
        ),
        "days": Own(SessionDay, ("day",), ("day",), single=True),
        "features": Other("feature", many=True),
        "venues": Other("venue", many=True),
        "tags": Other("tag", many=True),
        "relations": Own(SessionRelation, ("other", "kind", "min_gap_min"), ("other", "kind"), {"other": "session"}),
    },
    "proposal": {
        "organisation": Other("organisation"),
        "kind": Other("kind"),
        "city": Other("city"),
        "days": Own(ProposalDay, ("day",), ("day",), single=True),
        "venues": Other("venue", many=True),
        "features": Other("feature", many=True),
    },
    "notice": {"session": Other("session"), "venue": Other("venue"), "city": Other("city")},
}
