"""How functions are compiled: once for a machine and a version of the source, then kept (Numba).

Numba knows a kept function by its own file alone, and would go on with what its callees were: so the folder where
compiled code is kept has a name made from all sources that are compiled.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

HERE = Path(__file__).parent
SOURCES = [
    HERE / "compiled.py",
    *(HERE / f"{name}.py" for name in ("counting", "kernel", "moves", "tables")),
    *sorted((HERE / "search").glob("*.py")),
]


def _folder() -> str:
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "eventweek" / "planner" / digest
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or none to write to: a folder that nobody else can have filled
        folder = Path(tempfile.mkdtemp(prefix="eventweek-planner-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(folder)


F = TypeVar("F", bound=Callable[..., Any])

if not os.environ.get("NUMBA_CACHE_DIR"):
    setattr(numba.config, "CACHE_DIR", _folder())  # noqa: B010 - its types do not know it


# Compiled functions are handed some twenty arrays at every call; counting references to them took more time than the
# work. Whoever calls from Python holds them all the while, and what is `inner` makes none of its own: `_nrt=False`.


def inner(function: F) -> F:
    """Compile what compiled functions call; it may make no array."""
    return _compiled(function, no_cpython_wrapper=True, _nrt=False)


def entry(function: F) -> F:
    """Compile what Python calls; other threads run meanwhile."""
    return _compiled(function, nogil=True)


def pasted(function: F) -> F:
    """Compile what is small and asked most often: put into the place of the call, as a call hands on every table."""
    return _compiled(function, no_cpython_wrapper=True, inline="always", _nrt=False)


def _compiled(function: F, **options: Any) -> F:
    compile_: Any = numba.njit  # its types know fewer options than it takes
    own: F = compile_(cache=True, no_cfunc_wrapper=True, **options)(function)
    return own
