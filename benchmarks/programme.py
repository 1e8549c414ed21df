"""The public programme page and the API's list, beside an empty Flask page and the raw SQL of the same rows."""

import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from benchmarks.frame import FOLDER, Figure, demo_week, in_turn, report
from eventweek.kernel.db import db

ROWS = text("SELECT snapshot FROM release_item JOIN published ON published.item_id = release_item.id")
BASE = "bare Flask"


def measure(count: int) -> list[Figure]:
    """Return the figures of `count` calls each."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with demo_week() as app:
        empty, client = bare.test_client(), app.test_client()
        etag = client.get("/api/v1/weeks/jl2026/sessions").headers["ETag"]
        cases = {
            BASE: lambda _n: empty.get("/"),
            "raw SQL, all snapshots": lambda _n: db.session.execute(ROWS).all(),
            "programme page": lambda _n: client.get("/w/jl2026/programme"),
            "programme page, one day": lambda _n: client.get("/w/jl2026/programme?day=2026-10-15"),
            "API, 50 sessions": lambda _n: client.get("/api/v1/weeks/jl2026/sessions"),
            "API, 304": lambda _n: client.get("/api/v1/weeks/jl2026/sessions", headers={"If-None-Match": etag}),
        }
        return in_turn(count, cases)


def main(count: int = 100, folder: Path = FOLDER) -> str:
    """Measure and report."""
    return report("programme", measure(count), BASE, folder)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
