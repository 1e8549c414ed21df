"""Imports from files: which there are, their bytes, and how far a running one is."""

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select

from eventweek.kernel import files
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.scheduling.models import ProgrammeImport

STEP = 50


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


def progress_path(own: ProgrammeImport) -> Path:
    """Return the small file beside the kept one that tells how far it is.

    No row could: while an import runs, SQLite lets nobody else write, and its own rows are not to be seen yet.
    """
    return files.path_of(own.file).with_suffix(".progress")


def note_progress(own: ProgrammeImport) -> Callable[[int, int], None]:
    """Return what writes every fiftieth row down."""
    path = progress_path(own)

    def note(done: int, total: int) -> None:
        if done % STEP == 0 or done == total:
            with contextlib.suppress(OSError):  # a full disk must not stop what it only reports on
                fresh = path.with_suffix(".fresh")
                fresh.write_text(f"{done} {total}")
                os.replace(fresh, path)

    return note


def find_progress(own: ProgrammeImport) -> tuple[int, int]:
    """Return how many rows of a running import are done, and of how many; 0 of 0 before it begins."""
    try:
        done, total = progress_path(own).read_text().split()
    except (OSError, ValueError):
        return 0, 0
    return int(done), int(total)
