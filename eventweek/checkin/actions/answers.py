"""What a device is told after a scan: the verdict and the facts its sentence needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eventweek.checkin.admission import Verdict
from eventweek.checkin.enums import Colour
from eventweek.checkin.models import Scan
from eventweek.checkin.queries.holders import Entitlement, Holder
from eventweek.checkin.queries.scans import chain_values, find_first_entry
from eventweek.checkin.queries.sessions import DoorSession, Turnout, count_turnout, list_sessions
from eventweek.checkin.rules import link
from eventweek.kernel.db import Bilingual


@dataclass(frozen=True)
class ScanAnswer:
    """The verdict of a scan; `before` is when and at which gate the holder went in, `right` where they should go.

    `link` is what the device's next scan vouches for as its `prev_hash`.
    """

    seq: int
    kind: str
    colour: Colour
    code: str
    repeat: bool
    overridden: str
    rehearsal: bool
    session: DoorSession
    name: str
    organisation: str
    party: int
    turnout: Turnout
    entitlement: Entitlement
    link: str
    before: tuple[datetime, Bilingual | None] | None = None
    right: DoorSession | None = None


def answer_now(
    scan: Scan,
    decided: Verdict,
    session: DoorSession,
    holder: Holder,
    entitlement: Entitlement,
    scans: Sequence[Scan],
) -> ScanAnswer:
    """Return the answer to a kept scan; `scans` are the holder's earlier ones."""
    entry = find_first_entry(scans) if decided.code == "entry.already_in" else None
    before = (entry[0].effective_time, entry[1].name if entry[1] else None) if entry else None
    return ScanAnswer(
        seq=scan.device_seq,
        kind=scan.kind,
        colour=decided.colour,
        code=decided.code,
        repeat=decided.repeat,
        overridden=decided.overridden,
        rehearsal=scan.rehearsal,
        session=session,
        name=holder.name,
        organisation=holder.organisation,
        party=scan.party,
        turnout=count_turnout(session.id),
        entitlement=entitlement,
        link=link(scan.prev_hash, chain_values(scan)),
        before=before,
        right=_right_session(scan, entitlement) if decided.code == "entry.other_session" else None,
    )


def _right_session(scan: Scan, entitlement: Entitlement) -> DoorSession | None:
    """Return the session of the holder that ends next, else their last."""
    own = [s for s in list_sessions(scan.week_id) if s.id in entitlement.elsewhere and not s.cancelled]
    ahead = [s for s in own if s.end > scan.effective_time]
    return next(iter(ahead), own[-1] if own else None)
