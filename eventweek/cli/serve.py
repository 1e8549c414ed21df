"""Serve: one command for a newcomer's machine."""

import socket

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from eventweek import create_app
from eventweek.cli.frame import main, migrate, settings
from eventweek.demo.actions import load_demo
from eventweek.demo.shift import day_to_show
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.queries import find_current_week


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST")
@click.option("--port", default=8000, envvar="PORT", type=click.IntRange(1, 65535))
@click.pass_context
def run(context: click.Context, host: str, port: int) -> None:
    """Migrate, load the demo into an empty database, and serve."""
    config = settings(f"http://{reachable_host(host)}:{port}")
    context.invoke(migrate)
    app = create_app(config)
    with app.app_context():
        _load_demo_once(config.production)
        db.session.remove()
        db.engine.dispose()
    click.echo(f"eventweek: {config.base_url}/   English: {config.base_url}/en/")
    _Server(app, f"{host}:{port}").run()


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


def _load_demo_once(production: bool) -> None:
    if production or find_current_week():
        return
    load_demo(day_to_show(now()))


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn over an application built here, one process and eight threads."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app, self.address = app, address
        super().__init__()

    def load_config(self) -> None:
        """Set what `run` decides."""
        for name, value in {"bind": self.address, "threads": 8, "control_socket_disable": True}.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give the application to the worker."""
        return self.app
