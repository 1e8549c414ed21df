"""Certificates of attendance: fetched by who attended, checked by whoever is shown one."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from eventweek.checkin.actions.certificates import issue_certificate
from eventweek.checkin.certificates import code_of, grouped
from eventweek.checkin.queries.certificates import Attended, Checked, check_code, get_own, list_own
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language import sentence
from eventweek.language.printing import paper_tongue
from eventweek.language.status import status_of
from eventweek.printing.holders import certificate_pdf
from eventweek.programme.queries import find_current_week, get_week
from eventweek.registration.contacts import mask_name
from eventweek.registration.models import Pass
from eventweek.web.files import show_pdf
from eventweek.web.forms.registration import CheckCertificate
from eventweek.web.frame import anybody, language
from eventweek.web.public import device
from eventweek.web.public.basket import blueprint
from eventweek.web.public.frame import base_url
from eventweek.web.public.my_week import asked
from eventweek.web.public.passes import unseen


@blueprint.get("/my/certificates")
@anybody
def certificates() -> Any:
    """List what one person of this device may get a certificate for, and why not yet."""
    own = asked()
    if own is None:
        return render_template("public/my_nobody.html", week=find_current_week())
    return unseen(
        render_template(
            "public/certificates.html",
            week=get_week(own.week_id),
            own=own,
            held=device.own_passes(),
            items=list_own(own),
            codes=_code,
            sentence=sentence,
        )
    )


@blueprint.post("/my/certificates")
@anybody
def certificate_new() -> Any:
    """Give somebody of this device their certificate, and lead back to the list."""
    own = asked()
    if own is None:
        raise Refusal("certificate.not_found")
    kind, code = request.form.get("kind", "")[:12], request.form.get("code", "")[:40]
    try:
        limited("my.change", "30/minute", own.code)
        issue_certificate(own.id, kind, code)
    except Refusal as refusal:
        flash(sentence(refusal), "no")
    return redirect(url_for("mine.certificates", of=own.code), 303)


@blueprint.get("/my/certificates/<code>.pdf")
@anybody
def certificate_file(code: str) -> Response:
    """Open a certificate of somebody of this device; it is set anew each time and kept nowhere."""
    own = _owner(code)
    limited("certificate.pdf", "10/minute;60/hour", own.code)
    tongue = paper_tongue("en" if language() == "en" else "zh")
    return unseen(show_pdf(certificate_pdf(own, code, tongue, base_url()), f"certificate-{code}.pdf"))


@blueprint.route("/verify", methods=["GET", "POST"])
@anybody
def verify() -> Any:
    """Take the code of a certificate and say what it stands for; the code gets into no address."""
    form = CheckCertificate()
    if form.validate_on_submit():
        return _checked(form.code.data or "", form)
    return unseen(render_template("public/verify.html", week=find_current_week(), form=form, checked=None))


@blueprint.get("/verify/<token>")
@anybody
def verify_code(token: str) -> Any:
    """Answer the address in a certificate's QR."""
    return _checked(token, CheckCertificate(formdata=None, data={"code": token[:60]}))


def _checked(text: str, form: CheckCertificate) -> Response:
    limited("certificate.check", "60/minute;600/hour", request.remote_addr or "")
    checked: Checked | None = None
    why, status = "", 200
    try:
        checked = check_code(text[:100])
    except Refusal as refusal:
        why, status = sentence(refusal), status_of(refusal.code)
    page = render_template(
        "public/verify.html",
        week=(checked and checked.week) or find_current_week(),
        form=form,
        checked=checked,
        name=mask_name(checked.name) if checked and checked.name else "",
        why=why,
    )
    return unseen(page, status)


def _owner(code: str) -> Pass:
    """Return the pass of this device whose holder has the certificate; another's is answered like an unknown one."""
    for own in device.own_passes():
        try:
            get_own(own, code)
        except Refusal:
            continue
        return own
    raise Refusal("certificate.not_found")


def _code(one: Attended) -> str:
    """Return the code of a certificate as people read it, empty where the key is gone."""
    try:
        return grouped(code_of(one.row.seed, one.row.key_id)) if one.row else ""
    except Refusal:
        return ""
