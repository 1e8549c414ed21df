"""Migrations run up, down and up again, and then equal the models."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from eventweek.cli import alembic_config
from eventweek.kernel.db import Base
from tests.databases import Server


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
