"""Compiling before anybody waits."""

import subprocess
import sys

UNASKED = """
from eventweek.planner import kernel, moves
from eventweek.planner.prepare import prepare
from eventweek.planner.search import anneal, construct, look
prepare()
for module in (kernel, moves, anneal, construct, look):
    for name, found in vars(module).items():
        if getattr(found, "targetoptions", {}).get("nogil") and not found.signatures:
            print(name)
"""


def test_every_function_that_python_calls_is_compiled() -> None:
    ran = subprocess.run([sys.executable, "-c", UNASKED], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
