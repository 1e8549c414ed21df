"""Serve: one command for a newcomer's machine, and the worker on its own."""

import socket
from io import StringIO

import click
import qrcode

from eventweek import create_app
from eventweek.cli.certificate import certificate_for
from eventweek.cli.frame import main, migrate, settings
from eventweek.cli.server import Server, refuse_taken_port
from eventweek.config import LOOPBACK, Config
from eventweek.demo.actions import load_demo
from eventweek.demo.actions_proposals import make_demo_proposals
from eventweek.demo.actions_staff import demo_email, make_demo_staff
from eventweek.demo.actions_visitors import make_demo_visitors
from eventweek.demo.shift import day_to_show
from eventweek.demo.sign_ins import demo_passwords
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.logs import init_logs
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week
from eventweek.worker import Engine


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST")
@click.option("--port", default=8000, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--tls", is_flag=True, envvar="TLS", help="https with a self-signed certificate, for phones.")
@click.pass_context
def run(context: click.Context, host: str, port: int, tls: bool) -> None:
    """Migrate, load the demo into an empty database, and serve with the worker inside."""
    refuse_taken_port(host, port)
    outward = reachable_host(host)
    config = settings(f"{'https' if tls else 'http'}://{outward}:{port}")
    context.invoke(migrate)
    app = create_app(config)
    with app.app_context():
        week = _prepare_demo(config)
        sign_ins = _sign_ins(config) if week and week.demo else {}
        db.session.remove()
        db.engine.dispose()
    _greet(config, sign_ins, outward)
    Server(app, f"{host}:{port}", certificate_for(outward, config.var) if tls else None).run()


@main.command()
def worker() -> None:
    """Carry jobs and mail until told to stop."""
    init_logs()
    Engine(create_app(settings())).consumer().run()


def reachable_host(host: str) -> str:
    """Return what other machines can call this one: for 0.0.0.0 the address of the outward interface."""
    if host != "0.0.0.0":
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): picks a route, sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _prepare_demo(config: Config) -> Week | None:
    if not config.production and not find_current_week():
        load_demo(day_to_show(now()))
        make_demo_visitors()
    return None if config.production else find_current_week()


def _sign_ins(config: Config) -> dict[str, str]:
    passwords = demo_passwords(config.var)
    make_demo_staff(passwords)
    make_demo_proposals()
    return passwords


def _greet(config: Config, sign_ins: dict[str, str], outward: str) -> None:
    """Print the addresses, a code for phones, and who can sign in."""
    click.echo(f"eventweek: {config.base_url}/   English: {config.base_url}/en/")
    if sign_ins:
        click.echo(f"sign in:   {config.base_url}/sign-in   (demo users of this machine)")
        for name, password in sign_ins.items():
            click.echo(f"  {demo_email(name):30} {password}")
    if outward not in LOOPBACK:
        code, drawn = qrcode.QRCode(border=2), StringIO()
        code.add_data(config.base_url + "/")
        code.print_ascii(out=drawn, invert=True)
        click.echo(drawn.getvalue())
