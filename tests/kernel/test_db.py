"""One action is one transaction; migrations make what the models say."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, engine_options, insert_row, transaction


@pytest.mark.database
def test_a_failing_action_changes_nothing_even_from_inside_another(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            record(SYSTEM, "outer", "week", "x")
            with transaction():
                record(SYSTEM, "inner", "week", "x")
            raise ZeroDivisionError
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.database
def test_unsaved_changes_before_a_transaction_are_an_error(app: Flask) -> None:
    with app.app_context():
        record(SYSTEM, "stray", "week", "x")
        with pytest.raises(RuntimeError, match="unsaved"), transaction():
            pass
        db.session.rollback()


@pytest.mark.database
def test_writers_queue_instead_of_failing(app: Flask) -> None:
    def count_up() -> None:
        with app.app_context(), transaction():
            seen = db.session.scalar(select(func.count()).select_from(AuditEntry))
            record(SYSTEM, "count", "week", str(seen))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(count_up) for _ in range(40)]:
            done.result()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 40


@pytest.mark.database
def test_what_only_reads_begins_no_transaction_where_that_would_forget_what_is_prepared(app: Flask) -> None:
    """psycopg prepares a statement that comes again and again, and drops all of them at a ROLLBACK."""
    if db.engine.dialect.name != "postgresql":
        assert "isolation_level" not in engine_options("sqlite:///x.db")
        return
    for _time in range(10):
        db.session.execute(select(func.count()).select_from(AuditEntry))
        db.session.remove()
    assert db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%audit_entry%'"))


@pytest.mark.database
def test_a_row_inserted_alone_is_as_if_loaded_also_after_one_was_taken_back(app: Flask) -> None:
    def entry() -> AuditEntry:
        return AuditEntry(at=now(), actor="x", verb="v", subject="week", code="first", changes={"a": 1})

    with app.app_context():
        with transaction():
            lost, kept = entry(), entry()
            with db.session.begin_nested() as saved:
                insert_row(lost)
                saved.rollback()
            insert_row(kept)  # SQLite gives it the key of the lost one
            assert kept in db.session and not db.session.dirty and kept.week_id is None
            kept.code = "second"
        assert db.session.execute(select(AuditEntry.id, AuditEntry.code)).all() == [(kept.id, "second")]
