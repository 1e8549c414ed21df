"""Gates and devices of the door. A phone is enrolled at the desk: no secret of it passes here."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, record, seen_version
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.actions.devices import stop_gate
from eventweek.checkin.models import Device, Gate
from eventweek.checkin.queries.gates import list_devices, list_gates
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
        "name": {"zh": own.name.zh, "en": own.name.en},
        "opens_before_min": own.opens_before_min,
        "stopped": own.stopped,
    }


def _device(own: Device) -> Facts:
    times = {
        name: getattr(own, name) for name in ("valid_from", "valid_to", "enrolled_at", "revoked_at", "last_seen_at")
    }
    gates = [row.gate.code for row in own.gates]
    return dict(told({"id": own.code, "name": own.name, "profile": own.profile, "gates": gates, **times}))
