"""Papers: a template of ours and plain values become a PDF, set by typst in a process of its own.

Values reach the template as JSON, never as markup: what people wrote is printed as they wrote it, `#` and `$` too. A
template reads no file but those of its own folder, no font but those that we carry, and nothing of the network.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

PROCESS = Path(__file__).with_name("typesetting.py")
PDF = "application/pdf"
LONGEST = 90
"""Seconds after which a paper is given up: less than the lease of a job, so that nobody else has begun it meanwhile."""


class Unset(Exception):
    """A paper that could not be set, and what typst or the system says of it."""


def set_pdf(template: Path, values: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF of a template, which finds the values under `json(bytes(sys.inputs.values))`.

    The fonts are in it, cut down to what it uses. `at`: when it was made, which the file tells.
    Raises: Unset; TimeoutError after `LONGEST`.
    """
    command = [sys.executable, "-P", str(PROCESS), str(template), str(int(at.timestamp()))]
    packed = json.dumps(values, ensure_ascii=False).encode()
    try:
        made = subprocess.run(command, input=packed, capture_output=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        raise TimeoutError(str(template)) from None
    if made.returncode:
        raise Unset(f"{made.returncode}: {made.stderr.decode(errors='replace')[-2000:]}")
    return made.stdout


def count_pages(pdf: bytes) -> int:
    """Return how many pages a PDF of `set_pdf` has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    return int(found[1]) if found else 0
