"""Organisers: the desk. One module per subject; each hangs its views on the one blueprint of `frame`."""

from eventweek.web.desk import home, kinds, parties, places, series, sessions, tags, timetable, users
from eventweek.web.desk.frame import blueprint

__all__ = ["blueprint", "home", "kinds", "parties", "places", "series", "sessions", "tags", "timetable", "users"]
