"""Shapes and words of messages over the desk's API."""

from typing import Any

from eventweek.api.v1.desk.schemas import (
    INSTANT,
    MOMENT,
    NUMBER,
    TEXT,
    TIME,
    asked_for,
    many,
    optional,
    page_of,
    reference,
    thing,
)
from eventweek.campaigns.enums import CampaignState
from eventweek.campaigns.rules import STATES, WAYS
from eventweek.outbox.enums import Channel, MessageState

Node = dict[str, Any]
_CHANNELS = many({"type": "string", "enum": [str(one) for one in Channel]})
_TONGUES = ("zh", "en")
_WORDS: dict[str, Node] = {
    f"{name}_{tongue}": TEXT
    for name in ("subject", "body", "sms", "sms_template", "wechat", "wechat_template")
    for tongue in _TONGUES
}
_CLOCK: Node = {"type": "string", "description": "local HH:MM"}
_HOURS: dict[str, Node] = {
    "quiet_from": _CLOCK,
    "quiet_until": _CLOCK,
    "remind": {"type": "boolean"},
    "remind_days": {"type": "integer", "minimum": 0, "maximum": 14},
    "remind_at": _CLOCK,
    "sms_sign": TEXT,
}
_AUDIENCE = optional(
    states=many({"type": "string", "enum": list(STATES)}),
    session=TEXT,
    kind=TEXT,
    city=TEXT,
    day=TEXT,
    way={"type": "string", "enum": ["", *WAYS]},
)
_SAID: dict[str, Node] = {
    "purpose": {**TEXT, "description": "what it is for; kept in the audit"},
    "channels": _CHANNELS,
    "audience": _AUDIENCE,
    **{f"{name}_{tongue}": TEXT for name in ("subject", "body", "sms", "sms_template") for tongue in _TONGUES},
}
_STANDS: dict[str, Node] = {
    "id": TEXT,
    "version": NUMBER,
    "state": {"type": "string", "enum": [str(one) for one in CampaignState]},
    "people": {"type": "integer", "description": "how many were written to"},
    **_SAID,
    "send_at": INSTANT,
    "started_at": INSTANT,
    "finished_at": INSTANT,
}
_COUNTS: Node = {"type": "object", "additionalProperties": NUMBER, "description": "messages by state"}
_REACHED: Node = {"type": "integer", "description": "people of the audience now; once it goes, who was written to"}
_TEXT = thing(
    id=TEXT,
    version=NUMBER,
    placeholders={**many(TEXT), "description": "what the words may name in braces"},
    channels=_CHANNELS,
    changed={**many(TEXT), "description": "fields that differ from the usual words"},
    **_WORDS,
)
_MESSAGE = thing(
    id=NUMBER,
    template={**TEXT, "description": "the kind, as registration/confirmed"},
    channel=TEXT,
    state=TEXT,
    attempts=NUMBER,
    error=TEXT,
    person={**TEXT, "description": "code of the pass"},
    created_at=TIME,
    next_at=TIME,
    sent_at=INSTANT,
    delivered_at=INSTANT,
    campaign=TEXT,
)
SHAPES: dict[str, Node] = {
    "DeskMessageText": _TEXT,
    "DeskMessageTexts": thing(items=many(reference("DeskMessageText"))),
    "DeskMessageTextEdit": optional(channels=_CHANNELS, **_WORDS),
    "DeskMessageSettings": thing(**_HOURS, version=NUMBER),
    "DeskMessageSettingsEdit": optional(**_HOURS),
    "DeskMessage": _MESSAGE,
    "DeskMessages": page_of("DeskMessage"),
    "DeskCampaign": thing(**_STANDS, reached=_REACHED, messages=_COUNTS),
    "DeskCampaigns": thing(items=many(thing(**_STANDS))),
    "DeskCampaignNew": {**optional(**_SAID), "required": ["purpose", "subject_zh", "body_zh"]},
    "DeskCampaignEdit": optional(**_SAID),
    "DeskSending": optional(at=MOMENT),
}
STATE = asked_for("state", "only in this state", enum=[str(one) for one in MessageState])
KIND = asked_for("kind", "only of this kind, as registration/confirmed")
CHANNEL = asked_for("channel", "only by this channel", enum=[str(one) for one in Channel])
OF_CAMPAIGN = asked_for("campaign", "only of this campaign")
