"""Pick sessions without an account, see what clashes, register for all of them at once."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from eventweek.audit.actors import VISITOR
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_code
from eventweek.language import say, sentence
from eventweek.programme.enums import ClashPolicy
from eventweek.programme.models import Week
from eventweek.programme.queries.consents import mark_of
from eventweek.registration.actions import Basket, Item, Outcome, register
from eventweek.registration.contacts import one_spelling, parse_email, parse_phone, read_contact
from eventweek.registration.enums import State
from eventweek.registration.models import Pass
from eventweek.registration.queries import OfferingFacts, find_consent_text, find_pass, is_proven, list_clashes_of
from eventweek.registration.queries.strikes import find_record, find_rule
from eventweek.registration.rules import Clash, Stop
from eventweek.registration.strikes import say_rule
from eventweek.web.forms import show_errors
from eventweek.web.forms.registration import Register
from eventweek.web.frame import anybody, language, takes_files
from eventweek.web.public import device
from eventweek.web.public.asking import ask, reachable, take_code
from eventweek.web.public.choices import Choice, choices_of, choosable
from eventweek.web.public.frame import edition
from eventweek.web.public.frame import say as name
from eventweek.web.public.particulars import LONGEST_REQUEST, Asking, asking_of

blueprint = Blueprint("mine", __name__)
KNOWN = ("name", "phone", "email", "organisation")


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Forbid caches to keep what belongs to one device."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.app_template_global("overlapping")
def overlapping(clashes: list[Clash], code: str) -> list[Stop]:
    """Return what overlaps with one session."""
    pairs = [(c.first, c.second) for c in clashes if c.kind == "overlap"]
    return [a if b.code == code else b for a, b in pairs if code in (a.code, b.code)]


@blueprint.app_template_global("titles")
def titles(stops: list[Stop]) -> str:
    """Return the titles of sessions as one list in the page's language."""
    left, right = ("“", "”") if language() == "en" else ("「", "」")
    return str(_("，")).join(f"{left}{name({'zh': s.title_zh, 'en': s.title_en})}{right}" for s in stops)


@blueprint.post("/w/<week>/picks")
@anybody
def pick(week: str) -> Any:
    """Take sessions into the basket; sent from pages without a cookie, so the origin is asked instead of a token."""
    own, sessions = edition(week)
    if not device.is_from_our_page():
        abort(400)
    known = {s.code for s in choosable(own, sessions)[0]}
    wanted = [code for code in request.form.getlist("s") if code in known]
    device.fill_basket(own.code, device.basket(own.code) + wanted)
    chosen = request.form.getlist("online")
    device.choose_online(own.code, [c for c in device.online(own.code) if c not in wanted] + chosen)
    return redirect(url_for(".basket", week=own.code), 303)


@blueprint.route("/w/<week>/basket", methods=["GET", "POST"])
@anybody
@takes_files(LONGEST_REQUEST)
def basket(week: str) -> Any:
    """Show what was picked with one form for all of it; register on sending."""
    own, sessions = edition(week)
    if "drop" in request.form:
        device.fill_basket(own.code, [code for code in device.basket(own.code) if code != request.form["drop"]])
    picked = device.basket(own.code)
    if (
        not picked
        and request.method == "POST"
        and "drop" not in request.form
        and any(held.week_id == own.id for held in device.own_passes())
    ):
        flash(_("没有待交的场次。报上的都在这里。"), "ask")
        return redirect(url_for("mine.my_week"), 303)
    sessions, opened = choosable(own, sessions)
    own_picks = [s for code in picked for s in sessions if s.code == code]
    chosen = choices_of(own_picks, request.form, opened, device.online(own.code))
    form = Register()
    asking = asking_of(own, _ready(chosen), _asked(own, form), request.form)
    if form.validate_on_submit() and "drop" not in request.form and not asking.faults():
        try:
            take_code(form)
            return _registered(week, chosen, _send(own, form, chosen, asking))
        except Invalid as invalid:
            _show(own, form, chosen, asking, invalid)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
    wrong = form.errors or asking.faults() or any(choice.errors for choice in chosen)
    return _page(own, form, chosen, asking), 422 if wrong else 200


def _asked(week: Week, form: Register) -> Pass | None:
    """Return whom the form is about: who was chosen, at first the newest pass of the device, as the page proposes."""
    if form.is_submitted():
        return _holder(week, form.who.data or "")
    return next((own for own in reversed(device.own_passes()) if own.week_id == week.id), None)


def _ready(chosen: list[Choice]) -> list[OfferingFacts]:
    """Return the offerings that one can register for now."""
    return [c.offering for c in chosen if c.offering and c.ready]


def _send(week: Week, form: Register, chosen: list[Choice], asking: Asking) -> list[Outcome]:
    """Register what can be registered for; what cannot stays in the basket with its reason."""
    holder = _holder(week, form.who.data or "")
    limited("register", "20/minute;100/hour", device.browser())
    limited(
        "register.contact",
        "10/minute;40/hour",
        f"{week.id} {one_spelling(form.phone.data, form.email.data) or form.who.data}",
    )
    limited("register.address", "600/minute", request.remote_addr or "")
    items, errors = _items(chosen, asking)
    if errors:
        raise Invalid(errors if holder else [*errors, *_faults_of(form)])
    if not items:
        raise Refusal("basket.shut")
    known: dict[str, Any] = {} if holder else {name: form[name].data or "" for name in KNOWN}
    wanted = Basket(
        week_id=week.id,
        items=tuple(items),
        consent=bool(form.consent.data),
        consent_text=clean_line((form.consent_text.data or "")[:80], 80),
        locale=language(),
        pass_id=holder.id if holder else None,
        proof=(form.proof.data or "")[:32] if is_proven(form.proof.data or "") else "",
        work=form.sent_work,
        answers=asking.answers(),
        consents=asking.consents(),
        under_age=asking.under_age,
        id_type=asking.id_type,
        id_number=asking.id_number,
        **known,
    )
    return register(wanted, actor=VISITOR, key=clean_line(form.key.data or "", 80) or random_code(20))


def _faults_of(form: Register) -> list[FieldError]:
    """Return what is wrong with the person's own part, said together with a choice that is missing."""
    _contact, errors = read_contact(*(form[name].data or "" for name in KNOWN[:3]))
    return errors if form.consent.data else [*errors, FieldError("consent", "consent.required")]


def _items(chosen: list[Choice], asking: Asking) -> tuple[list[Item], list[FieldError]]:
    items, errors = [], []
    for choice in chosen:
        if choice.offering is None:
            errors += [FieldError(choice.session.code, "basket.slot")] if choice.slots else []
        elif choice.ready:
            own = choice.offering
            items.append(Item(own.code, choice.seats, asking.answers(own.code), own.invitation, choice.online))
    return items, errors


def _show(week: Week, form: Register, chosen: list[Choice], asking: Asking, invalid: Invalid) -> None:
    """Put each sentence where it belongs: at the session it concerns, at the field, or at the top."""
    rest = []
    if any(error.code in ("contact.unproven", "work.missing") for error in invalid.errors):
        _ask(week, form)
        return
    for error in invalid.errors:
        at = next((c for c in chosen if error.field in (c.session.code, c.offering.code if c.offering else "")), None)
        if at:
            at.errors.append(say(error.code, error.facts))
        elif not asking.take(error):
            rest.append(error)
    if any(error.code == "consent.changed" for error in rest):
        form.consent.data = False
    show_errors(form, Invalid(rest))


def _ask(week: Week, form: Register) -> None:
    """Send a code to whom the form is about; whoever cannot be reached is told what to fill in instead."""
    holder = _holder(week, form.who.data or "")
    try:
        if holder:
            contact = reachable(holder.attendee.phone_e164, holder.attendee.email)
        else:
            contact = reachable(parse_phone(form.phone.data or ""), parse_email(form.email.data or ""))
    except Refusal as refusal:
        form.email.errors = [sentence(refusal)]
    else:
        ask(week, form, contact)


def _registered(week: str, chosen: list[Choice], outcomes: list[Outcome]) -> Any:
    """Lead to the pass; what could not be sent and may open again stays in the basket, and is said."""
    own = outcomes[0].issued or find_pass(outcomes[0].pass_id) or abort(404)
    left = [c.session.code for c in chosen if not c.ready and c.seats_words]
    device.fill_basket(week, left)
    device.choose_online(week, [])
    confirmed = sum(outcome.state == State.CONFIRMED for outcome in outcomes)
    words = [ngettext("%(num)s 场已报名", "%(num)s 场已报名", confirmed)] if confirmed else []
    applied = sum(outcome.state == State.APPLIED for outcome in outcomes)
    words += [ngettext("%(num)s 场等审核", "%(num)s 场等审核", applied)] if applied else []
    words += [_("候补第 %(n)s 位", n=outcome.position) for outcome in outcomes if outcome.position]
    flash(_("办好了：%(what)s", what=_("，").join(words)), "yes" if confirmed else "ask")
    if left:
        flash(
            ngettext(
                "%(num)s 场现在报不了，还留在“填表报名”里。", "%(num)s 场现在报不了，还留在“填表报名”里。", len(left)
            ),
            "ask",
        )
    answer: Any = redirect(url_for("mine.show_pass", of=own.code), 303)
    return device.remember(answer, own)


def _holder(week: Week, code: str) -> Pass | None:
    own = device.own_pass(code) if code else None
    return own if own and own.week_id == week.id else None


def _clashes(week: Week, holder: Pass | None, chosen: list[Choice]) -> list[Clash]:
    """Return what clashes of what one can register for; of somebody new a single session clashes with nothing."""
    ready = _ready(chosen)
    if not ready or (holder is None and sum(len(own.sessions) for own in ready) < 2):
        return []
    online = [c.offering.code for c in chosen if c.offering and c.online]
    return list_clashes_of(week.id, [own.code for own in ready], holder.id if holder else None, online)


def _page(week: Week, form: Register, chosen: list[Choice], asking: Asking) -> str:
    ready = _ready(chosen)
    held = [own for own in device.own_passes() if own.week_id == week.id]
    holder = _holder(week, form.who.data or "")
    clashes = _clashes(week, holder, chosen)
    if not form.key.data:
        form.key.process(MultiDict({"key": random_code(20)}))
    text, rule, asked = find_consent_text(week), find_rule(week.id), _asked(week, form)
    form.consent_text.data = mark_of(text) if text else ""
    return render_template(
        "public/basket.html",
        week=week,
        form=form,
        chosen=chosen,
        ready=len(ready),
        clashes=clashes,
        held=held,
        consent=text,
        bad=[choice for choice in chosen if choice.errors],
        works=any(offering.needs_work for offering in ready),
        proven=is_proven(form.proof.data or ""),
        refuses=week.clash_policy == ClashPolicy.REFUSE,
        asking=asking,
        rule=say_rule(rule.misses, rule.effect) if rule else None,
        no_shows=find_record(asked) if rule and asked else None,
        who_asked=asked.attendee.name if asked else "",
    )
