"""What every kind of file that is brought has: its words, one that waits, facts that come back as they were kept."""

from datetime import date

import pytest
from sqlalchemy import inspect

from eventweek.imports.actions import Imports
from eventweek.imports.enums import ImportState
from eventweek.imports.models import Import
from eventweek.imports.outcome import facts_of, kept, refused
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.language import CATALOGUE
from eventweek.registration.models import Roster
from eventweek.scheduling.models import ProgrammeImport, ProposalImport

KINDS = [ProgrammeImport, ProposalImport, Roster]


def test_every_kind_is_looked_at_here() -> None:
    assert set(Import.__subclasses__()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_sentences_for_what_it_refuses_and_one_that_waits(kind: type[Import]) -> None:
    assert {f"{kind.noun}.{code}" for code in ("not_found", "not_ready", "busy")} <= set(CATALOGUE)
    table = inspect(kind).local_table
    assert f"uq_{table.name}_waiting" in {index.name for index in table.indexes if index.unique}


def test_facts_come_back_as_they_were() -> None:
    facts = {"name": Bilingual("甲", "A"), "count": 3, "day": date(2026, 10, 15), "odd": {1}}
    told = refused(Refusal("x.y", **facts))["refusal"]
    assert told == {"code": "x.y", "facts": kept(facts)} and told["facts"]["day"] == "2026-10-15"
    assert facts_of(told["facts"]) == facts | {"day": "2026-10-15", "odd": "{1}"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", sorted(ImportState))
def test_a_file_is_dated_once_nothing_more_is_done_with_it(kind: type[Import], state: ImportState) -> None:
    """A wrong programme is read and brought again; a wrong list is still to be deleted."""
    keeps, own = kind is ProgrammeImport, kind()
    Imports(kind, "job", lambda _actor, _week: None, keeps=keeps).end(own, state, {"wrong": 1})
    over = state in ("done", "failed", "discarded") or (state == "wrong" and keeps)
    assert (own.state, own.outcome, own.done_at is not None) == (state, {"wrong": 1}, over)
