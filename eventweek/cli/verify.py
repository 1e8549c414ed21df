"""Verify: check the invariants of the data."""

import sys

import click

from eventweek import create_app
from eventweek.checkin import verify as checkin
from eventweek.cli.frame import main, settings
from eventweek.kernel.actions import list_missing_files
from eventweek.kernel.db import db, snapshot
from eventweek.registration import verify as registration
from eventweek.replanning import verify as replanning


@main.command()
def verify() -> None:
    """Check the invariants of registration, the door and the files; exit 1 and print the rows when one is broken."""
    with create_app(settings(), doors=False).app_context():
        with snapshot():
            findings = registration.list_findings() + checkin.list_findings() + replanning.list_findings()
        missing = list_missing_files()[: registration.MOST_ROWS]
        findings.append(registration.Finding("each file that a row names is on disk", missing))
        db.session.remove()
        db.engine.dispose()
    for finding in findings:
        click.echo(f"{'broken' if finding.rows else 'ok':8}{finding.name}")
        for row in finding.rows:
            click.echo(f"        {' '.join(f'{name}={value}' for name, value in row.items())}")
    sys.exit(any(finding.rows for finding in findings))
