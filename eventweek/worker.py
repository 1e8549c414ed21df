"""The worker: which action a job's name means, and the engine that carries row ids to jobs and messages."""

import logging
from collections.abc import Callable
from threading import Semaphore, Thread
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from eventweek.calendars.actions import render_feeds
from eventweek.campaigns.actions.reminding import send_reminders
from eventweek.campaigns.actions.sending import send_campaign
from eventweek.checkin.actions.standby import release_seats
from eventweek.checkin.actions.strikes import settle_strikes
from eventweek.config import Config
from eventweek.delivery.ways import configured_ways, deliver
from eventweek.kernel import actions as kernel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import Job, install_wake, name_of, wake
from eventweek.kernel.leases import list_due
from eventweek.language.printing import paper_tongue
from eventweek.language.sheets import tongues
from eventweek.outbox import actions as outbox
from eventweek.outbox.models import Message
from eventweek.printing.actions import purge_prints, renew_books, run_print
from eventweek.programme.actions.keys import remind_owners
from eventweek.programme.actions.proposals.retention import purge_proposals
from eventweek.programme.actions.speakers.retention import purge_contacts
from eventweek.programme.actions.uploads import purge_attachments, purge_pictures
from eventweek.registration.actions import destroy_identities, purge_attendees, purge_codes, settle_offerings
from eventweek.registration.actions.rosters import purge_rosters, run_roster
from eventweek.replanning.actions import close_questions
from eventweek.replanning.actions.runs import settle_runs
from eventweek.replanning.actions.telling import tell_release
from eventweek.replanning.planning import run_planner
from eventweek.scheduling.actions.imports import purge_imports, run_import
from eventweek.scheduling.actions.proposal_imports import purge_proposal_imports, run_proposals


def _render_feeds(week_id: int) -> None:
    """Write the feeds anew before their readers ask, and let the books follow."""
    render_feeds(week_id, current_app.extensions["eventweek"].base_url)
    renew_books(week_id)


def _import(code: str) -> None:
    """Go on with the import of a file."""
    run_import(code, tongues())


def _print(code: str) -> None:
    """Make a paper."""
    run_print(code, paper_tongue, current_app.extensions["eventweek"].base_url)


def _import_proposals(code: str) -> None:
    """Go on with a filled template of proposals."""
    run_proposals(code, tongues())


JOBS: dict[str, Callable[..., object]] = {
    "answers.purge": kernel.purge_answers,
    "attachments.purge": purge_attachments,
    "attendees.purge": purge_attendees,
    "campaigns.send": send_campaign,
    "codes.purge": purge_codes,
    "contacts.purge": purge_contacts,
    "files.sweep": kernel.sweep_files,
    "identities.destroy": destroy_identities,
    "keys.remind": remind_owners,
    "messages.forget": outbox.forget_messages,
    "imports.purge": purge_imports,
    "papers.print": _print,
    "pictures.purge": purge_pictures,
    "planner.run": run_planner,
    "prints.purge": purge_prints,
    "planner.way": run_planner,
    "programme.import": _import,
    "proposal_imports.purge": purge_proposal_imports,
    "proposals.import": _import_proposals,
    "proposals.purge": purge_proposals,
    "release.published": _render_feeds,
    "release.tell": tell_release,
    "reminders.send": send_reminders,
    "rosters.purge": purge_rosters,
    "rosters.run": run_roster,
    "strikes.settle": settle_strikes,
}
LONG = frozenset({"planner.run", "planner.way"})
"""Jobs that take long: each has a thread of its own, one of a name at a time, so that nothing else waits for it: not
mails, and not a way out of a lost hall for ten minutes of planning."""
MINUTELY: list[Callable[[], object]] = [settle_offerings, release_seats, close_questions, settle_runs]
"""What depends on the clock alone: offers and holds whose time is over, seats for the list at the door, questions,
runs of the planner that were lost."""
HOURLY = ["reminders.send", "rosters.purge", "strikes.settle"]
DAILY = [
    "answers.purge",
    "attachments.purge",
    "attendees.purge",
    "codes.purge",
    "contacts.purge",
    "files.sweep",
    "identities.destroy",
    "imports.purge",
    "keys.remind",
    "messages.forget",
    "pictures.purge",
    "prints.purge",
    "proposal_imports.purge",
    "proposals.purge",
]


_log = logging.getLogger(__name__)


def work_off(most: int = 100) -> int:
    """Do all that is due now, in this thread; return how many rows were held."""
    ways = configured_ways()
    held = sum(deliver(each, ways) for each in list_due(Message, most))
    return held + sum(perform(each) for each in list_due(Job, most))


def perform(job_id: int) -> bool:
    """Run one job; False when it was not to be had."""
    task = kernel.claim_job(job_id)
    if task is None:
        return False
    try:
        JOBS[task.name](**task.payload)
    except Refusal as refusal:
        kernel.mark_failed(task, refusal.code, final=True)
    except Exception as error:  # any fault of a job is one failed attempt of it
        _log.exception("job %s failed", task.name)
        kernel.mark_failed(task, type(error).__name__)
    else:
        kernel.mark_done(task)
    finally:
        db.session.remove()
    return True


class _Quiet(Consumer):  # type: ignore[misc]
    """A consumer whose threads live in somebody else's process, which keeps its own signals."""

    def _set_signal_handlers(self) -> None:
        """Leave the signals alone."""


class Engine:
    """huey over the application: it carries kinds and ids; the rows are the truth."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.huey = _huey(app.extensions["eventweek"])
        self._carry = self.huey.task(name="carry")(self._work)
        self._sweep = self.huey.task(name="sweep")(self.sweep)
        self.huey.periodic_task(crontab(minute="*"), name="sweep_each_minute")(self.sweep)
        self.huey.periodic_task(crontab(minute="*"), name="keep_time")(self.keep_time)
        self.huey.periodic_task(crontab(minute="7"), name="housekeeping")(self._keep_house)
        install_wake(self._sweep)
        self._long = {name: Semaphore() for name in LONG}

    def sweep(self) -> None:
        """Carry each row that is due: new ones, those whose lease ran out, those that huey lost."""
        with self.app.app_context():
            due = [("message", each) for each in list_due(Message)] + [("job", each) for each in list_due(Job)]
        for kind, row_id in due:
            self._carry(kind, row_id)

    def keep_time(self) -> None:
        """Do what is due by the clock; each is tried whatever becomes of the others, and again in a minute."""
        for action in MINUTELY:
            with self.app.app_context():
                try:
                    action()
                except Exception:  # any fault waits for the next minute
                    _log.exception("%s failed", action.__name__)

    def consumer(self, *, threads: int = 2, quiet: bool = False) -> Consumer:
        """Return the consumer of the queue; a quiet one is started inside another server."""
        return (_Quiet if quiet else Consumer)(self.huey, workers=threads, worker_type="thread", initial_delay=0.2)

    def _work(self, kind: str, row_id: int) -> None:
        with self.app.app_context():
            if kind == "message":
                deliver(row_id, configured_ways())
            elif (name := name_of(row_id)) in self._long:
                self._perform_apart(name, row_id)
            else:
                perform(row_id)

    def _perform_apart(self, name: str, job_id: int) -> None:
        """Run a long job beside the others; while another one of its name runs, it waits for the sweep."""
        if self._long[name].acquire(blocking=False):
            Thread(target=self._perform_long, args=(name, job_id), name=f"job-{job_id}", daemon=True).start()

    def _perform_long(self, name: str, job_id: int) -> None:
        try:
            with self.app.app_context():
                perform(job_id)
        finally:
            self._long[name].release()
            wake()

    def _keep_house(self) -> None:
        with self.app.app_context():
            kernel.plan_housekeeping(DAILY)
            kernel.plan_housekeeping(HOURLY, "%Y-%m-%dT%H")


def _huey(config: Config) -> Huey:
    settings: dict[str, Any] = {"results": False, "utc": True}
    if config.redis_url:
        return RedisHuey("eventweek", url=config.redis_url, **settings)
    return SqliteHuey("eventweek", filename=str(config.var / "queue.db"), journal_mode="wal", timeout=5, **settings)
