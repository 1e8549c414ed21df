"""Runs of the planner that have ended, with the files that they leave; papers that are ready."""

import json
from collections.abc import Sequence
from typing import Any

from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.printing.models import PrintJob
from eventweek.replanning.models import PlannerRun

START = "2027-04-12"


def files_of_run(sessions: Sequence[str], room: str) -> dict[str, Any]:
    """Keep the files of a run that moves these sessions (codes), leaves them out and finds fault with them.

    Return its columns: their digests, and its figures.
    """
    said = {"sentence_zh": "因为。", "sentence_en": "Because."}
    match = {"rule": "capacity", "level": "hard", "weight": 1, "magnitude": 1, "sessions": list(sessions), **said}
    moves = [{"id": code, "before": room, "after": room, "registered": 1} for code in sessions]
    matter = {"sessions": list(sessions), "sentence": ["同时。", "At once."], "relaxation": ["换一场。", "Move one."]}
    kept: dict[str, Any] = {
        "problem": {},
        "solution": {
            "assignments": [],
            "unplaced": [{"id": code, "reasons": [{"rule": "capacity", **said}]} for code in sessions],
            "score": {"hard": 1, "medium": 0, "soft": 0},
            "matches": [match],
            "diff": {"moved_time": [], "moved_room": moves, "removed": [], "people": len(moves)},
            "log": {"event": "", "start": START, "stop_reason": "seconds"},
        },
        "account": {"findings": [matter], "culprits": [matter], "rules": {}, "removed": {}},
    }
    figures = {name: 1 for name in ("hard", "medium", "soft", "placed", "total", "moved", "people")}
    return {name: files.keep(json.dumps(own).encode()) for name, own in kept.items()} | {"figures": figures}


def ended_run(week_id: int, **kept: Any) -> PlannerRun:
    """Return a run of a week that has ended, with these columns."""
    asked: dict[str, Any] = {"number": 1, "name": "规划 1", "mode": "full", "seconds": 10, "actor": "system"}
    return PlannerRun(week_id=week_id, state="done", made_at=now(), ended_at=now(), **asked | kept)


def made_paper(week_id: int, actor: str, room: str) -> PrintJob:
    """Return door sheets of a room that are ready."""
    facts = {"paper": "doors", "sheet": "a4", "language": "zh", "part": {"room": room}, "actor": actor}
    made = {"state": "done", "file": files.keep(b"%PDF-1.7"), "size": 8, "pages": 1, "release": 1}
    return PrintJob(week_id=week_id, made_at=now(), done_at=now(), **facts, **made)
