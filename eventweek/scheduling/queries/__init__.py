"""Reads of plans and releases; everything that visitors see comes from `published`."""

from eventweek.scheduling.queries.published import (
    PublishedSession,
    find_last_release,
    find_published,
    list_for_calendars,
    list_public_sessions,
    list_published,
    list_releases,
    map_last_releases,
    map_public,
    map_published,
)

__all__ = [
    "PublishedSession",
    "find_last_release",
    "find_published",
    "list_for_calendars",
    "list_public_sessions",
    "list_published",
    "list_releases",
    "map_last_releases",
    "map_public",
    "map_published",
]
