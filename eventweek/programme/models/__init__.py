"""Tables of the programme; edition rows carry week_id and cannot refer into another week."""

from eventweek.programme.models.attachments import Attachment, SessionAttachment
from eventweek.programme.models.bulk import BulkChange
from eventweek.programme.models.consents import ConsentText
from eventweek.programme.models.grants import Grant
from eventweek.programme.models.incidents import Incident, IncidentRoom
from eventweek.programme.models.keys import ApiKey
from eventweek.programme.models.parties import Organisation, Person, PersonAvailability
from eventweek.programme.models.pictures import Picture, PictureRendition
from eventweek.programme.models.places import City, Feature, Room, RoomClosure, RoomHours, RoomLayout, TravelTime, Venue
from eventweek.programme.models.proposals import Proposal, ProposalDay, ProposalEntry, ProposalFile
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
from eventweek.programme.models.speakers import PersonContact, SpeakerConsent, SpeakerLink, SpeakerReply
from eventweek.programme.models.texts import Notice, Page
from eventweek.programme.models.weeks import CalendarDay, Week, WeekCity, WeekDay

__all__ = [
    "ApiKey",
    "Attachment",
    "BulkChange",
    "CalendarDay",
    "City",
    "ConsentText",
    "Feature",
    "Grant",
    "Incident",
    "IncidentRoom",
    "Kind",
    "Notice",
    "Organisation",
    "Page",
    "Person",
    "PersonAvailability",
    "PersonContact",
    "Picture",
    "PictureRendition",
    "Proposal",
    "ProposalDay",
    "ProposalEntry",
    "ProposalFile",
    "Room",
    "RoomClosure",
    "RoomHours",
    "RoomLayout",
    "Series",
    "SeriesMember",
    "Session",
    "SessionAttachment",
    "SessionDay",
    "SessionLink",
    "SessionOrganisation",
    "SessionPerson",
    "SessionRelation",
    "SpeakerConsent",
    "SpeakerLink",
    "SpeakerReply",
    "Tag",
    "TagSet",
    "Track",
    "TravelTime",
    "Venue",
    "Week",
    "WeekCity",
    "WeekDay",
]
