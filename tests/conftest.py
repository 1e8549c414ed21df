"""Fixtures: databases, the application, its client, the statements it sends and the time it sees."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event

from eventweek import create_app, install
from eventweek.accounts.models import User
from eventweek.config import Config
from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.memory import collect_rarely
from eventweek.kernel.remembering import forget
from eventweek.kernel.tokens import random_code
from eventweek.programme.models import Grant
from eventweek.programme.queries import find_newest_week
from tests.databases import Server, SqliteFiles, migrate, postgres_cluster, postgres_programs, redis_server

ROOT = Path(__file__).parents[1]
AGES_AHEAD = 4_000_000_000  # a session that began in 2096 outlives each travel in time
DEMO_DAY = date(2026, 10, 15)
SCALE = float(os.environ.get("EVENTWEEK_TEST_SCALE", "0.1"))
KIND = os.environ.get("EVENTWEEK_TEST_DATABASE", "sqlite")
LONG = {
    "editions",
    "journeys",
    "test_bad_input.py",
    "test_english.py",
    "test_sequences.py",
    "test_serve.py",
    "test_soak.py",
    "test_statements.py",
}
"""Folders and files of tests that take ten seconds and more."""
STRICT = os.environ.get("EVENTWEEK_TEST_STRICT") == "1"


def scaled(full: int, least: int = 1) -> int:
    """Return a count of the full run, scaled to this run."""
    return max(least, round(full * SCALE))


def share(way: list[Any], turn: int) -> list[Any]:
    """Return what one of several walks takes of a long way: all in the full run, else a third, each walk another."""
    return way if SCALE >= 1 else way[turn % 3 :: 3]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is `stated` to the full run; begin with what takes longest, so that no process is left with it."""
    if SCALE < 1:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("stated")])
        items[:] = [item for item in items if not item.get_closest_marker("stated")]
    items.sort(key=lambda item: LONG.isdisjoint(item.path.parts))


def pytest_collection_finish() -> None:
    """Search for garbage as rarely as in service, and never among the tests and modules, which stay to the end."""
    gc.collect()
    gc.freeze()
    collect_rarely()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `database` on both databases, the others on one.

    In a run of small counts they take the stricter one alone, where it is installed: most others run on SQLite. The
    rules of the house are proved on both in every run.
    """
    if "database_kind" in metafunc.fixturenames:
        kinds = [KIND]
        if metafunc.definition.get_closest_marker("database"):
            house = metafunc.definition.path.is_relative_to(ROOT / "tests/house")
            one = SCALE < 1 and not house and postgres_programs()
            kinds = ["postgresql"] if one else ["sqlite", "postgresql"]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything must be installed; only the folder beside ours may be missing."""
    report = yield
    tolerated = hasattr(report, "wasxfail") or item.get_closest_marker("needs_shared")
    if STRICT and report.skipped and not tolerated:
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return SqliteFiles(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[Server]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("needs the PostgreSQL server programs (initdb)")
    with postgres_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give the address of a throw-away Redis."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs Redis: apt-get install redis-server")
    with redis_server(program) as address:
        yield address


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder beside the repository with the source of the demo week and the pages on design."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder ../shared")
    return folder


@pytest.fixture(scope="session")
def database_server(database_kind: str, request: pytest.FixtureRequest) -> Server:
    """Give the place of this kind's databases."""
    server: Server = request.getfixturevalue(f"_{database_kind}")
    return server


Once = Callable[[str, Callable[[], Any]], Any]


@pytest.fixture(scope="session")
def _made() -> dict[tuple[str, Server], Any]:
    return {}


@pytest.fixture(scope="session")
def once(database_server: Server, _made: dict[tuple[str, Server], Any]) -> Once:
    """Give what makes a thing once for each place of databases, though tests of both kinds take turns."""

    def get(name: str, make: Callable[[], Any]) -> Any:
        if (name, database_server) not in _made:
            _made[name, database_server] = make()
        return _made[name, database_server]

    return get


@pytest.fixture(scope="session")
def migrated(database_server: Server, once: Once) -> str:
    """Give a database with the newest schema, to copy, never to use."""
    return str(once("migrated", lambda: migrate(database_server.create())))


@pytest.fixture(scope="session")
def application(database_server: Server, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Give the application over one address, built once: its routes and templates take longer than most tests."""
    app: Flask = once("application", lambda: build(database_server.create(), tmp_path_factory.mktemp("var")))
    compiled = tmp_path_factory.getbasetemp().parent / "templates"  # which all processes of a run share
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    return app


@pytest.fixture(scope="session")
def loaded(database_server: Server, once: Once, migrated: str, application: Flask) -> str:
    """Give a database with the demo week, to copy, never to use."""
    own = application.extensions["eventweek"]

    def load() -> str:
        with _over_a_copy(application, database_server, migrated, own.var):
            load_demo(DEMO_DAY)
            db.session.remove()
            db.engine.dispose()
            return database_server.create(like=own.database)

    return str(once("loaded", load))


@pytest.fixture
def app(application: Flask, database_server: Server, migrated: str, tmp_path: Path) -> Iterator[Flask]:
    """Give the application, in its context, over an empty migrated database of its own."""
    with _over_a_copy(application, database_server, migrated, tmp_path):
        yield application


@pytest.fixture
def demo_app(application: Flask, database_server: Server, loaded: str, tmp_path: Path) -> Iterator[Flask]:
    """Give the application, in its context, over a demo week of its own (15 October 2026)."""
    with _over_a_copy(application, database_server, loaded, tmp_path):
        yield application


class Browser(FlaskClient):
    """A client whose requests each have a context and a database session of their own, as in service."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request; the test's own session then sees what it wrote."""
        db.session.rollback()
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        answer.request.environ["wsgi.input"].close()  # werkzeug puts a large body into a file and leaves it open
        return answer


@pytest.fixture
def start_empty(application: Flask, database_server: Server, migrated: str) -> Callable[[], None]:
    """Give a function that puts an empty database in the place of the test's own."""

    def renew() -> None:
        db.session.remove()
        db.engine.dispose()
        forget()
        database_server.renew(application.extensions["eventweek"].database, migrated)

    return renew


def build(address: str, var: Path) -> Flask:
    """Build the application over a database, with files in a folder."""
    app = create_app(
        Config(
            var=var,
            database_url=address,
            secret_key="k" * 48,
            pass_keys=(("1", b"p" * 32),),
            contact_key=b"c" * 32,
            identity_keys=(("1", b"i" * 32),),
        )
    )
    app.testing = True
    app.test_client_class = Browser
    return app


@contextmanager
def _over_a_copy(app: Flask, server: Server, like: str, var: Path) -> Iterator[None]:
    """Let the application work on a copy of a database and in a folder of its own; undo what a test sets on it."""
    built = app.extensions["eventweek"]
    settings, views = dict(app.config), dict(app.view_functions)
    own = app.extensions["eventweek"] = replace(built, var=var)
    install(own)
    server.renew(own.database, like)
    forget()
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
    app.extensions["eventweek"] = built
    _put_back(app.config, settings)
    _put_back(app.view_functions, views)


def _put_back(changed: dict[str, Any], kept: dict[str, Any]) -> None:
    changed.clear()
    changed.update(kept)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser-like client of the empty application."""
    return app.test_client()


@pytest.fixture
def demo_client(demo_app: Flask) -> FlaskClient:
    """Give a browser-like client of the demo week."""
    return demo_app.test_client()


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Give a context manager that collects the SQL sent inside it, without BEGIN and the like."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def at_demo_noon() -> Iterator[datetime]:
    """Hold the time at noon in Changchun on the demo's pinned day."""
    noon = datetime(2026, 10, 15, 4, tzinfo=UTC)
    with travel(noon):
        yield noon


@pytest.fixture
def before_the_week() -> Iterator[None]:
    """Hold the time a week before the demo's pinned day."""
    with travel(datetime(2026, 10, 8, 4, tzinfo=UTC)):
        yield


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in() -> SignIn:
    """Give a function that makes a signed-in client: `sign_in(app)` an administrator, `sign_in(app, "reader")` a role.

    The role is held in the newest week.
    """

    def make(app: Flask, role: str | None = None) -> FlaskClient:
        with transaction():
            user = User(
                email=f"{random_code()}@example.org",
                name="测试员",
                password_hash="",
                administrator=role is None,
                created_at=datetime(2026, 10, 1, tzinfo=UTC),
            )
            db.session.add(user)
            db.session.flush()
            known = {"id": user.id, "epoch": user.epoch, "since": AGES_AHEAD, "seen": AGES_AHEAD}
            week = find_newest_week()
            if role and week:
                db.session.add(Grant(user_id=user.id, week_id=week.id, role=role))
        client = app.test_client()
        with client.session_transaction() as session:
            session["staff"] = known
        return client

    return make
