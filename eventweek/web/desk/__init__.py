"""Organisers: the desk. One module per subject; each hangs its views on the one blueprint of `frame`."""

from eventweek.web.desk import (
    audit,
    calendar,
    door,
    home,
    kinds,
    offerings,
    parties,
    places,
    releases,
    series,
    session_changes,
    session_edit,
    sessions,
    tags,
    timetable,
    users,
    weeks,
)
from eventweek.web.desk.frame import blueprint

__all__ = [
    "audit",
    "blueprint",
    "calendar",
    "door",
    "home",
    "kinds",
    "offerings",
    "parties",
    "places",
    "releases",
    "series",
    "session_changes",
    "session_edit",
    "sessions",
    "tags",
    "timetable",
    "users",
    "weeks",
]
