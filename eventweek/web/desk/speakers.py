"""Links for the people of the programme, and what they reply."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.tables import write_workbook
from eventweek.kernel.tables.writing import Column, Page, Row
from eventweek.kernel.text import clean_line
from eventweek.language import say, sentence
from eventweek.language.words import PERSON_ROLES, REPLIES
from eventweek.language.workbooks import XLSX
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.actions.speakers.links import (
    MOST,
    Contact,
    Given,
    give_links,
    renew_link,
    revoke_links,
)
from eventweek.programme.actions.speakers.replies import note_reply
from eventweek.programme.models import Person, PersonContact, Week
from eventweek.programme.queries.masters import list_people
from eventweek.programme.queries.speakers import Part, list_parts, list_speakers, map_replies
from eventweek.ticketing.qr import pass_png
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.parties import person_filters, sift_people
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import base_url

DRAWN = 12
"""How many links are drawn as a QR beside their words."""


@dataclass(frozen=True)
class Line:
    """One person who is to have a link: what was typed, and what is wrong with it."""

    person: Person
    email: str
    locale: str
    linked: bool
    error: str


@blueprint.app_template_global("reply_word")
def reply_word(reply: str) -> str:
    """Return how it stands with somebody's part in a session, in words."""
    return str(REPLIES[reply])


@blueprint.get("/w/<week>/speakers/links")
@needs(Verb.PROGRAMME_EDIT)
def speaker_links(week: str) -> str:
    """Ask where the chosen people are written to: those who are ticked, or all in the list who have a session."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    codes = _listed(own) if request.args.get("scope") == "all" else _ticked(request.args.getlist("s"))
    return _ask(own, list_speakers(codes), {})


@blueprint.post("/w/<week>/speakers/links/choice")
@needs(Verb.PROGRAMME_EDIT)
def speaker_links_choice(week: str) -> str:
    """Ask the same of those who are ticked on any page of the list: more than an address can hold."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    return _ask(own, list_speakers(_ticked(request.form.getlist("s"))), {})


def _ticked(codes: list[str]) -> list[str]:
    return [clean_line(code, 40) for code in codes[:MOST] if len(code) <= 40]


@blueprint.get("/w/<week>/replies.xlsx")
@needs(Verb.PROGRAMME_READ)
def speaker_replies(week: str) -> Response:
    """Send who takes part in what, and what they replied, as a workbook."""
    own = edition(week)
    heads = (_("姓名"), _("单位和职务"), _("场次"), _("编号"), _("身份"), _("答复"), _("何时"), _("原因"))
    columns = [Column(str(head), width) for head, width in zip(heads, (16, 30, 40, 14, 12, 12, 18, 40), strict=True)]
    rows = [Row(_told(part, own.timezone)) for part in list_parts(own.id)]
    book = write_workbook([Page(str(_("答复")), columns, rows)])
    return send_file(BytesIO(book), XLSX, as_attachment=True, download_name=f"{week}-{_('答复')}.xlsx")


def _told(part: Part, zone: str) -> list[str]:
    said, since = part.said, part.since
    return [
        best(part.person.name),
        best(part.person.affiliation),
        best(part.session.title),
        part.session.code,
        str(_("、")).join(str(PERSON_ROLES[role]) for role in part.roles),
        reply_word(part.reply),
        f"{since.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if since else "",
        said.reason if said else "",
    ]


def _listed(week: Week) -> list[str]:
    """Return the codes of the people whom the list shows and who take part in the week."""
    filters, replies = person_filters(), map_replies(week.id)
    wanted = sift_people(filters, replies)
    taking = frozenset(key for key, own in replies.items() if own.counts)
    wanted = replace(wanted, among=taking & (taking if wanted.among is None else wanted.among))
    return [person.code for person in list_people(wanted, lambda _total: (0, MOST)).rows]


@blueprint.post("/w/<week>/speakers/links")
@needs(Verb.PROGRAMME_EDIT)
def speaker_links_create(week: str) -> Any:
    """Give links to all of them; show those that were made now, this once."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    codes = [code for code in request.form.getlist("s")[: MOST + 1] if len(code) <= 40]
    wanted = {
        code: Contact(*(request.form.get(f"{code}.{name}", "") for name in ("email", "locale"))) for code in codes
    }
    try:
        given = give_links(own.id, wanted, actor=at_work())
    except Invalid as invalid:
        errors = {error.field.removesuffix(".email"): say(error.code, error.facts) for error in invalid.errors}
        return _ask(own, list_speakers(codes), errors), 422
    except Refusal as refusal:
        return _back(refusal)
    return _given(own, given)


@blueprint.post("/w/<week>/speakers/links/revocation")
@needs(Verb.PROGRAMME_EDIT)
def speaker_links_revocation(week: str) -> Any:
    """End the links of the chosen people."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    try:
        count = revoke_links(own.id, request.form.getlist("s"), actor=at_work())
    except Refusal as refusal:
        return _back(refusal)
    flash(ngettext("%(num)s 个链接已停用。", "%(num)s 个链接已停用。", count), "yes")
    return redirect(url_for("desk.person_list"), 303)


@blueprint.post("/w/<week>/people/<code>/link")
@needs(Verb.PROGRAMME_EDIT)
def speaker_link(week: str, code: str) -> Any:
    """Give one person a new link; an older one ends."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    try:
        return _given(own, [renew_link(own.id, code, actor=at_work())])
    except Refusal as refusal:
        return _back(refusal, code)


@blueprint.post("/w/<week>/people/<code>/link/revocation")
@needs(Verb.PROGRAMME_EDIT)
def speaker_link_revocation(week: str, code: str) -> Any:
    """End the link of one person."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    said = _("链接已停用，日历地址也停了。")
    return _done(code, said, lambda: revoke_links(own.id, [code], actor=at_work()))


@blueprint.post("/w/<week>/people/<code>/replies/<session>")
@needs(Verb.PROGRAMME_EDIT)
def speaker_reply(week: str, code: str, session: str) -> Any:
    """Write down what somebody told us by telephone."""
    own, sent = edition(week, Verb.PROGRAMME_EDIT), request.form
    told = sent.get("answer", ""), sent.get("reason", "")
    return _done(code, _("已记下。"), lambda: note_reply(own.id, code, session, *told, actor=at_work()))


@blueprint.post("/w/<week>/people/<code>/consents/<item>")
@needs(Verb.PROGRAMME_EDIT)
def speaker_consent(week: str, code: str, item: str) -> Any:
    """Write down what somebody signed on paper."""
    own, given = edition(week, Verb.PROGRAMME_EDIT), {item: request.form.get("given") == "yes"}
    return _done(code, _("已记下。"), lambda: note_consents(own.id, code, given, actor=at_work()))


def _done(code: str, said: str, change: Callable[[], object]) -> Any:
    """Change something of one person and go back to their page, which says so."""
    try:
        change()
    except Refusal as refusal:
        return _back(refusal, code)
    flash(said, "yes")
    return redirect(url_for("desk.person", code=code), 303)


def _ask(week: Week, people: list[tuple[Person, PersonContact | None]], errors: dict[str, str]) -> str:
    replies = map_replies(week.id)
    lines = [
        Line(
            person,
            request.form.get(f"{person.code}.email", contact.email if contact else ""),
            request.form.get(f"{person.code}.locale", contact.locale if contact else "zh-CN"),
            bool(person.id in replies and replies[person.id].link),
            errors.get(person.code, ""),
        )
        for person, contact in people
    ]
    return page("speaker_links.html", week, here="person", lines=lines, errors=errors)


def _given(week: Week, given: list[Given]) -> str:
    """Show each link that was made just now, beside those whose link goes by mail."""
    fresh = [(own, base_url() + url_for("speaker.exchange", token=own.token)) for own in given if own.token]
    shown = [(own, address, _drawn(address) if len(fresh) <= DRAWN else "") for own, address in fresh]
    mailed = [own for own in given if own.mailed]
    silent = [own for own in given if not own.token and not own.mailed]
    return page("speaker_links_made.html", week, here="person", shown=shown, mailed=mailed, silent=silent)


def _drawn(address: str) -> str:
    return f"data:image/png;base64,{b64encode(pass_png(address)).decode()}"


def _back(refusal: Refusal, code: str = "") -> Any:
    if refusal.code == "permission.denied":
        raise refusal
    if refusal.code.endswith("not_found"):
        abort(404)
    flash(sentence(refusal), "no")
    return redirect(url_for("desk.person", code=code) if code else url_for("desk.person_list"), 303)
