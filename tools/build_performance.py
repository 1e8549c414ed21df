"""Write docs/performance.md from benchmarks/results/*.json; a test proves that the page is fresh."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS, PAGE = ROOT / "benchmarks" / "results", ROOT / "docs" / "performance.md"
HEAD = """# Performance

Made by `make docs` from `benchmarks/results/`; do not edit. `make bench` measures anew into `var/bench`; copy its JSON
here when a figure changes. All lines of a table are timed in turn within the same minute, so the ratio to its base
holds on other machines better than the milliseconds do. Median and 95th percentile of single calls.
"""


def written() -> str:
    """Return the page."""
    return HEAD + "".join(_table(json.loads(path.read_text("utf-8"))) for path in sorted(RESULTS.glob("*.json")))


def _table(body: dict[str, Any]) -> str:
    told = body["conditions"]
    about = f"{told['at']}; {told['processors']} processors shared with other work, load {told['load']:.1f}; "
    about += f"Python {told['python']}, SQLite {told['sqlite']}, {told['machine']}; {told['data']}."
    rows = [
        f"| {one['name']} | {one['calls']} | {one['per_second']:.0f} | {one['median_ms']:.2f} | {one['p95_ms']:.2f} "
        f"| {one['ratio']:.2f} |"
        for one in body["figures"]
    ]
    head = (
        f"| Figure | Calls | Per second | Median ms | p95 ms | Ratio to {body['base']} |\n|---|---|---|---|---|---|\n"
    )
    return f"\n## {body['name'].capitalize()}\n\n{about}\n\n{head}" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
