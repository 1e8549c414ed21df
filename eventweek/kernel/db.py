"""The database: Base, column types, engine set-up and transaction()."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Composite, DeclarativeBase, composite, mapped_column
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


@contextmanager
def transaction() -> Iterator[None]:
    """Run one public action as one transaction; a nested call joins the outer one.

    Ends the read snapshot first; takes the write lock at once on SQLite (BEGIN IMMEDIATE).
    Raises: RuntimeError when unsaved changes are waiting.
    """
    session = db.session()
    if session.info.get("in_action"):
        yield
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("unsaved changes before a transaction")
    session.rollback()
    session.info["in_action"] = True
    try:
        session.connection(execution_options={"write": True})
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


def before_commit(write: Callable[[list[Any]], None], value: Any) -> None:
    """Collect a value of the running action; `write` gets all of them at once as the last step of its transaction."""
    db.session().info.setdefault("before_commit", {}).setdefault(write, []).append(value)


def after_commit(call: Callable[[], None]) -> None:
    """Have something called once when the running action has been committed; it must not raise."""
    db.session().info.setdefault("after_commit", {})[call] = None


def insert_new(model: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique constraint knows it already; say whether it is new.

    Waits on PostgreSQL for another transaction that is inserting the same key, so that the answer is final.
    """
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(*inspect(model).primary_key)
    return db.session.execute(statement).first() is not None


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "busy_timeout=10000", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
