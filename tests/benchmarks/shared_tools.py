"""The independent evaluators of ../shared/tools, loaded by their path."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_tool(shared: Path, name: str) -> ModuleType:
    """Return a program of the folder as a module."""
    spec = importlib.util.spec_from_file_location(name, shared / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
