"""Messages are written with the change they tell of, once."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import send
from eventweek.outbox.models import Message


@pytest.mark.database
def test_a_message_is_written_once_and_only_with_its_transaction(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        send("accounts/invitation", "a@example.org", "en", {"name": "a"}, "invitation:1")
        raise ZeroDivisionError
    with transaction():
        assert send("accounts/invitation", "b@example.org\r\nBcc: c@x", "en", {"name": "b"}, "invitation:1", ["ics:1"])
        assert not send("accounts/invitation", "c@example.org", "en", {"name": "c"}, "invitation:1")
    row = db.session.scalars(select(Message)).one()
    assert (row.recipient, row.context, row.attachments) == ("b@example.org Bcc: c@x", {"name": "b"}, ["ics:1"])
    assert (row.state, row.attempts, row.channel) == ("waiting", 0, "email")
