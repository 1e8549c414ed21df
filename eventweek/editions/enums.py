"""What a copy carries, and how its days are found."""

from enum import StrEnum


class Part(StrEnum):
    """What can be carried into a new edition; the settings always come."""

    SETTINGS = "settings"
    SESSIONS = "sessions"
    PEOPLE = "people"
    PLAN = "plan"
    OFFERINGS = "offerings"
    GATES = "gates"


class Anchor(StrEnum):
    """By what a day of the old run finds its day in the new one: its place in the run, or its weekday."""

    RUN = "run"
    WEEKDAY = "weekday"
