"""Logs as JSON lines: what happened, where, for which request; no personal data, no token, no value of a statement."""

import logging
import traceback
from collections.abc import MutableMapping
from pathlib import PurePath
from typing import Any, TextIO

import structlog

Entry = MutableMapping[str, Any]
_EXTRA = ("cause",)


def init_logs(stream: TextIO | None = None) -> None:
    """Write every log record of this process as one JSON line (default: to the error output)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(_EXTRA),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(stream)
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for loud in ("huey", "alembic"):
        logging.getLogger(loud).setLevel(logging.WARNING)


def _frames(_logger: object, _method: str, entry: Entry) -> Entry:
    """Keep of an exception its kind and its way through the code; its words may hold what people typed."""
    given = entry.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        entry["fault"] = type(error).__name__
        entry["at"] = [
            f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-12:]
        ]
    return entry
