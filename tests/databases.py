"""Databases for tests: a migrated template, copied for each test, on SQLite and on PostgreSQL.

A copy of its own lets a test really commit, as the application does, with several connections and processes.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
import redis
from alembic import command as alembic
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from eventweek.cli import alembic_config


class Server(Protocol):
    """Where templates and their copies live; both are SQLAlchemy addresses."""

    def create(self, like: str | None = None) -> str:
        """Return the address of a new database, empty or a copy."""

    def renew(self, address: str, like: str) -> None:
        """Put a copy of a database in the place of another."""

    def drop(self, address: str) -> None:
        """Remove a database that nobody uses any more."""


def migrate(address: str) -> str:
    """Bring a database to the newest schema and return its address."""
    alembic.upgrade(alembic_config(address), "head")
    return address


class SqliteFiles:
    """Databases as files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)

    def create(self, like: str | None = None) -> str:
        """Return the address of a new file, empty or a copy."""
        address = f"sqlite:///{self.folder / f'test_{next(self.numbers)}.db'}"
        if like:
            self.renew(address, like)
        return address

    def renew(self, address: str, like: str) -> None:
        """Put a copy of a file in the place of another and its journal."""
        self.drop(address)
        shutil.copyfile(like.removeprefix("sqlite:///"), address.removeprefix("sqlite:///"))

    def drop(self, address: str) -> None:
        """Remove the file and its journal."""
        path = Path(address.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


class PostgresCluster:
    """Databases of one throw-away cluster that listens on a socket only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)

    def create(self, like: str | None = None) -> str:
        """Return the address of a new database, empty or a copy."""
        address = f"postgresql+psycopg://postgres@/test_{next(self.numbers)}?host={self.folder}"
        self.renew(address, like or "/template0")
        return address

    def renew(self, address: str, like: str) -> None:
        """Put a copy of a database in the place of another."""
        self.drop(address)
        self._execute(f"CREATE DATABASE {_name(address)} TEMPLATE {_name(like)} STRATEGY file_copy")

    def drop(self, address: str) -> None:
        """Remove the database, closing what is still connected."""
        self._execute(f"DROP DATABASE IF EXISTS {_name(address)} WITH (FORCE)")

    def close(self) -> None:
        """End the connection by which databases are made."""
        self._connection.close()

    @cached_property
    def _connection(self) -> psycopg.Connection:
        """Return one connection for all tests: to open one costs a fifth of making a database."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def _execute(self, statement: str) -> None:
        self._connection.execute(statement.encode())


def _name(address: str) -> str:
    return address.split("?")[0].rsplit("/", 1)[1]


def postgres_programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def postgres_cluster(programs: Path) -> Iterator[PostgresCluster]:
    """Run a cluster for the length of the block; as root it runs as the user postgres."""
    folder = Path(tempfile.mkdtemp(prefix="ewpg"))
    other: dict[str, object] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        log = folder / f"{program}.log"
        with log.open("w") as output:
            done = subprocess.run(
                [programs / program, "-D", data, *arguments], cwd=folder, stdout=output, stderr=output, **other
            )
        if done.returncode:
            raise RuntimeError(log.read_text())

    settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
    try:
        run("initdb", "--no-sync", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", settings, "start")
        cluster = PostgresCluster(folder)
        try:
            yield cluster
        finally:
            cluster.close()
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server(program: str) -> Iterator[str]:
    """Run a Redis that keeps nothing, on a free port of loopback, for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            with redis.Redis(port=port, retry=Retry(ConstantBackoff(0.05), 100)) as connection:
                connection.ping()
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
