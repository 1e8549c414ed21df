"""Shapes of registrations, holds and classes over the desk's API."""

from typing import Any

from eventweek.api.v1.desk.schemas import CAP, INSTANT, NUMBER, TEXT, TIME, many, optional, thing
from eventweek.programme.rules.values import record_schema
from eventweek.registration.enums import InvitationKind, StrikeDecision, StrikeEffect, StrikeState, Verdict
from eventweek.registration.queries.settings import CLASS, HOLD, HOLD_EDIT, INVITATION, LINK, ONLINE

Node = dict[str, Any]
_CLASS = thing(
    **{"class": TEXT}, cap=CAP, taken=NUMBER, held=NUMBER, waiting=NUMBER, rank=NUMBER, consent={"type": "boolean"}
)
_HOLD = thing(
    id=TEXT,
    version=NUMBER,
    seats_of=TEXT,
    seats=NUMBER,
    left=NUMBER,
    unit={"type": "boolean"},
    owner=TEXT,
    reason=TEXT,
    expires_at=TIME,
)
_INVITATION = thing(
    id=TEXT,
    version=NUMBER,
    kind={"type": "string", "enum": [str(one) for one in InvitationKind]},
    seats_of=TEXT,
    hint=TEXT,
    label=TEXT,
    uses=NUMBER,
    used=NUMBER,
    mailed={"type": "boolean"},
    made_at=TIME,
    expires_at=TIME,
    revoked_at=INSTANT,
    locked={"type": "boolean"},
    why_not={"type": ["string", "null"]},
)
_TOLD: Node = {**_INVITATION, "properties": _INVITATION["properties"] | {"invitation": TEXT, "address": TEXT}}
_ON_LINE = thing(registered=NUMBER, joined=NUMBER)
_WHY: Node = {"oneOf": [thing(code=TEXT, detail=TEXT), {"type": "null"}]}
_SHARE = thing(code=TEXT, name=thing(zh=TEXT, en=TEXT), cap=CAP, taken=NUMBER, waiting=NUMBER)
_REGISTRATION: dict[str, Node] = {
    "id": TEXT,
    "offering": TEXT,
    "class": TEXT,
    "name": TEXT,
    "organisation": TEXT,
    "seats": NUMBER,
    "state": TEXT,
    "end_reason": TEXT,
    "source": TEXT,
    "created_at": TIME,
    "offer_expires_at": INSTANT,
    "review_step": NUMBER,
    "holding": {"type": "boolean"},
    "remark": TEXT,
    "answer": TEXT,
}
FLAG: Node = {"type": "boolean"}
EFFECT: Node = {"type": "string", "enum": [str(one) for one in StrikeEffect]}
_STRIKE = thing(
    id=TEXT,
    registration=TEXT,
    offering=TEXT,
    name=TEXT,
    organisation=TEXT,
    state={"type": "string", "enum": [str(one) for one in StrikeState]},
    given_at=TIME,
    steps=many(thing(at=TIME, to=TEXT, by=TEXT, reason=TEXT, words=TEXT)),
)
SHAPES: dict[str, Node] = {
    "DeskHolds": thing(items=many(_HOLD)),
    "DeskHold": {**_HOLD, "properties": _HOLD["properties"] | {"invitation": TEXT, "address": TEXT}},
    "DeskHoldNew": record_schema(HOLD.fields),
    "DeskHoldEdit": optional(**record_schema(HOLD_EDIT.fields)["properties"]),
    "DeskHoldLink": record_schema(LINK.fields),
    "DeskClass": _CLASS,
    "DeskClassNew": record_schema(CLASS.fields),
    "DeskOnline": thing(
        open={"type": "boolean"},
        before_min=CAP | {"description": "null: as the week says"},
        link=TEXT,
        note_zh=TEXT,
        note_en=TEXT,
        changed_at=INSTANT,
        registered=NUMBER,
        joined=NUMBER,
    ),
    "DeskOnlineNew": record_schema(ONLINE.fields),
    "DeskInvitations": thing(items=many(_INVITATION), page=NUMBER, page_size=NUMBER, pages=NUMBER, total=NUMBER),
    "DeskInvitation": _TOLD,
    "DeskInvitationNew": record_schema(INVITATION.fields),
    "DeskRegistrations": thing(
        items=many(thing(**_REGISTRATION)), page=NUMBER, page_size=NUMBER, pages=NUMBER, total=NUMBER
    ),
    "DeskRegistration": thing(**_REGISTRATION, position=NUMBER, overtaken=NUMBER, why_waiting=_WHY),
    "DeskReview": {
        **optional(
            registrations=many(TEXT), verdict={"type": "string", "enum": [str(one) for one in Verdict]}, reason=TEXT
        ),
        "required": ["registrations", "verdict"],
    },
    "DeskReviewed": thing(items=many(thing(id=TEXT, state=TEXT, why_not=_WHY))),
    "DeskDashboard": thing(
        people=NUMBER,
        seats=NUMBER,
        states={"type": "object", "additionalProperties": NUMBER},
        days=many(thing(day=TEXT, registrations=NUMBER)),
        online=_ON_LINE,
        offerings=many(
            thing(
                offering=TEXT,
                sessions=many(TEXT),
                cap=CAP,
                taken=NUMBER,
                held=NUMBER,
                waiting=NUMBER,
                overbook=NUMBER,
                online=_ON_LINE,
            )
        ),
        cities=many(_SHARE),
        kinds=many(_SHARE),
    ),
    "DeskDuplicates": thing(
        items=many(thing(likeness=TEXT, people=many(thing(**{"pass": TEXT}, name=TEXT, organisation=TEXT))))
    ),
    "DeskMerge": {
        **optional(keep=TEXT, lose=TEXT, reason=TEXT, same_person={"type": "boolean"}),
        "required": ["keep", "lose", "reason"],
    },
    "DeskMerged": thing(code=TEXT, moved=NUMBER, ended=NUMBER),
    "DeskOverbooking": thing(
        items=many(
            thing(
                offering=TEXT,
                kind=TEXT,
                registered=NUMBER,
                came=NUMBER,
                proposed=NUMBER,
                open={"type": "boolean"},
                cap=CAP,
                overbook=NUMBER,
                taken=NUMBER,
                held=NUMBER,
                waiting=NUMBER,
            )
        )
    ),
    "DeskOverbookWord": {**optional(accepted={"type": "boolean"}, reason=TEXT), "required": ["accepted", "reason"]},
    "DeskOverbookDecision": thing(
        offering=TEXT,
        accepted={"type": "boolean"},
        proposed=NUMBER,
        registered=NUMBER,
        came=NUMBER,
        reason=TEXT,
        at=TIME,
    ),
    "DeskStrikeRule": thing(on=FLAG, misses=CAP, effect={"type": ["string", "null"]}, since=INSTANT),
    "DeskStrikeRuleNew": {**optional(misses=NUMBER, effect=EFFECT), "required": ["misses", "effect"]},
    "DeskStrikes": thing(
        items=many(_STRIKE), page=NUMBER, page_size=NUMBER, pages=NUMBER, total=NUMBER, appeals=NUMBER
    ),
    "DeskStrike": _STRIKE,
    "DeskStrikeWord": {
        **optional(decision={"type": "string", "enum": [str(one) for one in StrikeDecision]}, reason=TEXT),
        "required": ["decision", "reason"],
    },
    "DeskWhy": optional(reason=TEXT),
    "DeskMove": {**optional(**{"offering": TEXT, "class": TEXT, "reason": TEXT}), "required": ["offering"]},
}
