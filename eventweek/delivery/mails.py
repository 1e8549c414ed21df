"""How a mail is made: its words, its link, its attachments; no secret of them stands in the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from jinja2 import TemplateNotFound

from eventweek.calendars.ics import Edition, holder_calendar
from eventweek.config import Config
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.outbox.actions import Letter
from eventweek.programme.actions.speakers.links import token_of_link
from eventweek.programme.queries import get_week
from eventweek.programme.queries.speakers import open_link_of
from eventweek.registration.enums import EndReason
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of, token_of
from eventweek.registration.queries import find_pass_by_code, list_registrations
from eventweek.ticketing.qr import pass_address, pass_png

Attachment = tuple[str, str, bytes]
"""File name, content type, content."""


def make_mail(letter: Letter) -> EmailMessage:
    """Render a message in its language, with its attachments; its id is the same at each try."""
    config: Config = current_app.extensions["eventweek"]
    with speaking(letter.locale):
        parts = {kind: rendered(letter, kind) for kind in ("subject", "txt", "html")}
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


def rendered(letter: Letter, kind: str) -> str | None:
    """Return a part of a message, `subject`, `txt`, `html` or `sms`; None where it has no such HTML."""
    try:
        return render_template(f"mail/{letter.template}.{kind}", **letter.context, **_secrets(letter))
    except TemplateNotFound:
        if kind == "html":
            return None
        raise


def _secrets(letter: Letter) -> dict[str, str]:
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
def speaking(locale: str) -> Iterator[None]:
    """Render as for a reader of that language: words and links follow the path, links start with our base address."""
    base = current_app.extensions["eventweek"].base_url
    path, catalogue = (f"{base}/en/", "en") if locale == "en" else (f"{base}/", "zh_Hans_CN")
    # Forced, because an outer context remembers the language of the mail before.
    with current_app.test_request_context(base_url=path), force_locale(catalogue):
        yield


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
