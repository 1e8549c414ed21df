"""A file goes into a week in two steps, whole or not at all, however often it is sent and whoever is killed."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.progress import find_progress
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.language.sheets import tongues
from eventweek.programme.models import Session, Week
from eventweek.scheduling.actions import imports
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.actions.imports import confirm_import, discard_import, plan_import, purge_imports, run_import
from eventweek.scheduling.models import ProgrammeImport
from eventweek.scheduling.queries.imports import get_import
from eventweek.worker import work_off
from tests.conftest import scaled
from tests.scheduling.test_importing import SMALL


def book(*titles: str, kind: str = "论坛") -> bytes:
    heads = [Column(head) for head in ("编号", "标题", "类型")]
    return write_workbook([Page("场次", heads, [Row([f"s{n}", t, kind]) for n, t in enumerate(titles)])])


@pytest.fixture
def week(app: Flask) -> int:
    """Give the id of a week with a kind, a hall and two sessions."""
    import_programme(SMALL, actor=SYSTEM)
    return db.session.scalars(select(Week.id)).one()


def plan(week: int, content: bytes, name: str = "week.xlsx") -> ProgrammeImport:
    return plan_import(week, content, name, language="zh", actor=SYSTEM)


def checked(week: int, content: bytes) -> ProgrammeImport:
    code = plan(week, content).code
    work_off()
    return get_import(week, code)


def sessions() -> int:
    return db.session.scalar(select(func.count()).select_from(Session)) or 0


@pytest.mark.database
def test_a_file_is_looked_through_then_confirmed_then_in(week: int) -> None:
    own = checked(week, book("甲", "乙"))
    assert (own.state, own.outcome["wrong"], sessions()) == ("checked", 0, 2)
    assert [(r["status"], r["title"], r["row"]) for r in own.outcome["rows"]] == [("new", "甲", 2), ("new", "乙", 3)]
    confirm_import(week, own.code, actor=SYSTEM)
    code = confirm_import(week, own.code, actor=SYSTEM).code
    work_off()
    own = get_import(week, code)
    assert (own.state, sessions(), find_progress(own.file)) == ("done", 4, (0, 0))
    again = checked(week, book("甲", "乙"))
    assert again.code != code and (again.outcome["counts"], again.outcome["taken"]) == (
        [["week", "unchanged", 1], ["sessions", "unchanged", 2]],
        0,
    )


@pytest.mark.database
def test_the_same_bytes_lead_to_the_import_that_is_open(week: int) -> None:
    same = book("甲")
    one, two = plan(week, same), plan(week, same)
    assert one.code == two.code
    discard_import(week, one.code, actor=SYSTEM)
    assert plan(week, same).code != one.code


@pytest.mark.database
def test_three_wrong_rows_among_thousands_are_named_and_nothing_changes(week: int) -> None:
    count = scaled(5_000, 100)
    titles = [f"场次{n}" for n in range(count)]
    wrong = sorted({3, count // 2, count - 1})
    for n in wrong:
        titles[n] = "长" * 201
    own = checked(week, book(*titles))
    found = [(p["sheet"], p["row"], p["column"], p["value"], p["code"]) for p in own.outcome["problems"]]
    assert found == [("场次", n + 2, "标题", "长" * 120, "text.too_long") for n in wrong]
    assert (own.state, own.outcome["wrong"], sessions()) == ("wrong", 3, 2)
    with pytest.raises(Refusal, match="import.not_ready"):
        confirm_import(week, own.code, actor=SYSTEM)


@pytest.mark.database
def test_while_one_file_goes_in_a_second_is_refused(week: int) -> None:
    one, two = (plan(week, book(title)).code for title in "甲乙")
    work_off()
    confirm_import(week, one, actor=SYSTEM)
    with pytest.raises(Refusal, match="import.busy"):
        confirm_import(week, two, actor=SYSTEM)
    work_off()
    assert confirm_import(week, two, actor=SYSTEM).state == "waiting"


@pytest.mark.database
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_ends_it(
    week: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = checked(week, book(*(f"场次{n}" for n in range(60)))).code
    confirm_import(week, code, actor=SYSTEM)
    seen: list[int] = []

    def killed(row: ProgrammeImport) -> Any:
        def note(done: int, _all: int) -> None:
            seen.append(done)
            if done == 30:
                raise KeyboardInterrupt

        return note

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(imports, "note_progress", killed)
        run_import(code, tongues())
    assert (max(seen), sessions(), get_import(week, code).state) == (30, 2, "waiting")
    run_import(code, tongues())
    run_import(code, tongues())
    assert (sessions(), get_import(week, code).state) == (62, "done")


@pytest.mark.database
def test_of_files_confirmed_at_once_one_goes_in_and_the_others_are_told(app: Flask, week: int) -> None:
    """Four people press the button in the same moment: whole files go in, one after the other, never parts of two."""
    codes = [plan(week, book(f"{title}一", f"{title}二")).code for title in "甲乙丙丁"]
    work_off()
    db.session.remove()

    def confirm(code: str) -> str:
        with app.app_context():
            try:
                return str(confirm_import(week, code, actor=SYSTEM).state)
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(confirm, codes))
    assert answers == ["import.busy"] * 3 + ["waiting"]
    work_off()
    states = sorted(get_import(week, code).state for code in codes)
    assert (states, sessions()) == (["checked"] * 3 + ["done"], 4)


HALF_WAY = """
import sys, time
from eventweek import create_app
from eventweek.cli.frame import settings
from eventweek.language.sheets import tongues
from eventweek.scheduling.actions import imports

def note(done, _all):
    if done == 30:
        print("half way", flush=True)
        time.sleep(600)

imports.note_progress = lambda _row: note
with create_app(settings()).app_context():
    imports.run_import(sys.argv[1], tongues())
"""
"""An import in a process of its own that stops in the middle of its transaction."""


@pytest.mark.database
def test_kill_9_in_the_middle_leaves_nothing_and_the_job_is_done_again(app: Flask, week: int) -> None:
    """The import stays to be taken in, the pages show it so, and the sweep of the next worker ends it."""
    code = checked(week, book(*(f"场次{n}" for n in range(60)))).code
    confirm_import(week, code, actor=SYSTEM)
    config = app.extensions["eventweek"]
    own = {"EVENTWEEK_DATABASE_URL": config.database, "EVENTWEEK_VAR": str(config.var)}
    command = [sys.executable, "-c", HALF_WAY, code]
    with subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"half way\n"
        process.send_signal(signal.SIGKILL)
    db.session.rollback()
    assert (process.returncode, sessions(), get_import(week, code).state) == (-signal.SIGKILL, 2, "waiting")
    work_off()
    db.session.rollback()
    assert (sessions(), get_import(week, code).state) == (62, "done")


@pytest.mark.database
def test_what_has_become_wrong_since_the_look_is_told_and_nothing_goes_in(week: int) -> None:
    code = checked(week, book("甲", kind="论坛")).code
    confirm_import(week, code, actor=SYSTEM)
    import_programme(SMALL | {"kinds": [{"code": "forum", "name_zh": "大会", "family": "meet"}]}, actor=SYSTEM)
    work_off()
    own = get_import(week, code)
    assert (own.state, sessions(), own.outcome["problems"][0]["code"]) == ("wrong", 2, "reference.unknown")


@pytest.mark.database
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04", "table.broken"),
        ("甲,乙\n".encode(), "sheet.none"),
        (b'{"format": "eventweek-programme/1", "source": "x", "week": {"code": "other"}}', "sheet.other_week"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(week: int, content: bytes, code: str) -> None:
    own = checked(week, content)
    assert (own.state, own.outcome["refusal"]["code"]) == ("failed", code)


@pytest.mark.database
def test_only_who_may_edit_brings_files_and_old_ones_are_forgotten(week: int) -> None:
    with pytest.raises(Refusal, match="permission.denied"):
        plan_import(week, b"x", "", language="zh", actor=Actor("u", id=1))
    with pytest.raises(Refusal, match="import.empty"):
        plan(week, b"")
    own = plan(week, book("甲"))
    foreign = Actor("u", id=1, grants=(GrantValue("committee", week + 1),))
    for verb in (confirm_import, discard_import):
        with pytest.raises(Refusal, match="permission.denied"):
            verb(week, own.code, actor=foreign)
    digest = own.file
    assert (purge_imports(), files.path_of(digest).exists()) == (0, True)
    with travel(now() + timedelta(days=31)):
        assert (purge_imports(), files.path_of(digest).exists()) == (1, False)
