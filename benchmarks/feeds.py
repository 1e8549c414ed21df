"""The week's calendar feed: the first reader after a release, later ones, and those who hold it already."""

import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import delete

from benchmarks.frame import FOLDER, Figure, demo_week, in_turn, report
from eventweek.calendars.models import FeedBody, FeedEntry
from eventweek.kernel.db import db, transaction

FEED = "/w/jl2026/feed.ics"
BASE = "bare Flask"


def measure(count: int) -> list[Figure]:
    """Return the figures of `count` calls each."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with demo_week() as app:
        empty, client = bare.test_client(), app.test_client()
        etag = client.get(FEED).headers["ETag"]

        def first(_number: int) -> None:
            _forget()
            client.get(FEED)

        cases = {
            BASE: lambda _n: empty.get("/"),
            "200, plain": lambda _n: client.get(FEED),
            "200, gzip": lambda _n: client.get(FEED, headers={"Accept-Encoding": "gzip"}),
            "304": lambda _n: client.get(FEED, headers={"If-None-Match": etag}),
        }
        return in_turn(count, cases) + in_turn(max(1, count // 20), {"first reader, 151 entries": first})


def _forget() -> None:
    with transaction():
        db.session.execute(delete(FeedBody))
        db.session.execute(delete(FeedEntry))


def main(count: int = 200, folder: Path = FOLDER) -> str:
    """Measure and report."""
    return report("feeds", measure(count), BASE, folder)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
