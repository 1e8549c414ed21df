"""How functions are compiled: once for a machine and a version of the source, then kept (Numba).

Numba knows a kept function by its own file alone, and would go on with what its callees were: so the folder where compiled
code is kept has a name made from all sources that are compiled.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

HERE = Path(__file__).parent
SOURCES = [HERE / "compiled.py", HERE / "kernel.py", HERE / "tables.py", *sorted((HERE / "search").glob("*.py"))]


def _folder() -> str:
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / "eventweek" / "planner" / digest
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"eventweek-planner-{os.getuid()}-{digest}"
    return str(folder)


if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = _folder()

inner: Any = numba.njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that compiled functions call."""
entry: Any = numba.njit(cache=True, nogil=True, no_cfunc_wrapper=True)
"""For functions that Python calls; other threads run meanwhile."""
pasted: Any = numba.njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, inline="always")
"""For what is small and asked most often: put into the place of the call, because a call hands on every table."""
