"""The worker: which action a job's name means, how a mail is made, and the engine that carries row ids to both."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, url_for
from flask_babel import force_locale
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from jinja2 import TemplateNotFound

from eventweek.calendars.actions import render_feeds
from eventweek.calendars.ics import Edition, holder_calendar
from eventweek.config import Config
from eventweek.kernel import actions as kernel
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import Job, install_wake
from eventweek.kernel.leases import list_due
from eventweek.language.sheets import tongues
from eventweek.outbox import actions as outbox
from eventweek.outbox.models import Message
from eventweek.outbox.transport import Transport, Undeliverable, transport_for
from eventweek.programme.actions.attachments import purge_attachments
from eventweek.programme.actions.keys import remind_owners
from eventweek.programme.actions.pictures import purge_pictures
from eventweek.programme.actions.speakers.links import token_of_link
from eventweek.programme.actions.speakers.retention import purge_contacts
from eventweek.programme.queries import get_week
from eventweek.programme.queries.speakers import open_link_of
from eventweek.registration.actions import purge_attendees
from eventweek.registration.enums import EndReason
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of, token_of
from eventweek.registration.queries import find_pass_by_code, list_registrations
from eventweek.scheduling.actions.imports import purge_imports, run_import
from eventweek.ticketing.qr import pass_address, pass_png

Attachment = tuple[str, str, bytes]
"""File name, content type, content."""


def _render_feeds(week_id: int) -> None:
    """Write the feeds anew before their readers ask."""
    render_feeds(week_id, _base())


def _import(code: str) -> None:
    """Go on with the import of a file."""
    run_import(code, tongues())


JOBS: dict[str, Callable[..., object]] = {
    "answers.purge": kernel.purge_answers,
    "attachments.purge": purge_attachments,
    "attendees.purge": purge_attendees,
    "contacts.purge": purge_contacts,
    "files.sweep": kernel.sweep_files,
    "keys.remind": remind_owners,
    "messages.forget": outbox.forget_messages,
    "imports.purge": purge_imports,
    "pictures.purge": purge_pictures,
    "programme.import": _import,
    "release.published": _render_feeds,
}
DAILY = [
    "answers.purge",
    "attachments.purge",
    "attendees.purge",
    "contacts.purge",
    "files.sweep",
    "imports.purge",
    "keys.remind",
    "messages.forget",
    "pictures.purge",
]


def _pass_picture(code: str) -> Attachment:
    """Return the QR of a pass."""
    own = _pass(code)
    return f"pass-{own.code}.png", "image/png", pass_png(pass_address(_base(), token_of(own)))


def _pass_calendar(code: str) -> Attachment:
    """Return what the holder of a pass attends, and what the organiser has cancelled of it."""
    own = _pass(code)
    week, language = get_week(own.week_id), own.attendee.locale
    held = [f for f in list_registrations(own.id) if f.entitled or f.end_reason == EndReason.SESSION]
    edition = Edition(_base(), week.code, week.title.best(language)[0], week.timezone, language)
    body = holder_calendar([session for facts in held for session in facts.sessions], edition)
    return f"{week.code}.ics", "text/calendar", body


ATTACHMENTS: dict[str, Callable[[str], Attachment]] = {"pass.png": _pass_picture, "ics": _pass_calendar}
"""What a reference such as `pass.png:CODE` means: kind -> function of the code."""

_log = logging.getLogger(__name__)


def work_off(most: int = 100) -> int:
    """Do all that is due now, in this thread; return how many rows were held."""
    transport = _transport()
    held = sum(deliver(each, transport) for each in list_due(Message, most))
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


def deliver(message_id: int, transport: Transport) -> bool:
    """Make one mail and hand it over; False when it was not to be had. At least once, never silently lost."""
    letter = outbox.claim_message(message_id)
    if letter is None:
        return False
    try:
        transport.deliver(make_mail(letter), f"{letter.id:08d}")
    except Undeliverable as error:
        outbox.mark_failed(letter, str(error), final=True)
    except Exception as error:  # a server that is gone and a template that is broken: both are tried again
        _log.warning("mail %s not delivered", letter.template, extra={"cause": type(error).__name__})
        outbox.mark_failed(letter, f"{type(error).__name__}")
    else:
        outbox.mark_sent(letter)
    finally:
        db.session.remove()
    return True


def make_mail(letter: outbox.Letter) -> EmailMessage:
    """Render a message in its language, with its attachments; its id is the same at each try."""
    config: Config = current_app.extensions["eventweek"]
    with _speaking(letter.locale):
        parts = {kind: _rendered(letter, kind) for kind in ("subject", "txt", "html")}
    mail = EmailMessage()
    mail["From"], mail["To"] = config.mail_from, letter.recipient
    mail["Subject"] = " ".join((parts["subject"] or "").split())
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<message.{letter.id}@{urlsplit(config.base_url).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(parts["txt"] or "")
    if parts["html"]:
        mail.add_alternative(parts["html"], subtype="html")
    for reference in letter.attachments:
        kind, _colon, code = reference.partition(":")
        name, content_type, content = ATTACHMENTS[kind](code)
        main, _slash, sub = content_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail


def _rendered(letter: outbox.Letter, kind: str) -> str | None:
    try:
        return render_template(f"mail/{letter.template}.{kind}", **letter.context, **_secrets(letter))
    except TemplateNotFound:
        if kind == "html":
            return None
        raise


def _secrets(letter: outbox.Letter) -> dict[str, str]:
    """Return what stands in a mail but never in the database: the link of whatever the context names by its code."""
    links = [link_of(str(letter.context[name])) for name, link_of in LINKS.items() if name in letter.context]
    return {"locale": letter.locale, "link": links[0] if links else ""}


def _owners_link(code: str) -> str:
    """Return the link of a pass to its owner's week."""
    return url_for("mine.exchange", token=manage_token_of(_pass(code)), _external=True)


def _speakers_link(code: str) -> str:
    """Return the link of a speaker to their own page, while it works."""
    own = open_link_of(code)
    if own is None:
        raise Refusal("speaker_link.not_found")
    return url_for("speaker.exchange", token=token_of_link(own.link), _external=True)


LINKS: dict[str, Callable[[str], str]] = {"pass": _owners_link, "speaker_link": _speakers_link}
"""Which link a mail carries, by what its context names."""


def _pass(code: str) -> Pass:
    own = find_pass_by_code(code)
    if own is None:
        raise Refusal("pass.not_found")
    return own


def _base() -> str:
    base: str = current_app.extensions["eventweek"].base_url
    return base


@contextmanager
def _speaking(locale: str) -> Iterator[None]:
    """Render as for a reader of that language: words and links follow the path, links start with our base address."""
    base = current_app.extensions["eventweek"].base_url
    path, catalogue = (f"{base}/en/", "en") if locale == "en" else (f"{base}/", "zh_Hans_CN")
    # Forced, because an outer context remembers the language of the mail before.
    with current_app.test_request_context(base_url=path), force_locale(catalogue):
        yield


def _transport() -> Transport:
    config: Config = current_app.extensions["eventweek"]
    return transport_for(config.smtp_url, config.var / "mail")


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
        self.huey.periodic_task(crontab(minute="7"), name="housekeeping")(self._keep_house)
        install_wake(self._sweep)

    def sweep(self) -> None:
        """Carry each row that is due: new ones, those whose lease ran out, those that huey lost."""
        with self.app.app_context():
            due = [("message", each) for each in list_due(Message)] + [("job", each) for each in list_due(Job)]
        for kind, row_id in due:
            self._carry(kind, row_id)

    def consumer(self, *, threads: int = 2, quiet: bool = False) -> Consumer:
        """Return the consumer of the queue; a quiet one is started inside another server."""
        return (_Quiet if quiet else Consumer)(self.huey, workers=threads, worker_type="thread", initial_delay=0.2)

    def _work(self, kind: str, row_id: int) -> None:
        with self.app.app_context():
            if kind == "message":
                deliver(row_id, _transport())
            else:
                perform(row_id)

    def _keep_house(self) -> None:
        with self.app.app_context():
            kernel.plan_housekeeping(DAILY)


def _huey(config: Config) -> Huey:
    settings: dict[str, Any] = {"results": False, "utc": True}
    if config.redis_url:
        return RedisHuey("eventweek", url=config.redis_url, **settings)
    return SqliteHuey("eventweek", filename=str(config.var / "queue.db"), journal_mode="wal", timeout=5, **settings)
