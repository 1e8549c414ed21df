"""A badge for who stands at the door: printed on the spot, one at a time."""

from typing import Any

from flask import current_app, request

from eventweek.checkin.enums import Profile
from eventweek.checkin.queries.holders import find_holder
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.language.printing import paper_tongue
from eventweek.printing.actions import print_badge
from eventweek.web.files import show_pdf
from eventweek.web.frame import anybody, language
from eventweek.web.gate.frame import blueprint, current_post


@blueprint.post("/at/<gate>/<session>/badges")
@anybody
def badge_create(gate: str, session: str) -> Any:
    """Answer the badge of a pass that was scanned or found, as a page to print; that it was printed is counted."""
    post = current_post(gate, session)
    if post.device.profile == Profile.SCAN:
        raise Refusal("device.profile_denied")
    limited("gate.badge", "20/minute", post.device.code)
    tongue = paper_tongue("en" if language() == "en" else "zh")
    base, sent = current_app.extensions["eventweek"].base_url, request.form
    code = sent.get("pass_code", "")[:40] or find_holder(post.device.week_id, sent.get("code", "")).pass_code
    pdf = print_badge(post.device.week_id, code, tongue, base, actor=post.device.actor)
    return show_pdf(pdf, "badge.pdf")
