"""eventweek as it is served: gunicorn with two processes over a PostgreSQL of its own, with the demo week ahead."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bare import TABLES
from eventweek import create_app
from eventweek.config import Config, from_env
from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from tests.databases import migrate, postgres_cluster, postgres_programs

PROCESSES, THREADS = 2, 8


@dataclass(frozen=True)
class Service:
    """Ports of the application and of the bare route, and the masters of the server's processes."""

    port: int
    bare_port: int
    config: Config
    masters: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """Return the processor time of gunicorn's processes and PostgreSQL's so far, of those that ended too."""
        ticks = sum(_ticks(master, ended=True) + sum(map(_ticks, _children(master))) for master in self.masters)
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def served() -> Iterator[Service]:
    """Serve the demo week, a week before its first day, and the bare route over the same cluster.

    Raises: RuntimeError where PostgreSQL's programs are not installed.
    """
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("needs PostgreSQL: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as folder, postgres_cluster(programs) as cluster:
        port, bare_port = _free_port(), _free_port()
        environment = {
            **os.environ,
            "EVENTWEEK_VAR": folder,
            "EVENTWEEK_DATABASE_URL": migrate(cluster.create()),
            "EVENTWEEK_BASE_URL": f"http://127.0.0.1:{port}",
            "EVENTWEEK_SECRET_KEY": secrets.token_hex(32),
        }
        config = from_env(environment)
        with create_app(config).app_context():
            load_demo((now() + timedelta(days=7)).date())
            db.session.remove()
            db.engine.dispose()
        _bare_tables(config.database)
        postmaster = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        with (
            _gunicorn("wsgi:app", port, environment) as own,
            _gunicorn("benchmarks.bare:create_app()", bare_port, environment),
        ):
            yield Service(port, bare_port, config, (own, postmaster))


def _bare_tables(address: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _gunicorn(app: str, port: int, environment: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "gunicorn", "--workers", str(PROCESSES), "--threads", str(THREADS)]
    command += [
        "--keep-alive",
        "75",
        "--graceful-timeout",
        "1",
        "--no-control-socket",
        "--log-level",
        "warning",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    log = Path(environment["EVENTWEEK_VAR"]) / f"{port}.log"
    with log.open("wb") as output:
        master = subprocess.Popen([*command, app], env=environment, stdout=output, stderr=output)
    try:
        _wait_for(port, master, log)
        yield master.pid
    finally:
        master.send_signal(signal.SIGTERM)
        master.wait(30)


def _wait_for(port: int, master: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(600):
        if master.poll() is not None:
            raise RuntimeError(log.read_text())
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and len(_children(master.pid)) >= PROCESSES:
                return
        time.sleep(0.1)
    raise RuntimeError(log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def _ticks(pid: int, *, ended: bool = False) -> int:
    """Return the clock ticks of a process, and of its children that have ended if asked; proc(5), fields 14 to 17."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # a process that has just ended
        return 0
    return sum(int(ticks) for ticks in fields[11 : 15 if ended else 13])
