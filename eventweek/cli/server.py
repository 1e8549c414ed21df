"""Gunicorn over an application built here: one process, eight threads, the worker inside."""

import socket
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from eventweek.kernel.logs import init_logs
from eventweek.web.rendering import compile_templates
from eventweek.worker import Engine


class Server(BaseApplication):  # type: ignore[misc]
    """Serves until it is told to stop; with certificate and key it speaks https."""

    def __init__(self, app: Flask, address: str, tls: tuple[Path, Path] | None) -> None:
        self.app, self.address, self.tls = app, address, tls
        self.consumer: Any = None
        super().__init__()

    def load_config(self) -> None:
        """Set what `run` decides."""
        settings: dict[str, Any] = {
            "bind": self.address,
            "threads": 8,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",
            "post_worker_init": self._start_worker,
            "worker_exit": self._stop_worker,
        }
        if self.tls:
            settings |= {"certfile": str(self.tls[0]), "keyfile": str(self.tls[1])}
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give the application to gunicorn's process."""
        compile_templates(self.app)
        return self.app

    def _start_worker(self, _process: object) -> None:
        """Start the threads that carry jobs and mail, after the fork; log as JSON lines into a file."""
        init_logs((self.app.extensions["eventweek"].var / "eventweek.log").open("a", buffering=1, encoding="utf-8"))
        self.consumer = Engine(self.app).consumer(quiet=True)
        self.consumer.start()

    def _stop_worker(self, _arbiter: object, _process: object) -> None:
        """Let what is being carried end."""
        if self.consumer:
            self.consumer.stop(graceful=True)


def refuse_taken_port(host: str, port: int) -> None:
    """Say it when somebody listens there already, before anything is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise click.ClickException(f"port {port} needs root; choose one above 1023: PORT=8000 make run") from error
        except OSError as error:
            cure = f"stop what runs there, or choose another: PORT={port + 1} make run"
            raise click.ClickException(f"{host}:{port} cannot be used ({error.strerror}); {cure}") from error
