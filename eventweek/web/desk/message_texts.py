"""The words of a week's messages: each kind with its channels and a preview; hours and reminder."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.outbox.queries import MessageFilter, list_messages
from eventweek.programme.models import Week
from eventweek.registration.actions.message_texts import (
    edit_message_settings,
    edit_message_text,
    look_over,
    reset_message_text,
)
from eventweek.registration.kinds import KINDS, Kind, usual_wording
from eventweek.registration.models import MessageText
from eventweek.registration.queries.message_texts import (
    TEXT_FIELDS,
    facts_of,
    find_text,
    hours_of,
    map_texts,
    sample_facts,
    values_of_text,
    wording_of,
)
from eventweek.registration.wording import compose
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, is_sealed, page
from eventweek.web.forms.messages import CHANNELS, MessageHoursForm, MessageTextForm
from eventweek.web.frame import needs

LOCALES = (("zh-CN", _("中文")), ("en", "English"))


@blueprint.route("/w/<week>/message-texts", methods=["GET", "POST"])
@needs(Verb.MESSAGES_EDIT)
def message_text_list(week: str) -> Any:
    """List every kind of message with its channels, and take the hours of the week."""
    own = edition(week, Verb.MESSAGES_EDIT)
    form = _hours(own, request.form or None)
    if request.method == "POST" and form.validate():
        values = {name: value for name, value in form.values().items() if value is not None}
        try:
            edit_message_settings(own.id, values, version=form.read_version, actor=at_work())
        except Refusal as refusal:
            own = edition(week, Verb.MESSAGES_EDIT)
            form.refuse(refusal, _hours(own, None))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.message_text_list", week=week), 303)
    texts = map_texts(own.id)
    rows = [(kind, texts.get(code), _changed(texts.get(code))) for code, kind in KINDS.items()]
    facts = {"rows": rows, "form": form, "channels": CHANNELS, "sealed_now": is_sealed(own)}
    return page("message_text_list.html", own, here="campaign", **facts), 422 if form.problems() or form.stale else 200


@blueprint.route("/w/<week>/message-texts/<kind>", methods=["GET", "POST"])
@needs(Verb.MESSAGES_EDIT)
def message_text(week: str, kind: str) -> Any:
    """Show the words of a kind as they read, or take what was typed."""
    own, what = edition(week, Verb.MESSAGES_EDIT), KINDS.get(kind) or abort(404)
    form = _form(own, kind, request.form or None)
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate():
        try:
            if request.form.get("do") == "preview":
                look_over(kind, form.values())
                return _page(own, what, form)
            edit_message_text(own.id, kind, form.values(), version=form.read_version, actor=at_work())
        except Refusal as refusal:
            own = edition(week, Verb.MESSAGES_EDIT)
            form.refuse(refusal, _form(own, kind, None))
        else:
            flash(str(_("已保存。还没有发出的消息也用新的文字。")), "yes")
            return redirect(url_for("desk.message_text", week=week, kind=kind), 303)
    return _page(own, what, form), 422 if form.problems() or form.stale else 200


@blueprint.post("/w/<week>/message-texts/<kind>/default")
@needs(Verb.MESSAGES_EDIT)
def message_text_default(week: str, kind: str) -> Any:
    """Go back to the usual words."""
    own = edition(week, Verb.MESSAGES_EDIT)
    if kind not in KINDS:
        abort(404)
    back, said = url_for("desk.message_text", week=week, kind=kind), str(_("已恢复平常的文字。写过的留在历史里。"))
    return act(lambda: reset_message_text(own.id, kind, version=None, actor=at_work()), back, said)


def _hours(week: Week, typed: Any) -> MessageHoursForm:
    hours = hours_of(week.id)
    return MessageHoursForm(typed, data={**vars(hours)})


def _form(week: Week, kind: str, typed: Any) -> MessageTextForm:
    """Return the form with the words in use, so that nobody starts from an empty field."""
    row = find_text(week.id, kind)
    stored = values_of_text(row)
    for tongue in ("zh", "en"):
        usual = usual_wording(kind, tongue)
        for name in TEXT_FIELDS:
            stored[f"{name}_{tongue}"] = stored[f"{name}_{tongue}"] or getattr(usual, name)
    return MessageTextForm(typed, data=stored | {"version": row.version if row else 0})


def _changed(row: MessageText | None) -> bool:
    return row is not None and any(value for name, value in values_of_text(row).items() if name != "channels")


def _latest(week: Week, kind: Kind) -> list[tuple[Any, str, dict[str, str]]]:
    """Return the facts of the newest message of that kind, so that the words are seen with a real person."""
    rows, _total = list_messages(week.code, MessageFilter(template=f"registration/{kind.code}"), lambda _n: (0, 1))
    links = dict.fromkeys(("link", "cancel_link", "answer_link"), "https://…")
    return [
        (_("最近收到的一位"), row.locale, facts_of(week, row.context, row.locale, links)) for row in rows if row.context
    ]


def _page(week: Week, kind: Kind, form: MessageTextForm) -> str:
    typed = MessageText(**{name: value or "" for name, value in form.values().items() if not isinstance(value, list)})
    row = find_text(week.id, kind.code)
    sign = hours_of(week.id).sms_sign
    told = [(word, locale, sample_facts(week, kind.code, locale)) for locale, word in LOCALES]
    shown = [
        (word, locale, compose(wording_of(typed, kind.code, locale), facts, sign))
        for word, locale, facts in [*told, *_latest(week, kind)]
    ]
    return page(
        "message_text.html",
        week,
        here="campaign",
        form=form,
        kind=kind,
        shown=shown,
        own=row,
        changed=_changed(row) or bool(row and row.channels),
        sealed_now=is_sealed(week),
    )
