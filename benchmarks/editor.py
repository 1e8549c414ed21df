"""The timetable editor over 1,000 sessions, 60 rooms and more, seven days: what it loads, a move, what cells ask."""

import itertools
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.serving import make_server

from benchmarks.desk import BASE, DESK, WEEK, got, grow, sign_in, token
from benchmarks.frame import FOLDER, NOON, Figure, demo_week, figure, in_turn, report
from eventweek.accounts.models import User
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.remembering import forget
from eventweek.programme.actions.keys import create_key
from eventweek.programme.actions.staff import GrantWish
from eventweek.programme.models import Room, Session
from eventweek.programme.queries import find_actor
from eventweek.scheduling.models import Placement

SIZE = 1000
DAY = date(2026, 10, 16)
API = f"/api/v1/desk/weeks/{WEEK}"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]


def requests(app: Flask, client: FlaskClient) -> dict[str, Callable[[int], object]]:
    """Return what the editor asks for, by name."""
    headers, code = key_of(app), code_of("bench:7")
    path = f"{DESK}/sessions/{code}"

    def read(rest: str) -> Callable[[int], object]:
        def ask(_number: int) -> None:
            assert app.test_client().get(f"{API}/{rest}", headers=headers).status_code == 200

        return ask

    return {
        "data of the editor": read("timetable"),
        "data with all problems": read("timetable?problems=true"),
        "page of a day": lambda _n: got(client, f"{DESK}/timetable?day={DAY}"),
        "part of it after a move": lambda _n: got(client, f"{DESK}/timetable?day={DAY}&part=1"),
        "one session moved": mover(client, code),
        "cells of a day": lambda _n: got(client, f"{path}/cells?day={DAY}"),
        "one place judged": lambda _n: got(client, f"{path}/verdict?start={DAY}T09:00&room={rooms()[7]}"),
        "the five best places": read(f"sessions/{code}/places"),
        "news while nobody moved": lambda _n: _nothing_new(client),
    }


def mover(client: FlaskClient, code: str) -> Callable[[int], object]:
    """Return what moves a session to another hour each time, and is told all that is wrong with it."""
    sent, place, hall = token(client), {"version": version_of(code)}, rooms()[3]
    hours = itertools.cycle(range(9, 17))

    def move(_number: int) -> None:
        body = {"start": f"{DAY}T{next(hours):02}:00", "room": hall, **place, **sent}
        answer = client.post(f"{DESK}/sessions/{code}/moves", data=body)
        assert answer.status_code == 200, answer.text[:500]
        place["version"] = answer.get_json()["place"]["version"]

    return move


def _nothing_new(client: FlaskClient) -> None:
    stamp = client.get(f"{DESK}/timetable/news?since=0").get_json()["stamp"]
    assert client.get(f"{DESK}/timetable/news?since={stamp}").status_code == 204


def _made_ready(client: FlaskClient) -> None:
    forget()
    got(client, f"{DESK}/timetable/readiness")


def rooms() -> list[str]:
    """Return the codes of the rooms that the benchmark made."""
    return list(db.session.scalars(select(Room.code).where(Room.source_key.like("bench:%")).order_by(Room.id)))


def code_of(key: str) -> str:
    """Return the code of a session."""
    return db.session.scalars(select(Session.code).where(Session.source_key == key)).one()


def version_of(code: str) -> int:
    """Return the version of the place of a session."""
    own = select(func.max(Placement.version)).join(Session, Session.id == Placement.session_id)
    return db.session.scalars(own.where(Session.code == code)).one()


def key_of(app: Flask) -> dict[str, str]:
    """Return the header of a request with a key of the administrator."""
    user = db.session.scalars(select(User).where(User.administrator)).first()
    assert user
    actor = find_actor(user.id, user.epoch)
    assert actor
    _key, secret = create_key("基准", GrantWish(WEEK, "committee", "committee", ""), 90, actor=actor)
    return {"Authorization": f"Bearer {secret}"}


def paints(app: Flask, client: FlaskClient, count: int) -> Iterator[Figure]:
    """Yield when Chromium first shows the editor, and when its script answers, on a machine that has one."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return
    from playwright.sync_api import sync_playwright

    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    with _served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        first, ready = [], []
        for number in range(count + 1):
            page.goto(f"{address}{DESK}/timetable?day={DAY}")
            page.wait_for_selector('[data-step="undo"]:not([hidden])')
            seen: dict[str, Any] = page.evaluate(
                """() => ({
                  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
                  ready: performance.getEntriesByName("editor-ready")[0].startTime,
                })"""
            )
            if number:
                first.append(seen["paint"] / 1000)
                ready.append(seen["ready"] / 1000)
        browser.close()
    yield figure("first paint in Chromium", first)
    yield figure("ready to drag in Chromium", ready)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    def timed(environ: Any, start: Any) -> Any:
        with travel(NOON):
            return app(environ, start)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, timed, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def measure(count: int, size: int = SIZE) -> list[Figure]:
    """Return the figures of `count` calls each."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with demo_week() as app:
        grow(size)
        empty, client = bare.test_client(), sign_in(app)
        figures = in_turn(count, {BASE: lambda _n: empty.get("/"), **requests(app, client)})
        figures += in_turn(max(1, count // 3), {"rules of the planner made ready": lambda _n: _made_ready(client)})
        db.session.rollback()
        return [*figures, *paints(app, client, max(1, count // 3))]


def main(count: int = 30, folder: Path = FOLDER, size: int = SIZE) -> str:
    """Measure and report."""
    about = f"{size:,} sessions, 84 rooms, seven days and more, one process, SQLite"
    return report("editor", measure(count, size), BASE, folder, about)


if __name__ == "__main__":
    sys.stdout.write(f"{main()}\n")
