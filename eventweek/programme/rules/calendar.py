"""The numbers by which the history knows rows that have no id of their own (pure)."""

from datetime import date


def day_number(day: date) -> int:
    """Return the number of a day: its proleptic Gregorian ordinal."""
    return day.toordinal()


def pair_number(one: int, two: int) -> int:
    """Return the number of two ids in any order, which no other two have (Cantor's pairing function)."""
    low, high = sorted((one, two))
    return (low + high) * (low + high + 1) // 2 + high
