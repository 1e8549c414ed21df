"""One action is one transaction; migrations make what the models say."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actions import record
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db, transaction


@pytest.mark.database
def test_a_failing_action_changes_nothing_even_from_inside_another(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            record("test", "outer", "week", "x")
            with transaction():
                record("test", "inner", "week", "x")
            raise ZeroDivisionError
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.database
def test_unsaved_changes_before_a_transaction_are_an_error(app: Flask) -> None:
    with app.app_context():
        record("test", "stray", "week", "x")
        with pytest.raises(RuntimeError, match="unsaved"), transaction():
            pass
        db.session.rollback()
