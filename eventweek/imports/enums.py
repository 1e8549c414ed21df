"""Fixed choices of files that are brought."""

from enum import StrEnum


class ImportState(StrEnum):
    """Where an import of a file stands.

    CHECKING and WAITING are the worker's to go on with; CHECKED waits for a word; the others are final.
    """

    CHECKING = "checking"
    CHECKED = "checked"
    WAITING = "waiting"
    DONE = "done"
    WRONG = "wrong"
    FAILED = "failed"
    DISCARDED = "discarded"


RUNNING = (ImportState.CHECKING, ImportState.WAITING)
OPEN = (*RUNNING, ImportState.CHECKED)
"""From which the same file may still go in."""
