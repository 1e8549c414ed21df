"""What the desk does, for programs that hold an API key: drafts, masters, releases. Nothing answers without one."""

from eventweek.api.v1.desk import (
    affected,
    bulk,
    calendar,
    door,
    histories,
    holds,
    imports,
    invitations,
    messages,
    offerings,
    overbooking,
    own_key,
    people,
    questions,
    records,
    registrants,
    registrations,
    releases,
    rosters,
    sessions,
    speakers,
    strikes,
    uploads,
    weeks,
)
from eventweek.api.v1.desk.frame import blueprint
from eventweek.api.v1.desk.import_schemas import register as register_imports
from eventweek.api.v1.desk.message_schemas import register as register_messages
from eventweek.api.v1.desk.registration_schemas import register as register_registrations
from eventweek.api.v1.desk.replanning_schemas import register as register_replanning
from eventweek.api.v1.desk.roster_schemas import register as register_rosters
from eventweek.api.v1.desk.schemas import register

__all__ = [
    "affected",
    "blueprint",
    "bulk",
    "calendar",
    "door",
    "histories",
    "holds",
    "imports",
    "invitations",
    "messages",
    "offerings",
    "overbooking",
    "own_key",
    "people",
    "questions",
    "records",
    "register",
    "register_imports",
    "register_registrations",
    "register_replanning",
    "registrants",
    "registrations",
    "register_messages",
    "register_rosters",
    "releases",
    "rosters",
    "sessions",
    "speakers",
    "strikes",
    "uploads",
    "weeks",
]
