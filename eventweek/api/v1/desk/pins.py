"""What the planner may not change: pins of many sessions at once, those of a day or a track among them."""

from collections.abc import Mapping
from datetime import date

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, once_by_key, sent, text
from eventweek.api.v1.desk.schemas import ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import local_day
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import Week
from eventweek.programme.queries.parts import list_tracks
from eventweek.scheduling.actions.pins import Pins, pin_sessions
from eventweek.scheduling.queries.lines import Line, list_lines

PINS = ("time", "room")


@blueprint.post("/weeks/<week>/pins")
@described_as("Pin sessions, those of a day or of a track, or let them go", "DeskPinned", ONCE, body="DeskPinsNew")
@needs_key(Verb.PLAN_EDIT)
def pins_create(actor: Actor, week: Week) -> Response:
    """Answer how many changed; of several conditions all must fit, without any every session is meant."""
    body = sent(fields=(*PINS, "sessions", "day", "track"))
    pins, codes = pins_of(body), _chosen(week, body)
    changed = once_by_key(body, lambda: pin_sessions(week.id, codes, pins, actor=actor))
    return private({"changed": changed})


def pins_of(body: Mapping[str, object]) -> Pins:
    """Return the pins of what was sent.

    Raises: Invalid json.type.
    """
    wrong = [FieldError(name, "json.type") for name in PINS if not isinstance(body.get(name), bool | None)]
    if wrong:
        raise Invalid(wrong)
    return Pins(*(body.get(name) for name in PINS))  # type: ignore[arg-type]


def _chosen(week: Week, body: Facts) -> list[str]:
    lines, codes = [line for line in list_lines(week.id) if line.start], body.get("sessions")
    if codes is not None:
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise Invalid([FieldError("sessions", "json.type")])
        known = {line.code for line in lines}
        if unknown := [code for code in codes if code not in known]:
            raise Invalid([FieldError("sessions", "reference.unknown", {"code": unknown[0][:16]})])
        lines = [line for line in lines if line.code in codes]
    if "day" in body:
        lines = _of_day(week, lines, text(body, "day"))
    if "track" in body:
        track = text(body, "track")
        own = next((one.id for one in list_tracks(week.id) if one.code == track), None)
        if own is None:
            raise Invalid([FieldError("track", "reference.unknown", {"code": track[:16]})])
        lines = [line for line in lines if line.own.track_id == own]
    return [line.code for line in lines]


def _of_day(week: Week, lines: list[Line], given: str) -> list[Line]:
    try:
        day = date.fromisoformat(given[:20])
    except ValueError:
        raise Invalid([FieldError("day", "json.type")]) from None
    return [line for line in lines if line.start and local_day(line.start, week.timezone) == day]
