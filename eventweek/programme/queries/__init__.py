"""Reads of the programme."""

from eventweek.programme.queries.weeks import (
    find_actor,
    find_current_week,
    find_newest_week,
    find_week,
    find_week_id,
    get_week,
    list_weeks,
    refuse_archived,
)

__all__ = [
    "find_actor",
    "find_current_week",
    "find_newest_week",
    "find_week",
    "find_week_id",
    "get_week",
    "list_weeks",
    "refuse_archived",
]
