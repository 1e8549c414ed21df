"""Free pages and notices: their lists, their records, the preview, and what makes a copy public."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.words import NOTICE_LEVELS, PRESET_PAGES
from eventweek.programme.actions import texts as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.presets import preset_page
from eventweek.programme.queries.facts import facts_of_page
from eventweek.programme.queries.masters import Listed, list_choosable_venues, list_cities
from eventweek.programme.queries.parts import list_choosable_sessions
from eventweek.programme.queries.texts import draft_notice, draft_page, is_changed, list_notices, list_pages
from eventweek.programme.rules.subjects import NOTICE, PAGE
from eventweek.programme.rules.texts import PRESETS
from eventweek.registration.rules import RETENTION_DAYS
from eventweek.scheduling.queries.notices import Told, tell
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.lists import asked
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import choices, list_page, shelf, sift
from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.texts import NoticeForm, PageForm
from eventweek.web.frame import language, needs
from eventweek.web.public.frame import base_url

LOOKS = {"draft": "wait", "published": "yes", "changed": "ask", "withdrawn": "plain"}
STATES = {
    "draft": _("草稿，公众看不到"),
    "published": _("公众看得到"),
    "changed": _("有没发布的修改"),
    "withdrawn": _("已撤下"),
}


@dataclass(frozen=True)
class TextRecord(Record):
    """A record of which the public reads a copy; a new page can start from the usual text of its kind."""

    def sheet(self, week: Week | None, row: Any, typed: Any) -> RecordForm:
        """Return the form with its times on the clock of the week."""
        form = super().sheet(week, row, typed)
        if week and not typed:
            for name in ("shown_from", "shown_until"):
                if name in form and form[name].data:
                    form[name].data = form[name].data.astimezone(ZoneInfo(week.timezone))
            preset = asked("preset", PRESETS) if row is None and self is PAGES else ""
            usual = preset_page(preset, facts_of_page(week, RETENTION_DAYS)) if preset else {}
            for name, value in usual.items():
                form[name].data = value
        return form


@blueprint.get("/w/<week>/pages")
@needs(Verb.PROGRAMME_READ)
def page_list(week: str) -> str:
    """List the pages of the week, and offer the usual ones that it does not have yet."""
    own, filters = edition(week), [shelf()]
    archived = sift(filters).archived
    rows = list_pages(own.id, archived=archived)
    every = {row.code for row in rows + list_pages(own.id, archived=not archived)}
    missing = [(code, PRESET_PAGES[code]) for code in PRESETS if code not in every]
    found = Listed(rows, len(rows))
    return list_page("page_list.html", own, found, filters, missing=missing, **_words())


@blueprint.get("/w/<week>/notices")
@needs(Verb.PROGRAMME_READ)
def notice_list(week: str) -> str:
    """List the notices of the week, the newest first."""
    own, filters = edition(week), [shelf()]
    rows = list_notices(own.id, archived=sift(filters).archived)
    return list_page("notice_list.html", own, Listed(rows, len(rows)), filters, levels=NOTICE_LEVELS, **_words())


def _words() -> dict[str, Any]:
    return {"standing_of": _standing, "looks": LOOKS, "states": STATES, "now": now()}


def _standing(row: Any) -> str:
    return "changed" if is_changed(row) else str(row.publication)


def _facts(row: Any, _week: Week | None) -> dict[str, Any]:
    return _words() | {"base": base_url()}


def _offer(form: NoticeForm, week: Week | None) -> None:
    none = [("", "—")]
    sessions = list_choosable_sessions(week.id) if week else []
    form.session.offer(none + [(s.code, s.title.best(language())[0]) for s in sessions])
    form.venue.offer(none + choices(list_choosable_venues()))
    form.city.offer(none + choices(list_cities()))


PAGES = TextRecord(
    subject=PAGE,
    form=PageForm,
    verbs=Verbs.of(verbs, "page"),
    plural="pages",
    one=pgettext("one", "页面"),
    weekly=True,
    facts=_facts,
    template="text.html",
    verb=Verb.PROGRAMME_EDIT,
    away=_("归档后不再列在页脚；发布过的，网址一直有效。随时可以恢复。"),
)
NOTICES = TextRecord(
    subject=NOTICE,
    form=NoticeForm,
    verbs=Verbs.of(verbs, "notice"),
    plural="notices",
    one=pgettext("one", "公告"),
    weekly=True,
    fill=_offer,
    facts=_facts,
    template="text.html",
    verb=Verb.PROGRAMME_EDIT,
    away=_("归档后公众不再看到，工作台留着底。随时可以恢复。"),
)


def _hang_publication(record: Record, show: Callable[[Week, Any], str]) -> None:
    """Hang preview, publication and withdrawal of a text on the desk."""
    name, one = record.name, f"/w/<week>/{record.plural}/<code>"

    @needs(Verb.PROGRAMME_READ)
    def preview(week: str, code: str) -> str:
        own = edition(week)
        return show(own, record.find(own, code) or abort(404))

    @needs(Verb.RELEASE_PUBLISH)
    def publication(week: str, code: str) -> Any:
        version = request.form.get("version", "")
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
        publish = getattr(verbs, f"publish_{name}")
        return _change(record, week, code, lambda own: publish(own.id, code, version=seen, actor=at_work()))

    @needs(Verb.RELEASE_PUBLISH)
    def withdrawal(week: str, code: str) -> Any:
        withdraw = getattr(verbs, f"withdraw_{name}")
        return _change(record, week, code, lambda own: withdraw(own.id, code, actor=at_work()))

    blueprint.add_url_rule(f"{one}/preview", f"{name}_preview", preview)
    blueprint.add_url_rule(f"{one}/publication", f"{name}_publication", publication, methods=["POST"])
    blueprint.add_url_rule(f"{one}/withdrawal", f"{name}_withdrawal", withdrawal, methods=["POST"])


def _change(record: Record, week: str, code: str, act: Callable[[Week], Any]) -> Any:
    own = edition(week)
    try:
        row = act(own)
    except Refusal as refusal:
        if refusal.code.endswith(("not_found", "denied")):
            raise
        flash(sentence(refusal), "no")
    else:
        flash(str(_("已发布，公众现在看到的就是这一版。") if row.published else _("已撤下。")), "yes")
    return redirect(record.address("", own, code=code), 303)


def _show_page(week: Week, row: Any) -> str:
    return render_template("public/page.html", week=week, page=draft_page(row), preview=True)


def _show_notice(week: Week, row: Any) -> str:
    draft = draft_notice(row)
    told = next(iter(tell(week.id, [draft])), Told(draft, None))
    return render_template("public/notice.html", week=week, told=told, over=False, preview=True)


hang(PAGES)
hang(NOTICES)
_hang_publication(PAGES, _show_page)
_hang_publication(NOTICES, _show_notice)
