"""Commands of accounts."""

import click

from eventweek import create_app
from eventweek.audit.actors import SYSTEM
from eventweek.cli.frame import main, settings, spoken
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.staff import invite_user


@main.group()
def user() -> None:
    """Accounts of staff."""


@user.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Print a link, once, by which EMAIL becomes an administrator."""
    config = settings()
    with create_app(config, doors=False).app_context():
        try:
            invitation, token = invite_user(email, "", administrator=True, actor=SYSTEM, locale="en")
        except Invalid as invalid:
            first = invalid.errors[0]
            raise click.ClickException(spoken(Refusal(first.code, **first.facts))) from invalid
        click.echo(f"{invitation.email} sets a password here, once, within 7 days:")
        click.echo(f"{config.base_url}/invitations/{token}")
