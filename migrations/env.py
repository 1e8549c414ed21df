"""Alembic environment: one connection, batch mode for SQLite."""

import sqlite3

from alembic import context
from sqlalchemy import create_engine

import eventweek.accounts.models
import eventweek.audit.models
import eventweek.calendars.models
import eventweek.checkin.models
import eventweek.kernel.idempotency
import eventweek.kernel.jobs
import eventweek.outbox.models
import eventweek.programme.models
import eventweek.registration.models
import eventweek.replanning.models
import eventweek.scheduling.models  # noqa: F401
from eventweek.kernel.db import Base

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    own = connection.connection.driver_connection
    if isinstance(own, sqlite3.Connection):  # batch mode drops the table that it alters: its children must not go too
        own.execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    if isinstance(own, sqlite3.Connection) and (lost := own.execute("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {lost[:5]}")
    connection.commit()
engine.dispose()
