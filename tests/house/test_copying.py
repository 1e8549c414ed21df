"""Every table of an edition is carried by a copy of it, or says why it never is."""

from eventweek.editions.carried import NEVER, TABLES, WITH_THE_WEEK
from eventweek.kernel.copying import parent_of, referred
from eventweek.kernel.db import Base

ROOT = Base.metadata.tables["week"]
CARRIED = [name for names in TABLES.values() for name in names]


def test_every_table_of_an_edition_is_declared_once() -> None:
    """A new table belongs into eventweek/editions/carried.py: under a part of TABLES, or with its reason in NEVER."""
    own = [name for name, table in Base.metadata.tables.items() if parent_of(ROOT, table) is not None]
    assert sorted(own) == sorted([*CARRIED, *WITH_THE_WEEK, *NEVER])
    assert len(own) > 40 and all(NEVER.values())


def test_what_is_referred_to_is_carried_first() -> None:
    for number, name in enumerate(CARRIED):
        for column in Base.metadata.tables[name].c:
            parent = referred(column)
            if parent is not None and parent.name in CARRIED:
                assert CARRIED.index(parent.name) <= number, (name, column.name)


def test_nothing_carried_refers_to_what_never_is() -> None:
    """What would be lost on the way is a nullable column that the copy empties: there is none yet."""
    lost = [
        (name, column.name)
        for name in CARRIED
        for column in Base.metadata.tables[name].c
        if (parent := referred(column)) is not None and parent.name in NEVER
    ]
    assert lost == []
