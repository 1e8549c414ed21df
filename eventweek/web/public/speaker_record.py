"""What speakers change of their own record: profile, when they can come, what may be published."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.images import LARGEST
from eventweek.kernel.limits import limited
from eventweek.language import sentence, words
from eventweek.programme.actions.speakers.consents import decide_by_link
from eventweek.programme.actions.speakers.profile import edit_profile, remove_portrait, set_availability, set_portrait
from eventweek.programme.enums import ConsentItem
from eventweek.programme.queries.pictures import digest_of
from eventweek.programme.queries.speakers import Opened, map_consents, publishing_text
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import PERSON
from eventweek.scheduling.media import WEBP, ShownFile
from eventweek.web.forms.speakers import DayForm, ProfileForm, day_values
from eventweek.web.frame import anybody, takes_files
from eventweek.web.public.media import hand_out
from eventweek.web.public.speaker import blueprint, mine, own_page, refused

PORTRAIT_WIDTH = 320


@blueprint.route("/my/part/profile", methods=["GET", "POST"])
@anybody
def profile() -> Any:
    """Show and take what the person says of themself."""
    own = mine()
    form = _profile(own, request.form or None)
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate():
        limited("speaker.change", "120/minute", own.link.code)
        try:
            edit_profile(own.link.code, form.values(), version=form.read_version)
        except Refusal as refusal:
            form.refuse(refusal, _profile(mine(), None))
        else:
            flash(_("已保存，随下一次发布公开。"), "yes")
            return redirect(url_for("speaker.profile"), 303)
    wrong = bool(form.errors or form.form_errors or form.stale)
    return own_page("speaker_profile.html", own, form=form, agreed=_agreed(own)), 422 if wrong else 200


@blueprint.get("/my/part/portrait")
@anybody
def portrait() -> Any:
    """Show the person's own portrait, published or not."""
    own = mine().person.portrait or abort(404)
    answer = hand_out(ShownFile("", digest_of(own, PORTRAIT_WIDTH), WEBP))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/my/part/portrait")
@anybody
@takes_files(LARGEST + 100_000)
def portrait_update() -> Any:
    """Take in another portrait, or take it away."""
    own, sent = mine(), request.files.get("file")
    limited("speaker.portrait", "20/hour", own.link.code)
    try:
        if request.form.get("do") == "remove":
            remove_portrait(own.link.code)
        elif sent is None or not sent.filename:
            flash(_("没有选图片。选一张，再上传。"), "no")
            return redirect(url_for("speaker.profile"), 303)
        else:
            set_portrait(own.link.code, sent.stream.read(LARGEST + 1))
    except Refusal as refusal:
        return refused(refusal, "speaker.profile")
    flash(_("已保存，随下一次发布公开。"), "yes")
    return redirect(url_for("speaker.profile"), 303)


@blueprint.route("/my/part/availability", methods=["GET", "POST"])
@anybody
def availability() -> Any:
    """Show and take when the person can come."""
    own, errors = mine(), list[str]()
    stored = values_of(PERSON, own.person)["availability"]
    days = [entry.day for entry in own.week.days]
    here = [row for row in stored if row["day"] in days]
    forms = [(day, DayForm(request.form or None, prefix=f"{day}-", data=day_values(day, here))) for day in days]
    if request.method == "POST" and all([form.validate() for _day, form in forms]):
        limited("speaker.change", "120/minute", own.link.code)
        try:
            set_availability(own.link.code, [row for day, form in forms for row in form.rows(day)], version=None)
        except Refusal as refusal:
            errors = _sentences(refusal)
        else:
            flash(_("已保存，主办方排时间时会看到。"), "yes")
            return redirect(url_for("speaker.availability"), 303)
    wrong = bool(errors or any(form.errors for _day, form in forms))
    return own_page("speaker_availability.html", own, forms=forms, errors=errors), 422 if wrong else 200


@blueprint.route("/my/part/consents", methods=["GET", "POST"])
@anybody
def consents() -> Any:
    """Show and take what may be published of the person."""
    own = mine()
    if request.method == "POST":
        limited("speaker.change", "120/minute", own.link.code)
        sent = {item: request.form.get(item) for item in words.CONSENTS}
        wanted = {item: value == "yes" for item, value in sent.items() if value in ("yes", "no")}
        try:
            decide_by_link(own.link.code, wanted, text=_number(request.form.get("text", "")))
        except Refusal as refusal:
            return refused(refusal, "speaker.consents")
        flash(_("已保存。收回的，从下一次发布起不再公开。"), "yes")
        return redirect(url_for("speaker.consents"), 303)
    kept, text = map_consents(own.week.id, own.person.id), publishing_text(own.week)
    return own_page("speaker_consents.html", own, kept=kept, text=text, items=words.CONSENTS)


def _agreed(own: Opened) -> bool:
    consent = map_consents(own.week.id, own.person.id).get(ConsentItem.PORTRAIT)
    return bool(consent and consent.given)


def _profile(own: Opened, typed: Any) -> ProfileForm:
    return ProfileForm(typed, data=values_of(PERSON, own.person) | {"version": own.person.version})


def _sentences(refusal: Refusal) -> list[str]:
    if not isinstance(refusal, Invalid):
        return [sentence(refusal)]
    return list(dict.fromkeys(sentence(Refusal(error.code, **error.facts)) for error in refusal.errors))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
