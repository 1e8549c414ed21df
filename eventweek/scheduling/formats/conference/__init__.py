"""Schedules of conference software: frab / pentabarf schedule.xml and C3VOC schedule.json, in and out.

Both are read into one plain value, a `Conference`; `document` turns it into what the import takes, and the writers turn
the same value, filled from a week, into the two formats.
"""
