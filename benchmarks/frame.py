"""What every benchmark shares: the demo week in a scratch folder, fair timing, and the report."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from alembic import command
from flask import Flask

from benchmarks.conditions import FOLDER, conditions
from eventweek import create_app
from eventweek.cli import alembic_config
from eventweek.config import Config
from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.web.rendering import compile_templates

NOON = datetime(2026, 10, 9, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Figure:
    """One measured line: calls a second, and milliseconds at the median and the 95th percentile."""

    name: str
    calls: int
    per_second: float
    median_ms: float
    p95_ms: float


@contextmanager
def demo_week(address: str = "") -> Iterator[Flask]:
    """Give the application over a fresh demo week, six days before its first day; `address`: an empty database."""
    with empty_installation(address) as app:
        load_demo(date(2026, 10, 15))
        yield app


@contextmanager
def empty_installation(address: str = "") -> Iterator[Flask]:
    """Give the application, in its context, over an empty migrated database on 9 October 2026."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(
            var=Path(folder),
            database_url=address,
            secret_key="k" * 48,
            contact_key=b"k" * 32,
            identity_keys=(("1", b"i" * 32),),
            pass_keys=(("1", b"k" * 32),),
        )
        command.upgrade(alembic_config(config.database), "head")
        app = create_app(config)
        compile_templates(app)
        with app.app_context(), travel(NOON):
            yield app
            db.session.remove()
            db.engine.dispose()


def in_turn(count: int, cases: dict[str, Callable[[int], object]]) -> list[Figure]:
    """Time cases in turn, so that what the machine does else falls on all alike; each is called once before."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for call in cases.values():
        call(0)
    for number in range(1, count + 1):
        for name, call in cases.items():
            start = time.perf_counter()
            call(number)
            seconds[name].append(time.perf_counter() - start)
    return [figure(name, times) for name, times in seconds.items()]


def figure(name: str, times: list[float]) -> Figure:
    """Return the figure of measured seconds."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Figure(name, len(times), len(times) / sum(times), statistics.median(times) * 1000, p95 * 1000)


DEMO = "demo week, 151 public sessions, one process, one thread, SQLite"


def report(name: str, figures: list[Figure], base: str, folder: Path = FOLDER, data: str = DEMO) -> str:
    """Write the JSON with its conditions and return the table; ratios are medians over the line `base`."""
    medians = {one.name: one.median_ms for one in figures}
    under = conditions(data)
    rows = [{**asdict(one), "ratio": one.median_ms / medians[base]} for one in figures]
    folder.mkdir(parents=True, exist_ok=True)
    body = {"name": name, "conditions": under, "base": base, "figures": rows}
    (folder / f"{name}.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    lines = [f"{name}  (load {under['load']:.1f}, {under['processors']} processors; ratio to {base})"]
    lines.append(f"{'':34}{'calls':>7}{'per s':>10}{'median ms':>12}{'p95 ms':>10}{'ratio':>8}")
    for one in figures:
        numbers = f"{one.calls:7}{one.per_second:10.0f}{one.median_ms:12.2f}{one.p95_ms:10.2f}"
        lines.append(f"{one.name:34}{numbers}{one.median_ms / medians[base]:8.1f}")
    return "\n".join(lines)
