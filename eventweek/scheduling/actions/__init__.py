"""Verbs of plans and releases."""

from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.releases import release_schedule, restore_release

__all__ = ["place_session", "release_schedule", "restore_release", "unplace_session"]
