"""The list by which a door device decides off-line, whole or what changed in it. The caller holds a device's key."""

import gzip
import json
from typing import Any

from flask import Response, request

from eventweek.api.v1 import manifest_schemas as schemas
from eventweek.api.v1.frame import Blueprint, anybody
from eventweek.api.v1.scans import KEY, calling_device
from eventweek.api.v1.values import INSTANT, told
from eventweek.checkin.actions.manifests import note_contact, sync_manifest
from eventweek.checkin.models import Gate
from eventweek.checkin.queries.gates import DeviceFacts, get_week_of
from eventweek.checkin.queries.manifests import MOST_SEALS, Delta, Ground, ground_of, list_seals
from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel.clock import now

blueprint = Blueprint("manifest", __name__, description="The list by which door devices decide off-line.")
Facts = dict[str, Any]


@blueprint.get("/manifest")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(schemas.ListWanted, location="query")
@blueprint.response(200, schemas.DoorList)
@anybody
def manifest(wanted: Facts) -> Response:
    """Tell a device its list, or what changed in it

    Ask with `list` and `seq` of the answer before; gates and sessions come whole each time. It holds hashes, states
    and times, no name and no number of anybody. At most 60 times a minute.
    """
    device = calling_device("api.manifest")
    note_contact(device, wanted["clock"])
    ground, delta = _asked(device, wanted)
    return _zipped(
        {
            "list": delta.manifest,
            "seq": delta.seq,
            "whole": delta.whole,
            "week": get_week_of(device).code,
            "clock": round(now().timestamp() * 1000),
            "gates": [_gate(gate) for gate in ground.gates],
            "sessions": [_session(session) for session in ground.sessions],
            "rows": delta.rows,
            "gone": list(delta.gone),
        }
    )


@blueprint.get("/manifest/names")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(schemas.NamesWanted, location="query")
@blueprint.response(200, schemas.DoorNames)
@anybody
def manifest_names(wanted: Facts) -> Response:
    """Tell a device the names of who has to do with its sessions, each sealed for whoever shows the code

    Those whose rows changed after `since`, at most 5,000 a page. At most 60 pages a minute.
    """
    device = calling_device("api.names")
    ground, delta = _asked(device, wanted)
    names = list_seals(device.week_id, delta, ground.sessions, wanted.get("after", ""))
    following = max(names) if len(names) == MOST_SEALS else ""
    return _zipped({"list": delta.manifest, "seq": delta.seq, "names": names, "next": following})


def _asked(device: DeviceFacts, wanted: Facts) -> tuple[Ground, Delta]:
    ground = ground_of(device)
    return ground, sync_manifest(device, ground, wanted["since"], wanted["list"])


def _gate(gate: Gate) -> Facts:
    own = {"code": gate.code, "name": told(gate.name), "venue": gate.venue.code, "unknown_policy": gate.unknown}
    return own | {"opens_before_min": gate.opens_before_min, "stopped": gate.stopped}


def _session(own: DoorSession) -> Facts:
    return {
        "id": own.id,
        "code": own.code,
        "title": told(own.title),
        "room": told(own.room),
        "venue": own.venue_code,
        "start": own.start.strftime(INSTANT),
        "end": own.end.strftime(INSTANT),
        "capacity": own.capacity,
        "open_entry": own.open_entry,
        "cancelled": own.cancelled,
    }


def _zipped(body: Facts) -> Response:
    """Return an answer for its caller only, gzipped where that is understood: phones at a door pay for each byte."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(mimetype="application/json")
    response.headers["Cache-Control"], response.headers["Vary"] = "no-store", "Accept-Encoding"
    if request.accept_encodings["gzip"] > 0:
        data, response.headers["Content-Encoding"] = gzip.compress(data, 6, mtime=0), "gzip"
    response.data = data
    return response
