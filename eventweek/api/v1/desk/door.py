"""Gates and devices of the door. A phone is enrolled at the desk: no secret of it passes here."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, created, needs_key, record, seen_version, sent, text
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.actions.devices import create_gate, edit_gate, stop_gate
from eventweek.checkin.models import Device, Gate
from eventweek.checkin.queries.gates import list_devices, list_gates
from eventweek.checkin.rules import GATE
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week

ONE = "/weeks/<week>/gates/<code>"


@blueprint.get("/weeks/<week>/gates")
@described_as("List the gates", "DeskGates")
@needs_key(Verb.DOOR_MANAGE)
def gate_list(_actor: Actor, week: Week) -> Response:
    """Answer the gates in use."""
    return private({"items": [_gate(gate) for gate in list_gates(week.id)]})


@blueprint.get(ONE)
@described_as("Show a gate", "DeskGate", IF_NONE_MATCH)
@needs_key(Verb.DOOR_MANAGE)
def gate(_actor: Actor, week: Week, code: str) -> Response:
    """Answer a gate with its ETag."""
    return _shown(week, code)


@blueprint.post("/weeks/<week>/gates")
@described_as("Add a gate to a venue", "DeskGate", ONCE, status=201, body="DeskGateNew")
@needs_key(Verb.DOOR_MANAGE)
def gate_create(actor: Actor, week: Week) -> Response:
    """Add an entrance, once."""
    body = sent(fields=("venue", "name_zh", "name_en"))
    venue, zh, en = (text(body, name) for name in ("venue", "name_zh", "name_en"))

    def produce() -> str:
        return create_gate(week.id, venue, Bilingual(zh, en), actor=actor).code

    return created(body, "desk_api.gate", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.patch(ONE)
@described_as("Change name, early opening and the answer to unknown codes", "DeskGate", IF_MATCH, body="DeskGateEdit")
@needs_key(Verb.DOOR_MANAGE)
def gate_edit(actor: Actor, week: Week, code: str) -> Response:
    """Change the fields that are sent."""
    body, version = sent(), seen_version()
    _get(week, code)
    edit_gate(code, body, version=version, actor=actor)
    return _shown(week, code)


@blueprint.put(f"{ONE}/stop")
@described_as("Let nobody in at a gate", "DeskGate", IF_MATCH)
@needs_key(Verb.DOOR_MANAGE)
def gate_stop(actor: Actor, week: Week, code: str) -> Response:
    """Stop a gate."""
    return _set(week, code, True, actor)


@blueprint.delete(f"{ONE}/stop")
@described_as("Let people in at a gate again", "DeskGate", IF_MATCH)
@needs_key(Verb.DOOR_MANAGE)
def gate_go_on(actor: Actor, week: Week, code: str) -> Response:
    """Open a gate again."""
    return _set(week, code, False, actor)


@blueprint.get("/weeks/<week>/devices")
@described_as("List the devices of the door, without their secrets", "DeskDevices")
@needs_key(Verb.DOOR_MANAGE)
def device_list(_actor: Actor, week: Week) -> Response:
    """Answer the devices of the week."""
    return private({"items": [_device(device) for device in list_devices(week.id)]})


def _set(week: Week, code: str, stopped: bool, actor: Actor) -> Response:
    version = seen_version()
    _get(week, code)
    stop_gate(code, stopped=stopped, version=version, actor=actor)
    return _shown(week, code)


def _get(week: Week, code: str) -> Gate:
    found = next((gate for gate in list_gates(week.id) if gate.code == code), None)
    if found is None:
        raise Refusal("gate.not_found")
    return found


def _shown(week: Week, code: str) -> Response:
    found = _get(week, code)
    return record(_gate(found), found.version)


def _gate(own: Gate) -> Facts:
    return {
        "id": own.code,
        "version": own.version,
        "venue": own.venue.code,
        **{name: getattr(own, name) for name in GATE.fields},
        "stopped": own.stopped,
    }


def _device(own: Device) -> Facts:
    times = {
        name: getattr(own, name) for name in ("valid_from", "valid_to", "enrolled_at", "revoked_at", "last_seen_at")
    }
    gates = [row.gate.code for row in own.gates]
    return dict(told({"id": own.code, "name": own.name, "profile": own.profile, "gates": gates, **times}))
