"""Find people by name or by the phone's last four digits; on-line only, counted, never in an address."""

from typing import Any

from flask import render_template, request

from eventweek.checkin.enums import Profile
from eventweek.checkin.queries.holders import list_people
from eventweek.checkin.queries.scans import next_seq
from eventweek.kernel.errors import Refusal
from eventweek.kernel.limits import limited
from eventweek.web.frame import anybody
from eventweek.web.gate.frame import Post, blueprint, current_post, post_url

LOOK_UPS = "20/minute;200/hour"


@blueprint.get("/at/<gate>/<session>/people")
@anybody
def person_list(gate: str, session: str) -> Any:
    """Ask for a name or four digits."""
    return _page(current_post(gate, session), "")


@blueprint.post("/at/<gate>/<session>/people")
@anybody
def person_search(gate: str, session: str) -> Any:
    """List who fits."""
    return _page(current_post(gate, session), request.form.get("words", ""))


def _page(post: Post, words: str) -> str:
    if post.device.profile == Profile.SCAN:
        raise Refusal("device.profile_denied")
    if words:
        limited("gate.people", LOOK_UPS, post.device.code)
    found = list_people(post.device.week_id, post.session.id, words)
    rehearsal = request.args.get("rehearsal") == "1"
    return render_template(
        "gate/people.html",
        post=post,
        words=words,
        found=found,
        seq=next_seq(post.device.id),
        rehearsal=rehearsal,
        search=post_url(post, "gate.person_search", rehearsal=rehearsal),
        back=post_url(post, rehearsal=rehearsal),
    )
