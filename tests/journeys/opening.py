"""The demo week on its second day at half past twelve, served to browsers without a camera."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from tests.browser import chromium, live
from tests.conftest import DEMO_DAY
from tests.factories.accounts import make_user
from tests.journeys.test_main_job import EMAIL, Clock, Story
from tests.replanning.world import session_of


@contextmanager
def telling(app: Flask, folder: Path, *keys: str) -> Iterator[Story]:
    """Load the demo week, published a week before, and serve it; `keys`: the demo's own ids of the sessions in it."""
    clock = Clock(datetime(2026, 10, 16, 4, 30, tzinfo=UTC))
    with travel(datetime(2026, 10, 8, 4, tzinfo=UTC)):
        load_demo(DEMO_DAY)
        make_user(EMAIL, administrator=True)
    with live(app, clock) as address, chromium() as browser:
        app.extensions["eventweek"] = replace(app.extensions["eventweek"], base_url=address)
        db.session.rollback()
        yield Story(app, address, clock, browser, folder, {key: session_of(key).code for key in keys})
