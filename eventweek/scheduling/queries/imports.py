"""Imports of programmes: one by its code, and its bytes."""

from eventweek.imports.queries import get_brought
from eventweek.kernel import files
from eventweek.scheduling.models import ProgrammeImport, ProposalImport


def get_import(week_id: int, code: str) -> ProgrammeImport:
    """Return an import of this week.

    Raises: Refusal import.not_found.
    """
    return get_brought(ProgrammeImport, week_id, code)


def content_of(own: ProgrammeImport | ProposalImport) -> bytes:
    """Return the bytes that were sent.

    Raises: Refusal file.not_found.
    """
    return files.read(own.file).partition(b"\n")[2]
