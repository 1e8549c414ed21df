"""Papers: a template of ours and plain values become a PDF, set by typst in this process, which works on meanwhile.

Values reach the template as JSON, never as markup: what people wrote is printed as they wrote it, `#` and `$` too. A
template reads no file but those of its own folder, no font but those that we carry, and nothing of the network.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
PDF = "application/pdf"


def set_pdf(template: Path, values: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF of a template, which finds the values under `json(bytes(sys.inputs.values))`.

    The fonts are in it, cut down to what it uses. `at`: when it was made, which the file tells.
    """
    import typst  # heavy

    compiler = typst.Compiler(template, template.parent, **_frame(), sys_inputs={"values": _packed(values)})
    made = compiler.compile(format="pdf", timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)
    return made


def count_pages(pdf: bytes) -> int:
    """Return how many pages a PDF of `set_pdf` has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    return int(found[1]) if found else 0


def _packed(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _frame() -> dict[str, Any]:
    return {"font_paths": _fonts(), "ignore_system_fonts": True}


@cache
def _fonts() -> Any:
    """Return the fonts that we carry, looked through once: the same on every machine."""
    import typst  # heavy

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
