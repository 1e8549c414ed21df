"""One way to show, make, change, archive and delete a record of the desk; each subject only says what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Ref
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, is_sealed, page
from eventweek.web.desk.lists import asked
from eventweek.web.desk.pictures import LONGEST_REQUEST, has_pictures, sent, show_pictures, take_pictures
from eventweek.web.forms.records import RecordForm
from eventweek.web.frame import needs, takes_files


def _nothing(*_given: Any) -> None:
    """Leave a form as it is."""


def _no_facts(*_given: Any) -> dict[str, Any]:
    """Show nothing beside the form."""
    return {}


@dataclass(frozen=True)
class Record:
    """A subject: its form, its verbs, its words. `fill` offers choices, `facts` adds values for its own template."""

    subject: Subject
    form: type[RecordForm]
    verbs: Verbs
    plural: str
    one: LazyString
    weekly: bool = False
    fill: Callable[[Any, Week | None], None] = _nothing
    facts: Callable[[Any, Week | None], dict[str, Any]] = _no_facts
    template: str = "record.html"
    here: str = ""
    listed: str = ""
    verb: Verb = Verb.MASTERS_EDIT
    away: LazyString = _("归档后不再出现在选项里，已经用到它的地方不变，随时可以恢复。")

    @property
    def name(self) -> str:
        """Return the noun of the endpoints."""
        return self.subject.name

    def week(self, code: str, verb: Verb = Verb.PROGRAMME_READ) -> Week | None:
        """Return the week of the page: that of the address for who may do this in it, for masters the current one."""
        return edition(code, verb) if self.weekly else find_newest_week()

    def scope(self, week: Week | None) -> list[int]:
        """Return the leading arguments of the verbs."""
        return [week.id] if self.weekly and week else []

    def find(self, week: Week | None, code: str) -> Any:
        """Return the row of that code, None where there is none in this week."""
        return Directory(week.id if self.weekly and week else None).find(self.name, code)

    def address(self, ending: str, week: Week | None, **values: Any) -> str:
        """Return the address of one of the subject's pages: `` (the record), `_list`, `_new`, `_archive` ..."""
        if self.weekly and week:
            values["week"] = week.code
        noun = self.listed if ending == "_list" and self.listed else f"{self.name}{ending}"
        return url_for(f"desk.{noun}", **values)

    def history(self, week: Week | None, code: str) -> str:
        """Return the address of a record's history."""
        if self.weekly and week:
            return url_for("desk.week_history", week=week.code, noun=self.name, code=code)
        return url_for("desk.master_history", noun=self.name, code=code)

    def sheet(self, week: Week | None, row: Any, typed: Any) -> RecordForm:
        """Return the form of a row (None: of a new record), over what was typed."""
        stored = values_of(self.subject, row) | {"version": row.version} if row else self._first_values()
        form = self.form(typed, data=stored)
        self.fill(form, week)
        return form

    def _first_values(self) -> dict[str, Any]:
        """Return the defaults, and what the address names: the venue of a new room, the set of a new tag."""
        own = self.subject.fields
        named = {name: asked(name) for name, type_ in own.items() if isinstance(type_, Ref) and asked(name)}
        return {name: type_.default for name, type_ in own.items() if type_.default is not None} | named


HUNG: dict[str, Record] = {}
"""The subjects whose pages hang on the desk, by name."""


def hang(record: Record) -> None:
    """Hang the pages of a subject on the desk; its list is a view of its own."""
    HUNG[record.name] = record
    base, name = ("/w/<week>" if record.weekly else ""), record.name
    one = f"{base}/{record.plural}/<code>"

    @needs(Verb.PROGRAMME_READ)
    def show(code: str, week: str = "") -> Any:
        own = record.week(week)
        row = record.find(own, code)
        return _page(record, own, row, code) if row is not None else abort(404)

    @needs(record.verb)
    def new(week: str = "") -> Any:
        return _page(record, record.week(week, record.verb), None, "")

    if has_pictures(record.subject):
        show, new = takes_files(LONGEST_REQUEST)(show), takes_files(LONGEST_REQUEST)(new)
    blueprint.add_url_rule(one, name, show, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{base}/new/{name.replace('_', '-')}", f"{name}_new", new, methods=["GET", "POST"])
    changes = {
        "archive": (record.verbs.archive, _("已归档。随时可以恢复。")),
        "restoration": (record.verbs.restore, _("已恢复，可以再用了。")),
        "deletion": (record.verbs.delete, _("已删除。")),
    }
    for noun, (verb, told) in changes.items():
        blueprint.add_url_rule(f"{one}/{noun}", f"{name}_{noun}", _change(record, verb, told), methods=["POST"])


def _change(record: Record, verb: Callable[..., Any], told: LazyString) -> Callable[..., Any]:
    """Return the view of a change that needs no form."""

    @needs(record.verb)
    def change(code: str, week: str = "") -> Any:
        own = record.week(week)
        try:
            verb(*record.scope(own), code, actor=at_work())
        except Refusal as refusal:
            if refusal.code.endswith(("not_found", "denied")):
                raise
            flash(sentence(refusal), "no")
            return redirect(record.address("", own, code=code), 303)
        flash(str(told), "yes")
        gone = verb is record.verbs.delete
        return redirect(record.address("_list", own) if gone else record.address("", own, code=code), 303)

    return change


def _page(record: Record, week: Week | None, row: Any, code: str) -> Any:
    """Show the form of a record (None: of a new one), or take what was typed."""
    form = record.sheet(week, row, sent())
    form.take(request.form.getlist("take"))
    take_pictures(form)
    do = request.form.get("do", "save")
    if request.method == "POST" and do == "save":
        answer = _save(record, week, row, code, form)
        if answer is not None:
            return answer
        row = row and record.find(week, code)
    form.add_spare(do)
    editable = can(at_work(), record.verb, *record.scope(week)) and not is_sealed(week)
    beside = record.facts(row, week) if row else {}
    marked = record.here or record.name
    text = page(
        record.template, week, here=marked, record=record, form=form, row=row, code=code, editable=editable, **beside
    )
    return text, 422 if form.problems() or form.stale else 200


def _save(record: Record, week: Week | None, row: Any, code: str, form: RecordForm) -> Any:
    """Return where to go after saving, None when the page must be shown again."""
    if not form.validate():
        return None
    scope, verbs, values = record.scope(week), record.verbs, form.values()
    try:
        if row is None:
            saved = verbs.create(*scope, values, actor=at_work())
        else:
            saved = verbs.edit(*scope, code, values, version=form.read_version, actor=at_work())
    except Refusal as refusal:
        fresh = row and record.find(week, code)
        form.refuse(refusal, show_pictures(record.sheet(week, fresh, None)) if fresh else None)
        return None
    flash(str(_("已保存。")), "yes")
    return redirect(record.address("", week, code=Directory().reference(record.name, saved)), 303)
