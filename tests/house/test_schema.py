"""Migrations run up, down and up again, and then equal the models."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Table, create_engine, func, inspect, select

from eventweek.audit.actors import SYSTEM
from eventweek.cli import alembic_config
from eventweek.kernel.copying import parent_of
from eventweek.kernel.db import Base, db
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.actions.placements import place_session
from tests.databases import Server
from tests.factories.programme import make_room, make_session, make_venue, make_week


@pytest.mark.database
def test_up_down_up_equals_the_models(database_server: Server) -> None:
    """Nothing is left after `down`, and nothing differs after the second `up`."""
    address = database_server.create()
    engine = create_engine(address)
    config = alembic_config(address)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    database_server.drop(address)


@pytest.mark.database
def test_migrations_keep_the_rows(app: Flask, database_server: Server) -> None:
    """Altering a table in batch mode drops it and writes it anew: what hangs on it must stay."""
    week, room = make_week(), make_room(make_venue())
    session = make_session(week)
    place_session(session.code, "2027-04-12T09:30", room.code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    before, config = _counts(), alembic_config(app.extensions["eventweek"].database_url)
    db.session.remove()
    db.engine.dispose()
    command.downgrade(config, "20261125_1920")
    command.upgrade(config, "head")
    assert _counts() == before and before["release_item"] == before["published"] == before["session"] == 1


def _counts() -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


PAIRED = {"seat_delta", "invitation_use", "online_attendance", "allotment_link", "allotment_seat"}
"""An event and a pool, an invitation, a session and a registration: of one offering, found from it at writing.

Of attendance on line, `eventweek verify` looks at the week too.
"""


def test_no_row_can_join_two_weeks() -> None:
    """What refers to two things of a week names the week in both references, so the database refuses another week's."""
    root, loose = Base.metadata.tables["week"], {}
    for name, table in Base.metadata.tables.items():
        own = [key for key in table.foreign_key_constraints if _is_of_a_week(root, key.referred_table)]
        whole = [key for key in own if "week_id" in key.columns and "week_id" in {e.column.name for e in key.elements}]
        if len(own) > 1 or ("week_id" in table.c and own):
            loose[name] = sorted(str(key.name) for key in set(own) - set(whole))
    assert {name: keys for name, keys in loose.items() if keys}.keys() == PAIRED and len(loose) > 15


def _is_of_a_week(root: Table, table: Table) -> bool:
    return table is not root and parent_of(root, table) is not None
