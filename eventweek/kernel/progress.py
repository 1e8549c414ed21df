"""How far a long job with a kept file is, told by a small file beside that.

No row could: while the job runs, SQLite lets nobody else write, and its own rows are not to be seen yet.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from eventweek.kernel import files

STEP = 50


def note_progress(digest: str) -> Callable[[int, int], None]:
    """Return what writes every fiftieth step of a total down; `digest`: of the kept file."""
    path = _path(digest)

    def note(done: int, total: int) -> None:
        if done % STEP == 0 or done == total:
            with contextlib.suppress(OSError):  # a full disk must not stop what it only reports on
                fresh = path.with_suffix(".fresh")
                fresh.write_text(f"{done} {total}")
                os.replace(fresh, path)

    return note


def find_progress(digest: str) -> tuple[int, int]:
    """Return how many steps of a running job are done, and of how many; 0 of 0 before it begins."""
    try:
        done, total = _path(digest).read_text().split()
    except (OSError, ValueError):
        return 0, 0
    return int(done), int(total)


def forget_progress(digest: str) -> None:
    """Remove the small file; one that is gone already is no fault."""
    _path(digest).unlink(missing_ok=True)


def _path(digest: str) -> Path:
    return files.path_of(digest).with_suffix(".progress")
