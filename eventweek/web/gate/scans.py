"""A scan comes in, by form or by script; the verdict goes out, as a page or as the part of one."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import jsonify, render_template, request

from eventweek.checkin.actions.answers import ScanAnswer
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.enums import Override, Profile, ScanKind
from eventweek.checkin.queries.gates import get_week_of
from eventweek.checkin.queries.holders import is_short_code
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.kernel.limits import limited
from eventweek.language import say
from eventweek.web.frame import anybody
from eventweek.web.gate.frame import Post, blueprint, current_post, post_url, wants_json
from eventweek.web.gate.words import OVERRIDES, SIGNS, WORDS

TYPED = "60/minute"


@blueprint.post("/at/<gate>/<session>/scans")
@anybody
def scan_create(gate: str, session: str) -> Any:
    """Keep a scan and answer it."""
    post = current_post(gate, session)
    sent = _json() if request.is_json else request.form
    if not isinstance(sent, Mapping):
        raise Invalid([FieldError("body", "scan.shape")])
    wanted = read_scan(sent, gate, session)
    if is_short_code(wanted.code):
        limited("gate.typed", TYPED, post.device.code)
    answer = record_scan(post.device, wanted, actor=post.device.actor)
    values = _values(post, answer) | {"sent": {"code": wanted.code, "pass_code": wanted.pass_code}}
    if not wants_json():
        return render_template("gate/verdict.html", **values)
    html = render_template("gate/answer.html", **values)
    keys = ("seq", "colour", "code", "repeat", "rehearsal")
    told = {key: getattr(answer, key) for key in keys}
    count = {"registered": answer.turnout.registered, "arrived": answer.turnout.arrived}
    return jsonify({**told, **count, "inside": answer.turnout.inside, "name": answer.name, "html": html})


def read_scan(sent: Mapping[str, Any], gate: str, session: str) -> ScanRequest:
    """Read what was sent, from a form or from JSON.

    Raises: Invalid with scan.shape at each field of a wrong type, scan.time.
    """
    read = _Reader(sent)
    result = ScanRequest(
        seq=read.number("seq") or 0,
        gate=gate,
        session=session,
        kind=read.text("kind") or ScanKind.IN,
        code=read.text("code"),
        pass_code=read.text("pass_code"),
        annuls=read.number("annuls"),
        override=read.text("override"),
        rehearsal=read.flag("rehearsal"),
        device_time=read.instant("device_time"),
    )
    if read.errors:
        raise Invalid(read.errors)
    return result


def _json() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


class _Reader:
    """Typed fields of an untrusted mapping; what is wrong is collected."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent, self.errors = sent, list[FieldError]()

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        value = self.sent.get(name) or ""
        if isinstance(value, str):
            return value
        self._wrong(name)
        return ""

    def flag(self, name: str) -> bool:
        """Return a truth: JSON's own, or `1` of a form."""
        value = self.sent.get(name)
        return value is True or value == "1"

    def number(self, name: str) -> int | None:
        """Return a whole number of at most 15 digits, None when absent."""
        value = self.sent.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
            return int(value)
        if type(value) is int and abs(value) < 10**15:
            return value
        self._wrong(name)
        return None

    def instant(self, name: str) -> datetime | None:
        """Return a time told in milliseconds since 1970, None when absent."""
        value = self.sent.get(name)
        if value in (None, ""):
            return None
        finite = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not finite or not 0 <= value < 4_102_444_800_000:
            self.errors.append(FieldError(name, "scan.time"))
            return None
        return datetime.fromtimestamp(value / 1000, UTC)

    def _wrong(self, name: str) -> None:
        self.errors.append(FieldError(name, "scan.shape"))


def _values(post: Post, answer: ScanAnswer) -> dict[str, Any]:
    place = answer.session.capacity
    return {
        "post": post,
        "week": get_week_of(post.device),
        "answer": answer,
        "verdict": str(answer.colour),
        "word": WORDS.get((answer.kind, answer.colour), WORDS["in", answer.colour]),
        "sign": SIGNS[answer.colour],
        "why": say(f"verdict.{answer.code}", {}),
        "passed_over": say(f"verdict.{answer.overridden}", {}) if answer.overridden else "",
        "places": None if place is None else max(0, place - answer.turnout.inside),
        "may_override": post.device.profile == Profile.LEAD and answer.colour == "ask" and answer.kind == ScanKind.IN,
        "overrides": [(each.value, OVERRIDES[each]) for each in Override],
        "opens": answer.session.start - timedelta(minutes=post.gate.opens_before_min),
        "next_url": post_url(post, out=answer.kind == ScanKind.OUT, rehearsal=answer.rehearsal),
        "next_seq": answer.seq + 1,
    }
