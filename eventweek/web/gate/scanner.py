"""The first page (which session, which gate) and the scanner."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, render_template, request

from eventweek.checkin.admission import TABLE
from eventweek.checkin.enums import Profile, ScanKind
from eventweek.checkin.models import Gate
from eventweek.checkin.queries.gates import get_week_of, list_own_gates
from eventweek.checkin.queries.scans import list_last_scans, next_seq
from eventweek.checkin.queries.sessions import DoorSession, count_turnout, list_days
from eventweek.kernel.clock import local_day, now
from eventweek.language import say
from eventweek.web.frame import anybody
from eventweek.web.gate.frame import Post, blueprint, current_device, current_post, post_url


@blueprint.get("/")
@anybody
def start() -> Any:
    """List a day's sessions by venue and gate, the one to open next first; any day but today's is for rehearsal."""
    device = current_device()
    week, gates = get_week_of(device), list_own_gates(device)
    today, days = local_day(now(), week.timezone), list_days(week)
    day = next((day for day in days if day.isoformat() == request.args.get("day")), today)
    by_venue: dict[str, list[DoorSession]] = {}
    for session in days.get(day, []):
        by_venue.setdefault(session.venue_code, []).append(session)
    return render_template(
        "gate/start.html",
        device=device,
        week=week,
        posts=[(gate, by_venue[gate.venue.code]) for gate in gates if gate.venue.code in by_venue],
        gates=gates,
        now=now(),
        day_shown=day,
        others=[other for other, found in days.items() if other != day and _any_at(gates, found)],
        mode={} if day == today else {"rehearsal": "1"},
    )


def _any_at(gates: Sequence[Gate], sessions: list[DoorSession]) -> bool:
    venues = {gate.venue.code for gate in gates}
    return any(session.venue_code in venues for session in sessions)


@blueprint.get("/at/<gate>/<session>")
@anybody
def scanner(gate: str, session: str) -> Any:
    """Show the finder, the field for codes, and who is inside."""
    post = current_post(gate, session)
    return render_template("gate/scanner.html", **scanner_values(post))


@blueprint.get("/at/<gate>/<session>/turnout")
@anybody
def turnout(gate: str, session: str) -> Response:
    """Return registered, arrived and inside for the counter of the page."""
    count = count_turnout(current_post(gate, session).session.id)
    return jsonify({"registered": count.registered, "arrived": count.arrived, "inside": count.inside})


@blueprint.get("/rules.json")
@anybody
def rules() -> Response:
    """Return the rule table by which the door decides."""
    return jsonify(TABLE)


def scanner_values(post: Post) -> dict[str, Any]:
    """Return what the scanner's template shows; the mode is in the address."""
    out, rehearsal = request.args.get("kind") == "out", request.args.get("rehearsal") == "1"
    last = list_last_scans(post.device.id, post.session.id)
    return {
        "post": post,
        "week": get_week_of(post.device),
        "kind": ScanKind.OUT if out else ScanKind.IN,
        "rehearsal": rehearsal,
        "turned": post_url(post, out=not out, rehearsal=rehearsal),
        "rehearsed": post_url(post, out=out, rehearsal=not rehearsal),
        "people": post_url(post, "gate.person_list", rehearsal=rehearsal),
        "seq": next_seq(post.device.id),
        "count": count_turnout(post.session.id),
        "may_find": post.device.profile != Profile.SCAN,
        "last": [(scan, say(f"verdict.{scan.door_reason}", {})) for scan in last],
    }
