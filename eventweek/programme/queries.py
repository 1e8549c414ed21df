"""Reads of the programme."""

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Week


def find_current_week() -> Week | None:
    """Return the newest edition by its first day, None where there is none."""
    return db.session.scalar(select(Week).order_by(Week.first_day.desc(), Week.id.desc()).limit(1))


def find_week(code: str) -> Week | None:
    """Return the edition of that code."""
    return db.session.scalar(select(Week).where(Week.code == code))
