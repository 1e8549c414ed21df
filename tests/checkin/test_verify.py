"""The invariants of the door bite: each is broken on purpose and found by its name."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.verify import list_findings
from eventweek.cli import main
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from tests.factories.door import make_device, make_gate, make_pass, open_sessions

CHAIN, FOLD = "each scan vouches for the device's scan before", "attendance is what the scans add up to"


def some_scans() -> None:
    session = open_sessions()[0]
    gate, token = make_gate(session), make_pass(session).token
    with travel(session.start - timedelta(minutes=10)):
        device = make_device()[0]
        for seq, kind in ((1, "in"), (2, "out"), (3, "in")):
            record_scan(device, ScanRequest(seq, gate.code, session.code, kind, token), actor=device.actor)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE scan SET offset_ms = 1, party = 2 WHERE device_seq = 1", [CHAIN, FOLD]),
        ("UPDATE scan SET mode = 'offline' WHERE device_seq = 2", [CHAIN]),
        ("DELETE FROM scan WHERE device_seq = 1", [CHAIN, FOLD]),
        ("UPDATE attendance SET entries = entries + 1", [FOLD]),
        ("UPDATE attendance SET inside = NOT inside", [FOLD]),
        ("DELETE FROM attendance", [FOLD]),
    ],
)
@pytest.mark.database
def test_damage_is_found_and_the_command_ends_with_one(demo_app: Flask, damage: str, found: list[str]) -> None:
    some_scans()
    config = demo_app.extensions["eventweek"]
    env = {"EVENTWEEK_VAR": str(config.var), "EVENTWEEK_DATABASE_URL": config.database}
    assert [finding.name for finding in list_findings() if finding.rows] == []
    with transaction():
        db.session.execute(text(damage))
    db.session.rollback()
    broken = [finding.name for finding in list_findings() if finding.rows]
    assert broken and set(broken) <= set(found) and found[0] in broken
    db.session.rollback()
    told = CliRunner().invoke(main, ["verify"], env=env)
    assert told.exit_code == 1 and f"broken  {found[0]}" in told.output
