"""Organisers: the desk. One module per subject; each hangs its views on the one blueprint of `frame`."""

from eventweek.web.desk import home, sessions, timetable
from eventweek.web.desk.frame import blueprint

__all__ = ["blueprint", "home", "sessions", "timetable"]
