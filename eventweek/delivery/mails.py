"""How a mail is made: its words, its link, its attachments; no secret of them stands in the database."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from jinja2 import TemplateNotFound

from eventweek.calendars.holders import sessions_of_holder
from eventweek.calendars.ics import Edition, holder_calendar
from eventweek.config import Config
from eventweek.delivery.routing import Plan
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.outbox.actions import Letter
from eventweek.outbox.enums import BOTH, LOCALES
from eventweek.programme.actions.speakers.links import token_of_link
from eventweek.programme.queries import get_week
from eventweek.programme.queries.speakers import open_link_of
from eventweek.registration.groups import token_of_group
from eventweek.registration.invitations import token_of_invitation
from eventweek.registration.models import Pass
from eventweek.registration.passes import answer_token_of, manage_token_of, reminder_token_of, token_of
from eventweek.registration.queries import find_pass_by_code
from eventweek.registration.queries.groups import find_group
from eventweek.registration.queries.invitations import find_invitation_by_code
from eventweek.registration.queries.message_texts import facts_of
from eventweek.registration.wording import compose
from eventweek.ticketing.qr import pass_address, pass_png

BETWEEN = f"\n\n{'—' * 12}\n\n"
"""What stands between two languages of one mail."""
Attachment = tuple[str, str, bytes]
"""File name, content type, content."""


def make_mail(letter: Letter, plan: Plan) -> EmailMessage:
    """Render a message in its language, or in both, with its attachments; its id is the same at each try."""
    config: Config = current_app.extensions["eventweek"]
    parts = _joined([_spoken(replace(letter, locale=locale), plan) for locale in locales_of(letter)])
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


def locales_of(letter: Letter) -> tuple[str, ...]:
    """Return the languages in which a message is written, the first first."""
    return LOCALES if letter.locale == BOTH else (letter.locale,)


def _spoken(letter: Letter, plan: Plan) -> dict[str, str | None]:
    with speaking(letter.locale):
        return _parts(letter, plan)


def _joined(told: list[dict[str, str | None]]) -> dict[str, str | None]:
    """Return one mail that says the same in every language; of several it is plain text."""
    if len(told) == 1:
        return told[0]
    subjects = dict.fromkeys(parts["subject"] or "" for parts in told)
    texts = [(parts["txt"] or "").strip() for parts in told]
    return {"subject": " / ".join(subjects), "txt": BETWEEN.join(texts) + "\n", "html": None}


def _parts(letter: Letter, plan: Plan) -> dict[str, str | None]:
    """Return subject, text and HTML: of a kind that organisers word from their words, of others from our templates."""
    if plan.words is None:
        return {kind: rendered(letter, kind) for kind in ("subject", "txt", "html")}
    links = links_of(letter)
    own = compose(plan.words, facts_for(letter, plan, links))
    page = render_template(
        "mail/message.html", subject=own.subject, locale=letter.locale, parts=pieces(own.body, links)
    )
    return {"subject": own.subject, "txt": own.body, "html": page}


def facts_for(letter: Letter, plan: Plan, links: Mapping[str, str]) -> dict[str, str]:
    """Return what the words of a message may name; without a week nothing of a week."""
    if plan.week is None:
        return {name: str(value) for name, value in _open_context(letter).items()} | dict(links)
    return facts_of(plan.week, letter.context, letter.locale, links)


def _open_context(letter: Letter) -> dict[str, Any]:
    return {name.removeprefix("secret_"): value for name, value in letter.context.items()}


def pieces(text: str, links: Mapping[str, str]) -> list[list[list[tuple[str, bool]]]]:
    """Return the paragraphs of a text as lines of pieces, each with whether it is a link of ours."""
    known = [address for address in links.values() if address]
    mark = re.compile("|".join(f"({re.escape(one)})" for one in sorted(known, key=len, reverse=True)) or "(?!)")
    return [
        [[(piece, piece in known) for piece in mark.split(line) if piece] for line in part.splitlines()]
        for part in text.split("\n\n")
    ]


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
    return {"locale": letter.locale, "link": links_of(letter).get("link", "")}


def links_of(letter: Letter) -> dict[str, str]:
    """Return the links of a message by the name that its words call them; inside the reader's language."""
    own = ((word, link_of, letter.context.get(name)) for name, (word, link_of) in LINKS.items())
    return {word: link_of(str(code)) for word, link_of, code in own if code}


def _owners_link(code: str) -> str:
    """Return the link of a pass to its owner's week."""
    return url_for("mine.exchange", token=manage_token_of(_pass(code)), _external=True)


def _speakers_link(code: str) -> str:
    """Return the link of a speaker to their own page, while it works."""
    own = open_link_of(code)
    if own is None:
        raise Refusal("speaker_link.not_found")
    return url_for("speaker.exchange", token=token_of_link(own.link), _external=True)


def _invitation_link(code: str) -> str:
    """Return the link of an invitation, while it is not revoked."""
    own = find_invitation_by_code(code)
    week = get_week(own.week_id) if own and own.revoked_at is None else None
    if own is None or week is None:
        raise Refusal("invite.revoked")
    return url_for("mine.invitation_exchange", week=week.code, token=token_of_invitation(own), _external=True)


def _group_link(code: str) -> str:
    """Return the link of a group to its leader's list."""
    own = find_group(code)
    if own is None:
        raise Refusal("group.not_found")
    return url_for("mine.group_exchange", token=token_of_group(own), _external=True)


def _cancelling_link(reference: str) -> str:
    """Return the link that cancels what a pass holds on a day; `reference`: `CODE:2026-10-15`."""
    code, _colon, day = reference.partition(":")
    return url_for("mine.reminder", code=code, day=day, token=reminder_token_of(_pass(code), day), _external=True)


def _answering_link(reference: str) -> str:
    """Return the link by which a person answers for a registration; `reference`: `CODE:REGISTRATION`."""
    code, _colon, registration = reference.partition(":")
    token = answer_token_of(_pass(code), registration)
    return url_for("mine.answer", code=code, registration=registration, token=token, _external=True)


LINKS: dict[str, tuple[str, Callable[[str], str]]] = {
    "pass": ("link", _owners_link),
    "reminder": ("cancel_link", _cancelling_link),
    "answer": ("answer_link", _answering_link),
    "speaker_link": ("link", _speakers_link),
    "invitation": ("link", _invitation_link),
    "group": ("link", _group_link),
}
"""What a context names -> what its link is called in words, and how it is made."""


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
    edition = Edition(_base(), week.code, week.title.best(language)[0], week.timezone, language)
    body = holder_calendar(sessions_of_holder(own), edition)
    return f"{week.code}.ics", "text/calendar", body


ATTACHMENTS: dict[str, Callable[[str], Attachment]] = {"pass.png": _pass_picture, "ics": _pass_calendar}
"""What a reference such as `pass.png:CODE` means: kind -> function of the code."""
