"""Messages to many: written, looked at, tried, planned, taken back, and how far they went."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.campaigns.actions.composing import (
    cancel_campaign,
    create_campaign,
    edit_campaign,
    schedule_campaign,
    try_campaign,
    values_of,
)
from eventweek.campaigns.enums import CampaignState
from eventweek.campaigns.models import Campaign
from eventweek.campaigns.queries import count_people, find_campaign, list_campaigns, list_people, wording_of
from eventweek.campaigns.rules import NAMES, STATES, WAYS, read_audience
from eventweek.kernel.errors import Refusal
from eventweek.language.words import REGISTERED
from eventweek.outbox.queries import count_states
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import list_cities
from eventweek.programme.queries.parts import list_choosable_sessions, list_kinds
from eventweek.registration.queries.message_texts import facts_of, hours_of
from eventweek.registration.wording import compose
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, is_sealed, page
from eventweek.web.desk.messages import STATES as MESSAGE_STATES
from eventweek.web.desk.shelves import choices
from eventweek.web.forms.messages import CHANNELS, CampaignForm, SendingForm
from eventweek.web.frame import best, language, needs
from eventweek.web.public.frame import day_name

STANDS = {
    "draft": _("草稿"),
    "scheduled": _("等时间到"),
    "sending": _("正在发"),
    "done": _("发完了"),
    "cancelled": _("已撤回"),
}
LOOKS = {"draft": "plain", "scheduled": "wait", "sending": "wait", "done": "yes", "cancelled": "no"}
SAMPLES = 3
PARTS = ("states", "session", "kind", "city", "day", "way")


@blueprint.get("/w/<week>/campaigns")
@needs(Verb.MESSAGES_EDIT)
def campaign_list(week: str) -> str:
    """List the messages to many, the newest first, with the ways on to texts and single messages."""
    own = edition(week, Verb.MESSAGES_EDIT)
    facts: dict[str, Any] = {
        "rows": list_campaigns(own.id),
        "counts": count_states(own.code),
        "message_states": MESSAGE_STATES,
    }
    return page("campaign_list.html", own, stands=STANDS, looks=LOOKS, sealed_now=is_sealed(own), **facts)


@blueprint.route("/w/<week>/campaigns/new", methods=["GET", "POST"])
@needs(Verb.MESSAGES_EDIT)
def campaign_new(week: str) -> Any:
    """Ask for the words and the people, then keep a draft."""
    own = edition(week, Verb.MESSAGES_EDIT)
    form = _form(own, None, request.form or None)
    if request.method == "POST" and form.validate():
        try:
            made = create_campaign(own.id, _values(form), actor=at_work())
        except Refusal as refusal:
            own = edition(week, Verb.MESSAGES_EDIT)
            form.refuse(refusal)
        else:
            flash(str(_("草稿存好了。先看看样子，试发给自己，再发。")), "yes")
            return redirect(url_for("desk.campaign", week=week, code=made.code), 303)
    text = page("campaign_edit.html", own, form=form, own=None, names=NAMES, back=_list(week))
    return text, 422 if form.problems() else 200


@blueprint.route("/w/<week>/campaigns/<code>/edit", methods=["GET", "POST"])
@needs(Verb.MESSAGES_EDIT)
def campaign_edit(week: str, code: str) -> Any:
    """Change the words or the people of what has not gone yet."""
    own = edition(week, Verb.MESSAGES_EDIT)
    found = find_campaign(own.id, code) or abort(404)
    form = _form(own, found, request.form or None)
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate():
        try:
            edit_campaign(own.id, code, _values(form), version=form.read_version, actor=at_work())
        except Refusal as refusal:
            own = edition(week, Verb.MESSAGES_EDIT)
            found = find_campaign(own.id, code) or abort(404)
            form.refuse(refusal, _form(own, found, None))
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.campaign", week=week, code=code), 303)
    text = page("campaign_edit.html", own, form=form, own=found, names=NAMES, back=_one(week, code))
    return text, 422 if form.problems() or form.stale else 200


@blueprint.get("/w/<week>/campaigns/<code>")
@needs(Verb.MESSAGES_EDIT)
def campaign(week: str, code: str) -> str:
    """Show how it reads for three people, how many there are, and how far it went."""
    own = edition(week, Verb.MESSAGES_EDIT)
    found = find_campaign(own.id, code) or abort(404)
    audience = read_audience(found.audience)
    open_still = found.state in (CampaignState.DRAFT, CampaignState.SCHEDULED)
    return page(
        "campaign.html",
        own,
        own=found,
        people=count_people(own, audience) if open_still else found.people,
        samples=_samples(own, found),
        told=_told(own, found),
        counts=count_states(own.code, code),
        form=SendingForm(),
        stands=STANDS,
        looks=LOOKS,
        message_states=MESSAGE_STATES,
        channels=CHANNELS,
        open_still=open_still and not is_sealed(own),
        stoppable=found.state in (CampaignState.SCHEDULED, CampaignState.SENDING) and not is_sealed(own),
    )


@blueprint.post("/w/<week>/campaigns/<code>/sending")
@needs(Verb.MESSAGES_EDIT)
def campaign_sending(week: str, code: str) -> Any:
    """Let it go, now or at the time typed."""
    own, form = edition(week, Verb.MESSAGES_EDIT), SendingForm(request.form)
    if not form.validate():
        flash("".join(said for *_place, said in form.problems()), "no")
        return redirect(_one(week, code), 303)
    at = form.at.data and form.at.data.replace(tzinfo=ZoneInfo(own.timezone))
    return _act(week, code, lambda number: schedule_campaign(number, code, at, actor=at_work()), str(_("安排好了。")))


@blueprint.post("/w/<week>/campaigns/<code>/trial")
@needs(Verb.MESSAGES_EDIT)
def campaign_trial(week: str, code: str) -> Any:
    """Send it to whoever is signed in."""
    return _act(week, code, lambda number: try_campaign(number, code, actor=at_work()), str(_("试发到你的邮箱了。")))


@blueprint.post("/w/<week>/campaigns/<code>/cancellation")
@needs(Verb.MESSAGES_EDIT)
def campaign_cancellation(week: str, code: str) -> Any:
    """Take it back."""
    said = str(_("已撤回。已经发出的收不回来，没发的不会再发。"))
    return _act(week, code, lambda number: cancel_campaign(number, code, actor=at_work()), said)


def _act(week: str, code: str, verb: Any, said: str) -> Any:
    own = edition(week, Verb.MESSAGES_EDIT)
    return act(lambda: verb(own.id), _one(week, code), said, none="campaign.not_found")


def _one(week: str, code: str) -> str:
    return url_for("desk.campaign", week=week, code=code)


def _list(week: str) -> str:
    return url_for("desk.campaign_list", week=week)


def _form(week: Week, found: Campaign | None, typed: Any) -> CampaignForm:
    stored: dict[str, Any] = values_of(found) if found else {}
    audience = read_audience(stored.pop("audience", {}))
    stored |= audience.told() | {"version": found.version if found else 0}
    form = CampaignForm(typed, data=stored)
    every = [("", str(_("不限")))]
    form.states.offer([(code, REGISTERED[code]) for code in STATES])
    form.session.offer(every + [(s.code, best(s.title)) for s in list_choosable_sessions(week.id)])
    form.kind.offer(every + choices(list_kinds(week.id)))
    form.city.offer(every + choices([row.city for row in week.cities] or list_cities()))
    form.way.offer(every + list(zip(WAYS, (str(_("到现场")), str(_("线上参加"))), strict=True)))
    form.day.offer(every + [(row.day.isoformat(), day_name(row.day)) for row in week.days])
    return form


def _values(form: CampaignForm) -> dict[str, Any]:
    values = form.values()
    audience = {name: values.pop(name) for name in PARTS}
    return values | {"audience": audience}


def _samples(week: Week, own: Campaign) -> list[tuple[str, Any]]:
    """Return what the first people of the audience would read, in their own language."""
    sign, links = hours_of(week.id).sms_sign, {"link": "https://…"}
    found = []
    for one in list_people(week, read_audience(own.audience), 0, SAMPLES):
        locale = one.attendee.locale
        facts = facts_of(week, {"name": one.attendee.name}, locale, links)
        found.append((locale, compose(wording_of(own, locale), facts, sign)))
    return found


def _told(week: Week, own: Campaign) -> list[tuple[str, str]]:
    """Return the audience in words."""
    form = _form(week, own, None)
    chosen = [(field.label.text, form[field.name]) for field in form if field.name in PARTS]
    comma = ", " if language() == "en" else "、"
    told = []
    for word, field in chosen:
        named = [str(choice[1]) for choice in field.iter_choices() if choice[0] in _asked(field)]
        told += [(str(word), comma.join(named))] if named else []
    return told


def _asked(field: Any) -> list[str]:
    value = field.data if isinstance(field.data, list) else [field.data]
    return [code for code in value if code]
