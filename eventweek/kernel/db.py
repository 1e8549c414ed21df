"""The database: Base, column types, engine set-up and transaction()."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Index,
    MetaData,
    String,
    event,
    insert,
    inspect,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Composite, DeclarativeBase, Mapper, composite, make_transient_to_detached, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base of every model."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
BUSY_MS = 30_000
"""How long SQLite lets a writer wait for another; the longest, an import of 20,000 rows, takes 8 s of a processor."""
AT_ONCE = 1000
"""How many keys one statement asks for."""


@dataclass(frozen=True)
class Bilingual:
    """A text in Chinese and English; at least one is filled."""

    zh: str
    en: str

    def best(self, language: str) -> tuple[str, str]:
        """Return the text to show and the language it is really in (`zh-CN` or `en`)."""
        wanted, other = (self.en, self.zh) if language == "en" else (self.zh, self.en)
        own, foreign = ("en", "zh-CN") if language == "en" else ("zh-CN", "en")
        return (wanted, own) if wanted else (other, foreign)


def bilingual(name: str, length: int) -> Composite[Bilingual]:
    """Map a Bilingual onto the columns `<name>_zh` and `<name>_en`, each at most `length` characters."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_zh", String(length), default=""),
        mapped_column(f"{name}_en", String(length), default=""),
    )


def unique_where(name: str, *columns: str, where: str, sqlite: str = "") -> Index:
    """Return the index by which only one of the rows for which `where` holds may have these values."""
    return Index(name, *columns, unique=True, sqlite_where=text(sqlite or where), postgresql_where=text(where))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, fixed-width ISO text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the stored form."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store in UTC; a naive value is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Load as an aware UTC instant."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


class FileDigest(TypeDecorator[str]):
    """The SHA-256 of a kept file: every file that a column of this type names is left alone by the sweep."""

    impl = String(64)
    cache_ok = True


_WRITING: dict[str, dict[str, Any]] = {
    "sqlite": {"write": True},
    "postgresql": {"isolation_level": "READ COMMITTED"},
}
"""What makes a connection begin a transaction that writes."""
_ONE_MOMENT: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""What makes a connection begin a transaction that sees one moment; SQLite's do so anyhow."""


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def engine_options(address: str) -> dict[str, Any]:
    """Return how to connect to the database at an address.

    On PostgreSQL what only reads begins no transaction: each statement sees what is committed, as in READ COMMITTED,
    and no ROLLBACK ends it, at which psycopg forgets all that it has prepared.
    """
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": _json,
        "json_deserializer": msgspec.json.decode,
    }
    if address.startswith("postgresql"):
        from eventweek.kernel.postgres import BriefCursor  # heavy

        options |= {"isolation_level": "AUTOCOMMIT", "pool_size": 16}
        options["connect_args"] = {"cursor_factory": BriefCursor}
    return options


@contextmanager
def transaction(drafted: Iterable[Any] = ()) -> Iterator[None]:
    """Run one public action as one transaction; a nested call joins the outer one.

    Ends the read snapshot first, takes `drafted` rows in, and the write lock at once on SQLite (BEGIN IMMEDIATE).
    Raises: RuntimeError when unsaved changes are waiting.
    """
    session = db.session()
    if in_action():
        yield
        return
    _refuse_unsaved()
    session.rollback()
    session.add_all(drafted)
    session.info["in_action"] = True
    try:
        session.connection(execution_options=_WRITING[db.engine.dialect.name])
        yield
        for write, values in session.info.pop("before_commit", {}).items():
            write(values)
        session.commit()
    except BaseException:
        session.info.pop("before_commit", None)
        session.info.pop("after_commit", None)
        session.rollback()
        raise
    finally:
        session.info.pop("in_action", None)
    for call in session.info.pop("after_commit", ()):
        call()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside as it stood at one moment, whatever others commit meanwhile; nothing is written.

    Raises: RuntimeError when unsaved changes are waiting.
    """
    _refuse_unsaved()
    db.session.rollback()
    try:
        db.session.connection(execution_options=_ONE_MOMENT[db.engine.dialect.name])
        yield
    finally:
        db.session.rollback()


def in_action() -> bool:
    """Say whether an action is running, so that what is read now may yet be taken back."""
    return bool(db.session().info.get("in_action"))


@contextmanager
def drafting() -> Iterator[list[Any]]:
    """Load and change rows before the write lock is taken; nothing of it is written here.

    The list that it gives holds at the end every row that was loaded, changed or made, let go with what waits on it: a
    `transaction` that takes them in and sees that none has `moved` writes it. After an exception nothing is left.
    Inside an action the rows stay where they are, and the list is empty.
    Raises: RuntimeError when unsaved changes are waiting.
    """
    session, rows = db.session(), list[Any]()
    if in_action():
        with session.no_autoflush:
            yield rows
        return
    _refuse_unsaved()
    session.rollback()
    try:
        with session.no_autoflush:
            yield rows
        rows += [*session.identity_map.values(), *session.new]
        session.expunge_all()
    finally:
        session.rollback()


def moved(rows: Iterable[Any]) -> bool:
    """Say whether the database has another version of any of these loaded rows by now, or has it no more."""
    versions: dict[Mapper[Any], dict[tuple[Any, ...], int]] = {}
    for row in rows:
        state = inspect(row)
        own = state.mapper.version_id_col
        if own is not None and state.identity and own.key in state.dict:
            versions.setdefault(state.mapper, {})[tuple(state.identity)] = state.dict[own.key]
    return any(_versions(mapper, list(known)) != known for mapper, known in versions.items())


def _versions(mapper: Mapper[Any], keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}
    assert mapper.version_id_col is not None
    query = select(mapper.version_id_col, *mapper.primary_key)
    for start in range(0, len(keys), AT_ONCE):
        some = tuple_(*mapper.primary_key).in_(keys[start : start + AT_ONCE])
        found |= {tuple(key): version for version, *key in db.session.execute(query.where(some))}
    return found


def identity(row: Any) -> int:
    """Return the id of a stored row, without reading it again where its attributes are no longer known."""
    key = inspect(row).identity
    assert key is not None
    return int(key[0])


def _refuse_unsaved() -> None:
    waiting = db.session().info.get("before_commit")
    if waiting or db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("unsaved changes before a transaction")


def before_commit(write: Callable[[list[Any]], None], value: Any) -> None:
    """Collect a value of the running action; `write` gets all of them at once as the last step of its transaction."""
    db.session().info.setdefault("before_commit", {}).setdefault(write, []).append(value)


def after_commit(call: Callable[[], None]) -> None:
    """Have something called once when the running action has been committed; it must not raise."""
    db.session().info.setdefault("after_commit", {})[call] = None


def run(statement: Executable, facts: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that loads no rows into the session, past the session's own work, which costs as much again."""
    return db.session.connection().execute(statement, facts)


def insert_row(row: Base) -> None:
    """Insert one new row that stands alone, with all its foreign keys set; from then on it is as if it had been loaded.

    A flush orders all that is new, looks for what hangs on it and asks it again afterwards. What a rollback took back
    may still be known under a key that SQLite gives anew; it is let go.
    """
    state, mapper = inspect(row), inspect(type(row))
    named = {str(own.columns[0].key): own.key for own in mapper.column_attrs}
    values = {column: state.dict[name] for column, name in named.items() if name in state.dict}
    result = run(_plain_insert_of(type(row)), values)
    given = result.last_inserted_params()
    assert not isinstance(given, list)
    written: dict[str, Any] = {**dict.fromkeys(named), **given, **_key_of(mapper, result)}
    for column, name in named.items():
        set_committed_value(row, name, written[column])
    make_transient_to_detached(row)
    taken_back = db.session.identity_map.get(state.key) if state.key else None
    if taken_back is not None:
        db.session.expunge(taken_back)
    db.session.add(row)


def _key_of(mapper: Mapper[Any], result: CursorResult[*tuple[Any, ...]]) -> dict[str, Any]:
    key = result.inserted_primary_key
    return dict(zip((str(column.key) for column in mapper.primary_key), key or (), strict=True))


@cache
def _plain_insert_of(model: type[Base]) -> Executable:
    table: Any = inspect(model).local_table
    return insert(table)


def insert_new(model: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique constraint knows it already; say whether it is new.

    Waits on PostgreSQL for another transaction that is inserting the same key, so that the answer is final.
    """
    return run(_insert_of(model, db.engine.dialect.name), values).first() is not None


def insert_all_new(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, all with the same columns, in one statement as far as it holds; return how many were not known."""
    if not rows:
        return 0
    return len(db.session.execute(_insert_of(model, db.engine.dialect.name), list(rows)).all())


@cache
def _insert_of(model: type[Base], dialect: str) -> Executable:
    """Return the statement of `insert_new`, built once: to build it costs as much as to send it."""
    insert_or_not = sqlite.insert if dialect == "sqlite" else postgresql.insert
    mapper = inspect(model)
    table: Any = mapper.local_table
    return insert_or_not(table).on_conflict_do_nothing().returning(*mapper.primary_key)


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", f"busy_timeout={BUSY_MS}", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
