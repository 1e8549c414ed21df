"""Look for keys, tokens and passwords in every tracked file."""

import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHAPES = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE" + r" KEY-----",
    "cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,20}\b|\bAKID[0-9A-Za-z]{32}\b",
    "forge token": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|glpat-[0-9A-Za-z_-]{20}|npm_[0-9A-Za-z]{36})",
    "registry token": r"\bpypi-[0-9A-Za-z_-]{50,}",
    "chat token": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "signed token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "address with password": r"\b[a-z][a-z0-9+]*://[^\s/:@'\"{}<>$]+:[^\s/:@'\"{}<>$]+@[\w.-]+",
}
ASSIGNED = re.compile(
    r"(?i)[\w-]*(?:secret|passw(?:or)?d|passwd|token|api_?key|private_?key)[\w-]*[\"']?\s*[:=]\s*[\"']([^\"'\s]{12,})[\"']"
)
UNREADABLE = {".png", ".jpg", ".ico", ".woff2", ".ttf", ".wasm", ".mo", ".gz", ".y4m"}


def findings(text: str) -> list[str]:
    """Return what looks like a secret in a text: known shapes, and random-looking values given to telling names."""
    found = [name for name, shape in SHAPES.items() if re.search(shape, text)]
    return found + [f"assigned {value[:4]}…" for value in ASSIGNED.findall(text) if _is_random(value)]


def _is_random(value: str) -> bool:
    """Say whether a value has the mix of a generated one: letters and digits in no order, over 3.4 bits a character."""
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) or re.search(r"[(){}<>%$]|\.\.|/\w+/", value):
        return False
    if "".join(sorted(value)) == value:
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares) > 3.4


def tracked() -> list[Path]:
    """Return the text files that git knows of."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.suffix not in UNREADABLE and path.is_file()]


def complaints() -> list[str]:
    """Return a line for each finding."""
    return [
        f"{path.relative_to(ROOT)}: {found}"
        for path in tracked()
        for found in findings(path.read_text(encoding="utf-8", errors="replace"))
    ]


if __name__ == "__main__":
    wrong = complaints()
    print("\n".join(wrong) or "secrets: none found")
    sys.exit(bool(wrong))
