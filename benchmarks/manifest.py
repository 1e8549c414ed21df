"""The list of door devices over 25,000 passes: made first, made anew after 100 changes, sent whole and in changes.

`python -m benchmarks.manifest`: one process, SQLite; the sizes of what is sent stand in the names.
"""

import secrets
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from benchmarks.frame import FOLDER, Figure, demo_week, figure, in_turn, report
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import Enrolment, accept_enrolment, enrol_device
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.programme.queries import find_week
from eventweek.registration.models import Attendee, Offering, Pass, PassToken, Registration
from eventweek.registration.passes import new_token

BASE = "bare Flask"
SIZE, CHANGED = 25_000, 100
ADDRESS = "/api/v1/manifest"
SOMEBODY = {"name": "示例丁卯", "organisation": "示例科技有限公司"}


def measure(count: int, size: int = SIZE) -> list[Figure]:
    """Return the figures of `count` calls each; a list is made first only once."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with demo_week() as app:
        week = find_week("jl2026")
        assert week
        week_id = week.id
        plant(week_id, size)
        client, key = app.test_client(), _device(week_id)
        ask = _asker(client, key)
        first, whole = _timed(ask)
        head, empty = {"list": whole["list"]}, bare.test_client()
        cases: dict[str, Callable[[int], object]] = {
            BASE: lambda _n: empty.get("/"),
            f"list sent whole ({_size(client, key, {})} kB zipped)": lambda _n: ask(),
            "nothing new": lambda _n: ask(**head, since=whole["seq"]),
            "names of 5,000, sealed": lambda _n: _got(client, key, f"{ADDRESS}/names", {}),
        }
        figures = [*in_turn(count, cases), figure(f"list made of {size:,} passes and sent", [first])]
        return [*figures, *_changes(week_id, lambda n: ask(**head, since=whole["seq"] + n), count)]


def _changes(week_id: int, ask: Callable[[int], dict[str, Any]], count: int) -> list[Figure]:
    """Return how long it takes to find and send changes, and to send to another device what was found."""
    found, again = [], []
    for number in range(count):
        _change(week_id, number)
        found.append(_timed(partial(ask, number))[0])
        seconds, told = _timed(partial(ask, number))
        assert len(told["rows"]) == CHANGED
        again.append(seconds)
    return [figure(f"{CHANGED} changes found and sent", found), figure(f"{CHANGED} changes sent again", again)]


def plant(week_id: int, size: int) -> None:
    """Write so many people with passes, each registered for one of the week's offerings."""
    offerings = list(db.session.scalars(select(Offering.id).where(Offering.week_id == week_id)))
    at = now()
    with transaction():
        first = (db.session.scalar(select(Attendee.id).order_by(Attendee.id.desc()).limit(1)) or 0) + 1
        held = (db.session.scalar(select(Pass.id).order_by(Pass.id.desc()).limit(1)) or 0) + 1
        people, passes, tokens, rows = [], [], [], []
        for n in range(size):
            seed, person = secrets.token_bytes(16), first + n
            token = new_token(seed, 1)
            people.append({"id": person, "contact_key": secrets.token_hex(32), "created_at": at, **SOMEBODY})
            passes.append({"id": held + n, "week_id": week_id, "attendee_id": person, "seed": seed, "created_at": at})
            names = ("epoch", "key_id", "token_hash", "short_hash", "manage_hash", "status")
            tokens.append({"pass_id": held + n} | {name: getattr(token, name) for name in names})
            rows.append(
                {"week_id": week_id, "offering_id": offerings[n % len(offerings)], "attendee_id": person}
                | {"state": "confirmed", "created_at": at}
            )
        for model, values in ((Attendee, people), (Pass, passes), (PassToken, tokens), (Registration, rows)):
            db.session.execute(insert(model), values)


def _device(week_id: int) -> str:
    wanted = Enrolment("1", "scan", now() + timedelta(days=1))
    return accept_enrolment(enrol_device(week_id, wanted, actor=SYSTEM)[1], "")[1]


def _asker(client: FlaskClient, key: str) -> Callable[..., dict[str, Any]]:
    def ask(**asked: int) -> dict[str, Any]:
        told: dict[str, Any] = _got(client, key, ADDRESS, asked).get_json()
        return told

    return ask


def _got(client: FlaskClient, key: str, path: str, asked: dict[str, int], **headers: str) -> Any:
    db.session.remove()
    answer = client.get(path, query_string=asked, headers={"Authorization": f"Bearer {key}", **headers})
    assert answer.status_code == 200, answer.text[:300]
    return answer


def _size(client: FlaskClient, key: str, asked: dict[str, int]) -> int:
    zipped = {"Accept-Encoding": "gzip"}
    return round(len(_got(client, key, ADDRESS, asked, **zipped).data) / 1000)


def _change(week_id: int, number: int) -> None:
    """Let other people of the week be called otherwise."""
    own = select(Pass.attendee_id).where(Pass.week_id == week_id).order_by(Pass.id.desc())
    people = list(db.session.scalars(own.offset(number * CHANGED).limit(CHANGED)))
    with transaction():
        db.session.execute(update(Attendee).where(Attendee.id.in_(people)).values(version=Attendee.version + 1))
        record(SYSTEM, "person.edit", "pass", "benchmark", week_id=week_id)


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def main(count: int = 10, folder: Path = FOLDER, size: int = SIZE) -> str:
    """Measure and report."""
    about = f"{size:,} passes of one week, a device that stands at every gate, one process, SQLite"
    return report("manifest", measure(count, size), BASE, folder, about)


if __name__ == "__main__":
    sys.stdout.write(f"{main()}\n")
