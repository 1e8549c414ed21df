"""Fixed choices of the programme: codes with catalogue texts."""

from enum import StrEnum


class Visibility(StrEnum):
    """Who may know of a session; only PUBLIC ever reaches a public page."""

    PUBLIC = "public"
    INVITED = "invited"
    MEDIA = "media"
    CLOSED = "closed"


class WeekState(StrEnum):
    """Where an edition stands: 筹备, 开放, 结束, 归档; the archived one is read-only."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Family(StrEnum):
    """What a kind of session is at heart: 会, 展, 赛, 课, 营."""

    MEET = "meet"
    SHOW = "show"
    CONTEST = "contest"
    CLASS = "class"
    CAMP = "camp"


class RegistrationMode(StrEnum):
    """How one gets into a session."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITE_QUOTA = "invite+quota"
    TIMED_ENTRY = "timed_entry"
    SPECTATOR = "spectator"
    MEDIA = "media"
    NONE = "none"


class Layout(StrEnum):
    """How a room is set up."""

    THEATRE = "theatre"
    CLASSROOM = "classroom"
    BOARD = "board"
    GROUPS = "groups"
    TABLES = "tables"
    LOUNGE = "lounge"
    FLAT = "flat"
    OPEN = "open"
    ONLINE = "online"


class PersonRole(StrEnum):
    """What a person does in a session."""

    HOST = "host"
    CHAIR = "chair"
    SPEAKER = "speaker"
    JUDGE = "judge"
    MENTOR = "mentor"


class Standing(StrEnum):
    """What a person is in the programme as a whole."""

    SPEAKER = "speaker"
    JUDGE = "judge"
    MENTOR = "mentor"
    TOUR = "tour"


class OrganisationRole(StrEnum):
    """主办, 承办, 协办, 支持."""

    HOST = "host"
    ORGANISER = "organiser"
    CO_ORGANISER = "co_organiser"
    SUPPORTER = "supporter"


class SeriesKind(StrEnum):
    """How the sessions of a series belong together."""

    LINKED = "linked"
    REPEAT = "repeat"
    EXCLUSIVE = "exclusive"
    TOUR = "tour"


class LinkKind(StrEnum):
    """What an address beside a session leads to."""

    LINK = "link"
    ATTACHMENT = "attachment"
    SLIDES = "slides"
    VIDEO = "video"
    AUDIO = "audio"
    PAPER = "paper"
    PAGE = "page"
    LIVE = "live"
    REPLAY = "replay"


class AttachmentKind(StrEnum):
    """What a file beside a session is."""

    SLIDES = "slides"
    HANDOUT = "handout"
    PAPER = "paper"
    FORM = "form"
    OTHER = "other"


class RelationKind(StrEnum):
    """AFTER: starts after the other's end; SYNC_WITH: starts with the other."""

    AFTER = "after"
    SYNC_WITH = "sync_with"


class PermitStatus(StrEnum):
    """The safety permit of a large event; an APPROVED session is locked."""

    UNNEEDED = ""
    NEEDED = "needed"
    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"


class Phase(StrEnum):
    """What a day of the edition is."""

    WARMUP = "warmup"
    MAIN = "main"


class CityRole(StrEnum):
    """主会场 or 分会场."""

    MAIN = "main"
    SUB = "sub"


class DayType(StrEnum):
    """A day of the state's calendar that is not what its weekday says."""

    HOLIDAY = "holiday"
    ADJUSTED_WORKDAY = "adjusted_workday"


class Language(StrEnum):
    """What is spoken in a session."""

    ZH = "zh"
    EN = "en"
    ZH_EN = "zh/en"
    JA = "ja"
    KO = "ko"
    RU = "ru"
    DE = "de"
    FR = "fr"
    ES = "es"
    OTHER = "other"


class KeyState(StrEnum):
    """How an API key stands; `soon`: it works, and ends within two weeks; `ended`: its owner has the role no more."""

    WORKING = "working"
    SOON = "soon"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"


class NoticeLevel(StrEnum):
    """How loudly a notice speaks; an URGENT one stands on every public page of the week."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    URGENT = "urgent"


class Reply(StrEnum):
    """How it stands with a person's part in a session; ASKED: they hold a link and have not answered yet."""

    UNASKED = "unasked"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class ConsentItem(StrEnum):
    """What of a person a week may publish."""

    NAME = "name"
    BIO = "bio"
    PORTRAIT = "portrait"
    RECORDING = "recording"


class ClashPolicy(StrEnum):
    """What becomes of a person's sessions that overlap or are too far apart: told, or not taken."""

    WARN = "warn"
    REFUSE = "refuse"


class BadgeSheet(StrEnum):
    """How large the badges of a week are: 86 × 54 mm, 90 × 130 mm, A6."""

    CARD = "card"
    LANYARD = "lanyard"
    A6 = "a6"


class WorkMode(StrEnum):
    """When a browser has to work before it registers: never, in the first minutes after the opening, always."""

    NEVER = "never"
    OPENING = "opening"
    ALWAYS = "always"


class ProposalState(StrEnum):
    """Where a proposal stands: 草稿, 已提交, 退回修改, 采用, 不采用, 撤回."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReviewStep(StrEnum):
    """Who looks at a submitted proposal now, or has returned it; NONE: nobody has yet."""

    NONE = ""
    CITY = "city"
    COMMITTEE = "committee"


class ProposalMove(StrEnum):
    """What is done to a proposal; RECOMMEND passes it from the city on to the committee."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RECOMMEND = "recommend"
    RETURN = "return"
    ACCEPT = "accept"
    REJECT = "reject"
