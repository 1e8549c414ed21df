"""Where benchmarks write, and under which conditions they measured."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path("var") / "bench"


def conditions(data: str) -> dict[str, Any]:
    """Return what a figure depends on; `data` says what was measured."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "sqlite": sqlite3.sqlite_version,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": data,
    }
