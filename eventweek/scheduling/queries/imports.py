"""Imports from files: which there are, and their bytes."""

from collections.abc import Sequence

from sqlalchemy import select

from eventweek.kernel import files
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.scheduling.models import ProgrammeImport


def list_imports(week_id: int, most: int = 20) -> Sequence[ProgrammeImport]:
    """Return the last imports of a week, the newest first."""
    own = ProgrammeImport
    return db.session.scalars(select(own).where(own.week_id == week_id).order_by(own.id.desc()).limit(most)).all()


def get_import(week_id: int, code: str) -> ProgrammeImport:
    """Return an import of this week.

    Raises: Refusal import.not_found.
    """
    own = ProgrammeImport
    found = db.session.scalar(select(own).where(own.week_id == week_id, own.code == code))
    if found is None:
        raise Refusal("import.not_found")
    return found


def content_of(own: ProgrammeImport) -> bytes:
    """Return the bytes that were sent.

    Raises: Refusal file.not_found.
    """
    return files.read(own.file).partition(b"\n")[2]
