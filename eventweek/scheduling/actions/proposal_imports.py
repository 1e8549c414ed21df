"""Filled templates of proposals: looked through row by row; the good rows go in when the person says so."""

import hashlib
from dataclasses import dataclass
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.imports.actions import Imports
from eventweek.imports.actions import Wrong as AllWrong
from eventweek.imports.outcome import Outcome, kept
from eventweek.kernel import files
from eventweek.kernel.db import Bilingual, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.tables import read_tables
from eventweek.programme.actions.proposals.writing import draw_proposal
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Week
from eventweek.programme.rules.proposals import Side, sides_of
from eventweek.scheduling.formats.sheets.cells import Cells
from eventweek.scheduling.formats.sheets.proposals import Filled, read_proposals
from eventweek.scheduling.formats.sheets.tongue import Tongues
from eventweek.scheduling.models import ProposalImport
from eventweek.scheduling.queries.imports import content_of
from eventweek.scheduling.queries.proposal_imports import get_proposal_import, proposal_names, titles_of

LARGEST = 5_000_000


def _allow(actor: Actor, week_id: int) -> None:
    require(actor, Verb.PROPOSALS_MAKE, week_id)


_IMPORTS = Imports(ProposalImport, "proposals.import", _allow, keeps=True)


class _Foreseen(Exception):
    """Ends a look: nothing of it stays."""


@dataclass(frozen=True)
class _Row:
    """What becomes of a filled row: `new`, `same` (there is one of that title already) or `wrong`."""

    filled: Filled
    status: str


def plan_proposals(
    week_id: int, content: bytes, name: str, *, organisation: str, language: str, actor: Actor
) -> ProposalImport:
    """Keep a filled template of an organisation and let the worker look through it.

    Raises: Refusal permission.denied, week.not_found, week.archived, import.empty, import.too_large, file.disk_full;
        Invalid with `organisation`.
    """
    if not content:
        raise Refusal("import.empty")
    if len(content) > LARGEST:
        raise Refusal("import.too_large", longest=LARGEST // 1_000_000)
    require(actor, Verb.PROPOSALS_MAKE, week_id)
    if Side.PROPOSER not in sides_of(actor, week_id, organisation, ""):
        raise Invalid([FieldError("organisation", "proposal.organisation")])
    own = {"language": language, "organisation": organisation}
    return _IMPORTS.bring(
        week_id,
        name,
        hashlib.sha256(content).hexdigest(),
        lambda code: own | {"file": files.keep(f"{code}\n".encode() + content)},
        actor=actor,
        alike=[ProposalImport.organisation == organisation],
    )


def confirm_proposals(week_id: int, code: str, *, actor: Actor) -> ProposalImport:
    """Let the good rows go in as drafts. A second call changes nothing.

    Raises: what `Imports.confirm` raises; Refusal import.not_found for another organisation's.
    """
    get_proposal_import(week_id, code, actor=actor)
    return _IMPORTS.confirm(week_id, code, actor=actor)


def discard_proposals(week_id: int, code: str, *, actor: Actor) -> ProposalImport:
    """Leave a file that has not gone in. A second call changes nothing.

    Raises: what `Imports.discard` raises; Refusal import.not_found for another organisation's.
    """
    get_proposal_import(week_id, code, actor=actor)
    return _IMPORTS.discard(week_id, code, actor=actor)


def run_proposals(code: str, tongues: Tongues) -> None:
    """Look through a filled template or take it in, as far as its state allows."""
    _IMPORTS.carry_on(code, lambda own: _look(own, tongues), lambda own: _take(own, tongues))


def purge_proposal_imports() -> int:
    """Delete the files and the rows of imports that are older than 30 days; return how many there were."""
    with transaction():
        count = _IMPORTS.drop_old()
        if count:
            record(SYSTEM, "import.purge", "proposal_import", "", count=count)
    return count


def _look(own: ProposalImport, tongues: Tongues) -> Outcome:
    """Draw every row and undo it."""
    rows: list[_Row] = []
    try:
        with transaction():
            rows = _drawn(own, tongues, _IMPORTS.actor_of(own))
            raise _Foreseen
    except _Foreseen:
        outcome = _told(rows)
    if not outcome["taken"]:
        raise AllWrong(outcome)
    return outcome


def _take(own: ProposalImport, tongues: Tongues) -> None:
    code = own.code
    with transaction():
        own = _IMPORTS.waiting(code)
        actor = _IMPORTS.actor_of(own)
        rows = _drawn(own, tongues, actor)
        _IMPORTS.finish(own, _told(rows), actor, proposals=sum(row.status == "new" for row in rows))


def _drawn(own: ProposalImport, tongues: Tongues, actor: Actor) -> list[_Row]:
    """Write the good rows as drafts inside the caller's transaction; say of each what became of it."""
    week = editable_week(own.week_id)
    tongue = tongues.every[own.language == "en"]
    cells = Cells(tongues, proposal_names(week), tongue)
    filled = read_proposals(read_tables(content_of(own), own.name), cells)
    known = titles_of(week.id, own.organisation)
    rows = []
    for row in filled:
        title = Bilingual(str(row.values.get("title_zh", "")), str(row.values.get("title_en", "")))
        status = "same" if title in known else _status(week, own.organisation, row, actor)
        if status == "new":
            known.add(title)
        rows.append(_Row(row, status))
    return rows


def _status(week: Week, organisation: str, row: Filled, actor: Actor) -> str:
    if not row.wrong:
        try:
            draft = draw_proposal(week, row.values | {"organisation": organisation}, actor)
            record(actor, "proposal.create", "proposal", draft.code, week_id=week.id)
        except Invalid as invalid:
            row.wrong.extend(row.at(error.field, error.code, error.facts) for error in invalid.errors)
    return "wrong" if row.wrong else "new"


def _told(rows: list[_Row]) -> Outcome:
    told: list[dict[str, Any]] = [
        {
            "row": row.filled.number,
            "title": (row.filled.texts.get("title_zh") or row.filled.texts.get("title_en") or "")[:120],
            "status": row.status,
        }
        for row in rows
    ]
    problems = [
        {
            "sheet": row.filled.sheet,
            "row": row.filled.number,
            "column": one.column,
            "line": 0,
            "path": "",
            "value": one.value[:120],
            "code": one.code,
            "facts": kept(one.facts),
        }
        for row in rows
        for one in row.filled.wrong
    ]
    taken, wrong = (sum(row.status == status for row in rows) for status in ("new", "wrong"))
    return {"format": "xlsx", "rows": told, "problems": problems, "taken": taken, "wrong": wrong}
