"""Fixed choices of registration."""

from enum import StrEnum

from eventweek.programme.enums import RegistrationMode


class PoolClass(StrEnum):
    """Whose seats a pool holds; `room` is the whole of the offering. `online` is no seat in it and has no limit."""

    ROOM = "room"
    PUBLIC = "public"
    INVITED = "invited"
    MEDIA = "media"
    STANDBY = "standby"
    ONLINE = "online"


class State(StrEnum):
    """Where a registration stands; rejected and cancelled are final."""

    APPLIED = "applied"
    RETURNED = "returned"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Tongue(StrEnum):
    """In which language somebody is written to."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class Fate(StrEnum):
    """What becomes of a row of a list that is brought; KEPT: registered already, and known otherwise than written."""

    NEW = "new"
    SAME = "same"
    KEPT = "kept"
    REPEATED = "repeated"
    WRONG = "wrong"


class ConsentOrigin(StrEnum):
    """Where the people of a list said that the organiser may register them."""

    FORM = "form"
    PARTNER = "partner"
    UNIT = "unit"
    EARLIER = "earlier"


class InvitationKind(StrEnum):
    """Whether an invitation is a code to pass on, a link for one person, or the link of a unit's allotment."""

    CODE = "code"
    PERSONAL = "personal"
    UNIT = "unit"


LIVE = (State.APPLIED, State.RETURNED, State.WAITLISTED, State.OFFERED, State.CONFIRMED)
AT_ONCE = (RegistrationMode.OPEN, RegistrationMode.SPECTATOR, RegistrationMode.TIMED_ENTRY)
"""Modes in which one is in as soon as there is a seat."""
SELF_SERVICE = (*AT_ONCE, RegistrationMode.APPROVAL)
"""Modes in which people register by themselves."""


class EndReason(StrEnum):
    """Why a registration ended."""

    PERSON = "person"
    ORGANISER = "organiser"
    SESSION = "session"
    REVIEW = "review"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNCLAIMED = "unclaimed"


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Way(StrEnum):
    """What becomes of a freed seat while somebody waits for it."""

    CONFIRM = "confirm"
    OFFER = "offer"
    KEEP = "keep"


class StrikeState(StrEnum):
    """Where a no-show that counts stands: given, appealed against, upheld in spite of it, lifted."""

    GIVEN = "given"
    APPEALED = "appealed"
    UPHELD = "upheld"
    LIFTED = "lifted"


class StrikeDecision(StrEnum):
    """What an organiser says to an appeal, or without one."""

    ACCEPT = "accept"
    REJECT = "reject"
    LIFT = "lift"


class StrikeEffect(StrEnum):
    """What becomes of new registrations of whoever did not come too often: behind all who wait, or to a reviewer."""

    BEHIND = "behind"
    REVIEW = "review"


REASONS = (
    *EndReason,
    "",
    "seats",
    "promoted",
    "offered",
    "accepted",
    "reviewed",
    "approved",
    "resubmitted",
    "moved",
    "standby",
    "claimed",
    "handed_over",
    "merged",
    "displaced",
    "struck",
)
"""What a step's reason may be besides an organiser's own words."""


class QuestionType(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    FILE = "file"
    YES_NO = "yes_no"


class About(StrEnum):
    """Whether a question is of the person, asked once for a whole basket, or of each session."""

    PERSON = "person"
    SESSION = "session"


class Purpose(StrEnum):
    """What people agree to, each by a box of its own."""

    REGISTRATION = "registration"
    SENSITIVE = "sensitive"
    GUARDIAN = "guardian"
    SHARING = "sharing"
    PUBLISHING = "publishing"


class Asked(StrEnum):
    """Which further agreements an offering may ask for; the first is asked of everybody."""

    SENSITIVE = "sensitive"
    GUARDIAN = "guardian"
    SHARING = "sharing"
    PUBLISHING = "publishing"


class IdType(StrEnum):
    """Documents by which somebody is known at a real-name session."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGN_RESIDENT = "foreign_resident"


class Destroyed(StrEnum):
    """What a certificate of destruction is about."""

    IDENTITIES = "identities"
    PEOPLE = "people"
