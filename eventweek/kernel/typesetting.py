"""The process that sets one paper and ends: `python -P typesetting.py TEMPLATE SECONDS`, values in, a PDF out.

It imports nothing of ours, so that it begins in a tenth of a second, and gives all memory back by ending.
"""

import os
import sys
from pathlib import Path

import typst

NICE = 5
"""By how much it gives way to those who serve pages."""
FONTS = Path(__file__).parent / "fonts"


def main(template: Path, seconds: int) -> None:
    """Set a template with the JSON of standard input; `seconds`: since 1970, when it was made, which the file tells."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
    values = {"values": sys.stdin.buffer.read().decode()}
    compiler = typst.Compiler(template, template.parent, font_paths=fonts, ignore_system_fonts=True, sys_inputs=values)
    made = compiler.compile(format="pdf", timestamp=seconds)
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    os.nice(NICE)
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except typst.TypstError as error:
        sys.exit(error.diagnostic or error.message)
