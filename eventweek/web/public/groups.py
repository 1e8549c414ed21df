"""Groups: a unit registers people at once, and its leader keeps the list by a link of their own."""

from io import BytesIO
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventweek.kernel.clock import now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.language import say, sentence
from eventweek.language.groups import (
    list_of_members,
    packed,
    place_of,
    problems_of_members,
    read_members,
    sentence_of,
    template_of_members,
    unpacked,
)
from eventweek.language.words import REGISTERED
from eventweek.language.workbooks import XLSX
from eventweek.programme.models import Week
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.actions import (
    Checked,
    Successor,
    Unit,
    add_members,
    cancel_member,
    check_members,
    register_group,
    swap_member,
)
from eventweek.registration.contacts import one_spelling
from eventweek.registration.enums import InvitationKind
from eventweek.registration.members import MOST_MEMBERS, Member, lines_of, read_lines
from eventweek.registration.models import RegistrationGroup
from eventweek.registration.queries import OfferingFacts, find_consent_text
from eventweek.registration.queries.groups import (
    find_group_by_token,
    find_offering_of_group,
    list_groups,
    list_live_members,
    must_answer_each,
)
from eventweek.registration.queries.invitations import list_invited
from eventweek.registration.rules import why_no_change_of_group
from eventweek.scheduling.queries import PublishedSession
from eventweek.web.forms import show_errors
from eventweek.web.forms.groups import Group, Members, Problems
from eventweek.web.forms.registration import Cancel, HandOver
from eventweek.web.frame import anybody, language, takes_files
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import edition
from eventweek.web.public.passes import unseen
from eventweek.web.public.seats import offerings_of

LARGEST_FILE = 1_000_000


@blueprint.route("/w/<week>/group/<code>", methods=["GET", "POST"])
@anybody
@takes_files(LARGEST_FILE)
def group_new(week: str, code: str) -> Any:
    """Ask for a unit and its people; look at them first, then register them all."""
    own, session, offering, unit = _offered(week, code)
    form, checked, members = Group(data={"unit": unit}), Checked(), list[Member]()
    link = offering.invitation
    if form.validate_on_submit():
        try:
            _count(own, form)
            members = _sent(form)
            if request.form.get("do") == "check":
                checked = check_members(own.id, offering.code, members, locale=language(), invitation=link)
            else:
                checked = register_group(own.id, offering.code, _unit(form), members, invitation=link)
            if checked.group:
                return _registered(checked)
            _keep(form, members, checked)
        except Invalid as invalid:
            _keep(form, members, checked)
            show_errors(form, invalid)
        except Refusal as refusal:
            form.lines.errors = [sentence(refusal)]
    words = {"session": session, "offering": offering, "consent": find_consent_text(own)}
    words["each"] = must_answer_each(own.id, offering)
    page = render_template(
        "public/group_new.html", week=own, form=form, most=MOST_MEMBERS, **words, **_told(checked, members)
    )
    return page, 422 if form.errors or checked.problems else 200


@blueprint.get("/w/<week>/group/template.xlsx")
@anybody
def group_template(week: str) -> Response:
    """Give the sheet to fill in."""
    edition(week)
    return _book(template_of_members(), f"{week}-{_('团体报名')}.xlsx")


@blueprint.post("/w/<week>/group/<code>/problems.xlsx")
@anybody
@takes_files(LARGEST_FILE)
def group_problems(week: str, code: str) -> Any:
    """Give the rows back with what is wrong beside each."""
    own, _session, offering, _unit_name = _offered(week, code)
    form = Problems()
    if not form.validate_on_submit():
        abort(400)
    limited("group.check", "20/minute;100/hour", device.browser())
    members = unpacked(form.sent.data or "")
    checked = check_members(own.id, offering.code, members, locale=language(), invitation=offering.invitation)
    return _book(problems_of_members(members, checked.problems), f"{week}-{_('团体报名')}-{_('问题')}.xlsx")


@blueprint.get("/g/<token>")
@anybody
def group_exchange(token: str) -> Any:
    """Exchange the leader's link for this device's memory."""
    limited("pass.link", "120/minute", request.remote_addr or "")
    group = find_group_by_token(token)
    if group is None:
        return unseen(render_template("public/link_unknown.html", week=find_current_week()), 404)
    device.lead(group.code)
    return unseen(redirect(url_for("mine.group", code=group.code), 303))


@blueprint.route("/my/groups/<code>", methods=["GET", "POST"])
@anybody
@takes_files(LARGEST_FILE)
def group(code: str) -> Any:
    """Show the leader's list, and add people to it."""
    own = _led(code)
    form, checked, members = Members(), Checked(), list[Member]()
    if form.validate_on_submit():
        try:
            limited("group.change", "30/minute", code)
            members = _sent(form)
            checked = add_members(code, members)
            if not checked.problems:
                flash(_counted(checked), "yes")
                return redirect(url_for("mine.group", code=code), 303)
            _keep(form, members, checked)
        except Refusal as refusal:
            form.lines.errors = [sentence(refusal)]
    page = render_template("public/group.html", form=form, **_shown(own), **_told(checked, members))
    return page, 422 if form.errors or checked.problems else 200


@blueprint.get("/my/groups/<code>/list.xlsx")
@anybody
def group_list(code: str) -> Response:
    """Give the list as a workbook."""
    own = _led(code)
    return _book(list_of_members(list_live_members(own.id)), f"{own.unit}.xlsx")


@blueprint.route("/my/groups/<code>/members/<member>", methods=["GET", "POST"])
@anybody
def group_member(code: str, member: str) -> Any:
    """Ask who comes instead of one of the group, then give them the place."""
    own = _led(code)
    shown, form = _shown(own), HandOver()
    row = next((row for row in shown["members"] if row.code == member), None) or abort(404)
    if form.validate_on_submit():
        try:
            limited("group.change", "30/minute", code)
            known = {name: form[name].data or "" for name in ("name", "phone", "email")}
            swap_member(code, member, Successor(**known, consent=bool(form.consent.data), locale=language()))
        except Invalid as invalid:
            show_errors(form, invalid)
        except Refusal as refusal:
            form.form_errors.append(sentence(refusal))
        else:
            flash(_("换好了，新来的人有自己的入场码。"), "yes")
            return redirect(url_for("mine.group", code=code), 303)
    page = render_template("public/group_member.html", form=form, row=row, stop=Cancel(), **shown)
    return page, 422 if form.errors else 200


@blueprint.post("/my/groups/<code>/members/<member>/cancellation")
@anybody
def group_member_cancellation(code: str, member: str) -> Any:
    """Cancel the registration of one of the group."""
    _led(code)
    if not Cancel().validate_on_submit():
        abort(400)
    try:
        limited("group.change", "30/minute", code)
        cancel_member(code, member)
        flash(_("已取消，席位已让给后面的人。"), "yes")
    except Refusal as refusal:
        flash(sentence(refusal), "no")
    return redirect(url_for("mine.group", code=code), 303)


def _offered(week: str, code: str) -> tuple[Week, PublishedSession, OfferingFacts, str]:
    """Return what a unit registers for, and its name where it fills an allotment whose link this browser opened."""
    own, sessions = edition(week)
    link = request.values.get("invitation", "")
    if link:
        held = list_invited(own.id, [link]) if link in device.invitations(own.code) else []
        allotted: Any = next((one for one in held if one.row.kind == InvitationKind.UNIT), None) or abort(404)
        shown: Any = next((s for s in allotted.own.sessions if s.code == code), None) or abort(404)
        return own, shown, allotted.facts, allotted.row.label
    found: Any = next((s for s in sessions if s.code == code), None) or abort(404)
    offerings = offerings_of([found]).get(code) or abort(404)
    wanted = request.values.get("slot", "")
    return own, found, next((o for o in offerings if o.code == wanted), offerings[0]), ""


def _count(week: Week, form: Group) -> None:
    limited("group.check", "20/minute;100/hour", device.browser())
    limited("group.contact", "10/minute;40/hour", f"{week.id} {one_spelling(form.phone.data, form.email.data)}")
    limited("group.address", "120/minute", request.remote_addr or "")


def _sent(form: Members) -> list[Member]:
    """Return the people of the file where one was chosen, else of the lines."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return read_members(file.read(), file.filename)
    return read_lines((form.lines.data or "")[:50_000])


def _keep(form: Members, members: list[Member], checked: Checked) -> None:
    """Let the lines hold what a file said, once nothing is wrong with it: a form cannot keep a file."""
    if request.files.get("file") and members and not checked.problems:
        form.lines.data = lines_of(members)


def _unit(form: Group) -> Unit:
    names = {name: (form[name].data or "")[:300] for name in ("leader", "phone", "email")}
    return Unit((form.unit.data or "")[:300], **names, consent=bool(form.consent.data), locale=language())


def _registered(checked: Checked) -> Any:
    device.lead(checked.group)
    flash(_counted(checked), "yes")
    return redirect(url_for("mine.group", code=checked.group), 303)


def _counted(checked: Checked) -> str:
    """Return what became of the people, in words."""
    sure, waiting, asking = (checked.count(state) for state in ("confirmed", "waitlisted", "applied"))
    words = [ngettext("%(num)s 人已报名", "%(num)s 人已报名", sure)] if sure else []
    words += [ngettext("%(num)s 人候补", "%(num)s 人候补", waiting)] if waiting else []
    words += [ngettext("%(num)s 人等审核", "%(num)s 人等审核", asking)] if asking else []
    return str(_("，")).join(words)


def _told(checked: Checked, members: list[Member]) -> dict[str, Any]:
    """Return what the page says of the rows that were looked at."""
    named = {own.row: own for own in members}
    rows = [
        (own.row, named[own.row].name, place_of(own, named[own.row]), sentence_of(own))
        for own in checked.problems
        if own.row in named
    ]
    good = _counted(checked) if checked.outcomes and not checked.problems else ""
    return {"problems": rows, "good": good, "sent": packed(members) if rows else "", "given": len(members)}


def _led(code: str) -> RegistrationGroup:
    """Return a group whose link this device has opened; another's is answered like an unknown one."""
    found = list_groups([code]) if code in device.led() else []
    return found[0] if found else abort(404)


def _shown(own: RegistrationGroup) -> dict[str, Any]:
    week, offering = get_week(own.week_id), find_offering_of_group(own)
    why, why_none = (why_no_change_of_group(week.state, own.cut_off, now(), adding=so) for so in (False, True))
    return {
        "week": week,
        "group": own,
        "offering": offering,
        "members": list_live_members(own.id),
        "states": REGISTERED,
        "why": say(why.code, why.facts) if why else "",
        "why_none": say(why_none.code, why_none.facts) if why_none else "",
        "most": MOST_MEMBERS,
        "consent": find_consent_text(week),
    }


def _book(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)
