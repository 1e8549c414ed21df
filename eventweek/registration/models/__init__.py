"""Tables of registration: people who come, seats, registrations, passes."""

from eventweek.registration.models.attendees import Attendee, AttendeeIdentity, Consent
from eventweek.registration.models.codes import ContactCode
from eventweek.registration.models.forms import (
    AnswerFile,
    AskedForm,
    DestructionCertificate,
    KindQuestions,
    OfferingQuestions,
)
from eventweek.registration.models.invitations import AllotmentLink, AllotmentSeat, InvitationUse, OfferingInvitation
from eventweek.registration.models.messages import MessageSettings, MessageText, WechatConsent
from eventweek.registration.models.offerings import CapacityPool, Offering, OfferingSession, OverbookDecision, PoolHold
from eventweek.registration.models.online import OnlineAttendance, OnlineLink
from eventweek.registration.models.passes import Pass, PassToken
from eventweek.registration.models.registrations import Registration, RegistrationEvent, RegistrationGroup, SeatDelta
from eventweek.registration.models.rosters import Roster
from eventweek.registration.models.strikes import Strike, StrikeRule, StrikeStep

__all__ = [
    "AllotmentLink",
    "AllotmentSeat",
    "AnswerFile",
    "AskedForm",
    "Attendee",
    "AttendeeIdentity",
    "CapacityPool",
    "Consent",
    "DestructionCertificate",
    "InvitationUse",
    "KindQuestions",
    "MessageSettings",
    "MessageText",
    "ContactCode",
    "Offering",
    "OfferingInvitation",
    "OfferingQuestions",
    "OfferingSession",
    "OnlineAttendance",
    "OnlineLink",
    "OverbookDecision",
    "Pass",
    "PassToken",
    "PoolHold",
    "Registration",
    "RegistrationEvent",
    "RegistrationGroup",
    "Roster",
    "SeatDelta",
    "Strike",
    "StrikeRule",
    "StrikeStep",
    "WechatConsent",
]
