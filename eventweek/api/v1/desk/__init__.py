"""What the desk does, for programs that hold an API key: drafts, masters, releases. Nothing answers without one."""

from apispec import APISpec

from eventweek.api.v1.desk import (
    affected,
    bulk,
    bulk_schemas,
    calendar,
    door,
    halls,
    histories,
    holds,
    import_schemas,
    imports,
    invitations,
    message_schemas,
    messages,
    offerings,
    online,
    overbooking,
    overrides,
    own_key,
    people,
    pins,
    questions,
    records,
    registrants,
    registration_schemas,
    registrations,
    releases,
    replanning_schemas,
    roster_schemas,
    rosters,
    rule_schemas,
    rules,
    run_schemas,
    runs,
    scenario_schemas,
    scenarios,
    sessions,
    speakers,
    strikes,
    uploads,
    weeks,
)
from eventweek.api.v1.desk.frame import blueprint
from eventweek.api.v1.desk.schemas import describe_subjects

__all__ = [
    "affected",
    "blueprint",
    "bulk",
    "calendar",
    "describe",
    "door",
    "halls",
    "histories",
    "holds",
    "imports",
    "invitations",
    "messages",
    "offerings",
    "online",
    "overbooking",
    "overrides",
    "own_key",
    "people",
    "pins",
    "questions",
    "records",
    "registrants",
    "registrations",
    "releases",
    "rosters",
    "rules",
    "runs",
    "scenarios",
    "sessions",
    "speakers",
    "strikes",
    "uploads",
    "weeks",
]


def describe(spec: APISpec) -> None:
    """Add the shapes of all that the desk answers to a description."""
    describe_subjects(spec)
    for part in (
        bulk_schemas,
        halls,
        import_schemas,
        registration_schemas,
        replanning_schemas,
        message_schemas,
        roster_schemas,
        rule_schemas,
        run_schemas,
        scenario_schemas,
    ):
        for name, shape in part.SHAPES.items():
            spec.components.schema(name, shape)
