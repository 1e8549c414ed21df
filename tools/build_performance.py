"""Write docs/performance.md from benchmarks/results/*.json; a test proves that the page is fresh."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS, PAGE = ROOT / "benchmarks" / "results", ROOT / "docs" / "performance.md"
HEAD = """# Performance

Made by `make docs` from `benchmarks/results/`; do not edit. `make bench` measures anew into `var/bench`; copy its JSON
here when a figure changes. All lines of a table are timed in turn within the same minute, so the ratio to its base
holds on other machines better than the milliseconds do. Median and 95th percentile of single calls.
"""

ABOUT = {
    "desk": """The desk over a week of 2,000 sessions, as organisers open it, signed in. 40 sessions differ from what is
published. A mark says what the next release would do to a session; those that a process has looked at before are
remembered as long as the rows say the same (docs/decisions/marks-remember-what-rows-said.md). Bulk steps change all
2,000 sessions at once, in one transaction each.
""",
    "editor": """The timetable editor over a week of 1,000 sessions, as an organiser has it open. A move is answered
with all that is wrong afterwards; cells, places and verdicts come from the planner's own rules
(docs/decisions/cells-come-from-the-planner.md). Paint and readiness are those of Chromium on the same processors.
Beside it, pretalx 2025.2.2 over as many sessions on a machine of this class: data of its editor 612 ms, with all
problems 7.3 s, one session moved 741 ms in 34 statements.
""",
    "manifest": """The list by which a door device decides without a network (docs/door-list.md). A first list is made
of the whole week and written; later the week is compared with it, and only what differs is written and sent.
""",
    "releases": """The page of the next release and the release itself over a generated week. `first look`: the
process knows nothing of the state yet; its templates are compiled, as in whatever serves. Beside it, pretalx 2025.2.2
on a machine of this class: its release page 7.6 to 13.2 s in 2,353 statements, its release 274 to 481 ms.
""",
    "rush": """The opening minute as visitors meet it. Clients on the same processors, each with its own open connection
from one of 250 source addresses, all limits on, every registration with pass, history, audit and message in its one
transaction. The bare route is Flask with one guarded UPDATE and one INSERT under the same server and database. In a
rush all act at one moment, and exactly the seats that were there are sold, or nothing is reported.
""",
    "imports": """A workbook of 5,000 sessions, each with its place, into the demo week. Reading, comparing and checking
take no lock (docs/decisions/an-import-locks-last.md): the dry run is that part alone. The last line is the longest that
another process had to wait for SQLite's write lock while all of the above ran; the application would give up after
thirty seconds.
""",
    "planner-conference": """Conferences of three sizes against the scores that the format's own search reached in 60 s
(`../shared/scheduling.md`); a higher soft score is better. Two chains, one on each processor.
""",
    "planner-incident": """A hall is lost on the first morning of a week of 1,000 sessions in 60 rooms: seconds from the
alarm until each way out is found, one after the other in a process of its own, until the page has compared them all,
and for the decision, which moves and releases.
""",
    "planner-itc2007": """Curriculum-based course timetabling (ITC-2007, track 3). `winner` is the competition's,
`best known` from the literature. What it must be: no hard breach, the best of three seeds at most 1.5 x, their mean at
most 2 x the winner's on six of seven.
""",
    "planner-jilin": """The demo week as it is, with rooms and people made scarce, and with twelve demands that
cannot be met together.
""",
    "planner-week": """Generated weeks: planned by the command, asked about, and repaired once a venue closes for a
day. Where sessions were moved that stood elsewhere, no place was found without them: `tests/planner/test_repair.py`
has small weeks in which the fewest is known.
""",
    "printing": """Papers, from the order to the file, and of it what typst takes in a process of its own. The last
column is the longest that a thread of the same process had to wait for the interpreter meanwhile. Door sheets and
posters draw a QR code each.
""",
}
"""What the figures of a benchmark mean, where their names do not say it."""


def written() -> str:
    """Return the page."""
    return HEAD + "".join(_table(json.loads(path.read_text("utf-8"))) for path in sorted(RESULTS.glob("*.json")))


def _table(body: dict[str, Any]) -> str:
    under = body["conditions"]
    about = f"{under['at']}; {under['processors']} processors shared with other work, load {under['load']:.1f}; "
    about += f"Python {under['python']}, SQLite {under['sqlite']}, {under['machine']}; {under['data']}."
    told = f"{ABOUT[body['name']]}\n" if body["name"] in ABOUT else ""
    if "columns" in body:
        head, rows = _head(body["columns"]), [_cells(one[name] for name in body["columns"]) for one in body["figures"]]
        return f"\n## {body['name'].capitalize()}\n\n{told}{about}\n\n{head}" + "\n".join(rows) + "\n"
    rows = [_row(one) for one in body["figures"]]
    head = (
        f"| Figure | Calls | Per second | Median ms | p95 ms | Ratio to {body['base']} |\n|---|---|---|---|---|---|\n"
    )
    return f"\n## {body['name'].capitalize()}\n\n{told}{about}\n\n{head}" + "\n".join(rows) + "\n"


def _head(columns: list[str]) -> str:
    return f"{_cells(columns)}\n|{'---|' * len(columns)}\n"


def _cells(values: Iterable[Any]) -> str:
    return f"| {' | '.join(str(value) for value in values)} |"


def _row(one: dict[str, Any]) -> str:
    digits = 0 if one["per_second"] >= 10 else 2
    numbers = f"{one['calls']} | {one['per_second']:.{digits}f} | {one['median_ms']:.2f} | {one['p95_ms']:.2f}"
    return f"| {one['name']} | {numbers} | {one['ratio']:.2f} |"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
