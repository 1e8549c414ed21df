"""Messages: the words and hours of a week, what became of each, and messages to many."""

from datetime import datetime
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.message_schemas import CHANNEL, KIND, OF_CAMPAIGN, STATE
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.campaigns.actions.composing import (
    FIELDS,
    cancel_campaign,
    create_campaign,
    edit_campaign,
    schedule_campaign,
    values_of,
)
from eventweek.campaigns.actions.messages import release_addresses, resend_message
from eventweek.campaigns.enums import CampaignState
from eventweek.campaigns.models import Campaign
from eventweek.campaigns.queries import channels_of as channels_of_campaign
from eventweek.campaigns.queries import count_people, find_campaign, list_campaigns
from eventweek.campaigns.rules import read_audience
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.outbox.queries import MessageFilter, count_states, find_message, list_messages
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.rules.checks import localised
from eventweek.registration.actions.message_texts import (
    edit_message_settings,
    edit_message_text,
    reset_message_text,
)
from eventweek.registration.kinds import KINDS, Kind
from eventweek.registration.queries.message_texts import (
    SETTINGS,
    TEXT_FIELDS,
    channels_of,
    find_text,
    hours_of,
    map_texts,
    values_of_text,
    wording_of,
)

WORDS = tuple(f"{name}_{tongue}" for name in TEXT_FIELDS for tongue in ("zh", "en"))
ONE_TEXT, ONE_CAMPAIGN = "/weeks/<week>/message-texts/<code>", "/weeks/<week>/campaigns/<code>"


@blueprint.get("/weeks/<week>/message-texts")
@described_as("List the words of every kind of message, as they are in use", "DeskMessageTexts")
@needs_key(Verb.MESSAGES_EDIT)
def message_text_list(_actor: Actor, week: Week) -> Response:
    """Answer every kind."""
    texts = map_texts(week.id)
    return private({"items": [_text_facts(kind, texts.get(code)) for code, kind in KINDS.items()]})


@blueprint.get(ONE_TEXT)
@described_as("Show the words of a kind of message", "DeskMessageText", IF_NONE_MATCH)
@needs_key(Verb.MESSAGES_EDIT)
def message_text(_actor: Actor, week: Week, code: str) -> Response:
    """Answer a kind with its ETag."""
    return _text(week, code)


@blueprint.patch(ONE_TEXT)
@described_as("Change words and channels of a kind of message", "DeskMessageText", IF_MATCH, body="DeskMessageTextEdit")
@needs_key(Verb.MESSAGES_EDIT)
def message_text_edit(actor: Actor, week: Week, code: str) -> Response:
    """Change the fields that are sent."""
    body, version = sent(fields=(*WORDS, "channels")), seen_version()
    edit_message_text(week.id, code, body, version=version, actor=actor)
    return _text(week, code)


@blueprint.delete(ONE_TEXT)
@described_as("Go back to the usual words", "DeskMessageText", IF_MATCH)
@needs_key(Verb.MESSAGES_EDIT)
def message_text_reset(actor: Actor, week: Week, code: str) -> Response:
    """Put the usual words back and answer them."""
    reset_message_text(week.id, code, version=seen_version(), actor=actor)
    return _text(week, code)


@blueprint.get("/weeks/<week>/message-settings")
@described_as("Show quiet hours, reminder and signature", "DeskMessageSettings", IF_NONE_MATCH)
@needs_key(Verb.MESSAGES_EDIT)
def message_settings(_actor: Actor, week: Week) -> Response:
    """Answer when a week writes to people."""
    return _settings(week)


@blueprint.patch("/weeks/<week>/message-settings")
@described_as(
    "Change quiet hours, reminder and signature", "DeskMessageSettings", IF_MATCH, body="DeskMessageSettingsEdit"
)
@needs_key(Verb.MESSAGES_EDIT)
def message_settings_edit(actor: Actor, week: Week) -> Response:
    """Change the fields that are sent."""
    body, version = sent(fields=SETTINGS), seen_version()
    edit_message_settings(week.id, body, version=version, actor=actor)
    return _settings(week)


@blueprint.get("/weeks/<week>/messages")
@described_as("List messages, the newest first", "DeskMessages", STATE, KIND, CHANNEL, OF_CAMPAIGN, *PAGE)
@needs_key(Verb.MESSAGES_EDIT)
def message_list(_actor: Actor, week: Week) -> Response:
    """Answer one page of messages; addresses and names are not told."""
    given = asked("state", "kind", "channel", "campaign")
    wanted = MessageFilter(
        state=given.get("state", ""),
        template=given.get("kind", ""),
        channel=given.get("channel", ""),
        batch=given.get("campaign", ""),
    )
    return paged(lambda window: Listed(*list_messages(week.code, wanted, window)), _message)


@blueprint.post("/weeks/<week>/messages/<int:message>/copies")
@described_as("Send a settled message again", "DeskMessage", ONCE, status=201)
@needs_key(Verb.MESSAGES_EDIT)
def message_copy(actor: Actor, week: Week, message: int) -> Response:
    """Send it again, once."""

    def produce() -> str:
        return str(resend_message(week.id, message, actor=actor).id)

    return _once_more(week, message, produce)


@blueprint.post("/weeks/<week>/messages/<int:message>/release")
@described_as("Let the addresses of a message be written to again", "DeskMessage", ONCE, status=201)
@needs_key(Verb.MESSAGES_EDIT)
def message_release(actor: Actor, week: Week, message: int) -> Response:
    """Release its addresses, once."""

    def produce() -> str:
        release_addresses(week.id, message, actor=actor)
        return str(message)

    return _once_more(week, message, produce)


@blueprint.get("/weeks/<week>/campaigns")
@described_as("List messages to many, the newest first", "DeskCampaigns")
@needs_key(Verb.MESSAGES_EDIT)
def campaign_list(_actor: Actor, week: Week) -> Response:
    """Answer the campaigns of the week."""
    return private({"items": [told(_campaign(own)) for own in list_campaigns(week.id)]})


@blueprint.post("/weeks/<week>/campaigns")
@described_as(
    "Write a message to many; it goes when it is sent", "DeskCampaign", ONCE, status=201, body="DeskCampaignNew"
)
@needs_key(Verb.MESSAGES_EDIT)
def campaign_create(actor: Actor, week: Week) -> Response:
    """Keep a draft, once."""
    body = sent(fields=FIELDS)

    def produce() -> str:
        return create_campaign(week.id, body, actor=actor).code

    return created(body, "desk_api.campaign", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.get(ONE_CAMPAIGN)
@described_as("Show a message to many and how far it went", "DeskCampaign", IF_NONE_MATCH)
@needs_key(Verb.MESSAGES_EDIT)
def campaign(_actor: Actor, week: Week, code: str) -> Response:
    """Answer a campaign with its ETag."""
    return _shown(week, code)


@blueprint.patch(ONE_CAMPAIGN)
@described_as("Change a message to many before it goes", "DeskCampaign", IF_MATCH, body="DeskCampaignEdit")
@needs_key(Verb.MESSAGES_EDIT)
def campaign_edit(actor: Actor, week: Week, code: str) -> Response:
    """Change the fields that are sent."""
    body, version = sent(fields=FIELDS), seen_version()
    edit_campaign(week.id, code, body, version=version, actor=actor)
    return _shown(week, code)


@blueprint.put(f"{ONE_CAMPAIGN}/sending")
@described_as(
    "Send a message to many, now or at a time", "DeskCampaign", IF_MATCH, body="DeskSending", optional_body=True
)
@needs_key(Verb.MESSAGES_EDIT)
def campaign_sending(actor: Actor, week: Week, code: str) -> Response:
    """Plan it."""
    version, at = seen_version(), _moment(sent(fields=("at",)), week)
    schedule_campaign(week.id, code, at, version=version, actor=actor)
    return _shown(week, code)


@blueprint.put(f"{ONE_CAMPAIGN}/cancellation")
@described_as("Take a message to many back", "DeskCampaign", IF_MATCH)
@needs_key(Verb.MESSAGES_EDIT)
def campaign_cancellation(actor: Actor, week: Week, code: str) -> Response:
    """Stop it where it is."""
    cancel_campaign(week.id, code, version=seen_version(), actor=actor)
    return _shown(week, code)


def _once_more(week: Week, number: int, produce: Any) -> Response:
    def show(_code: str) -> Response:
        row = find_message(week.code, number)
        if row is None:
            raise Refusal("message.not_found")
        return private(_message(row))

    return created({}, "desk_api.message_list", produce, show, week=week.code)


def _text(week: Week, code: str) -> Response:
    if code not in KINDS:
        raise Refusal("message_kind.not_found")
    row = find_text(week.id, code)
    return record(_text_facts(KINDS[code], row), row.version if row else 0)


def _text_facts(kind: Kind, row: Any) -> Facts:
    words = {tongue: wording_of(row, kind.code, locale) for tongue, locale in (("zh", "zh-CN"), ("en", "en"))}
    used = {f"{name}_{tongue}": getattr(own, name) for tongue, own in words.items() for name in TEXT_FIELDS}
    stored = values_of_text(row)
    facts = {"id": kind.code, "version": row.version if row else 0, "placeholders": list(kind.placeholders)}
    changed = [name for name in WORDS if stored[name]]
    return facts | {"channels": [str(channel) for channel in channels_of(row)], "changed": changed, **used}


def _settings(week: Week) -> Response:
    hours = hours_of(week.id)
    return record({name: getattr(hours, name) for name in (*SETTINGS, "version")}, hours.version)


def _message(row: Message) -> Facts:
    names = ("id", "template", "channel", "state", "attempts", "error", "person")
    times = ("created_at", "next_at", "sent_at", "delivered_at")
    return dict(told({name: getattr(row, name) for name in (*names, *times)} | {"campaign": row.batch}))


def _shown(week: Week, code: str) -> Response:
    own = find_campaign(week.id, code)
    if own is None:
        raise Refusal("campaign.not_found")
    waits = own.state in (CampaignState.DRAFT, CampaignState.SCHEDULED)
    people = count_people(week, read_audience(own.audience)) if waits else own.people
    return record(_campaign(own) | {"reached": people, "messages": count_states(week.code, own.code)}, own.version)


def _campaign(own: Campaign) -> Facts:
    times = {name: getattr(own, name) for name in ("send_at", "started_at", "finished_at")}
    channels = [str(channel) for channel in channels_of_campaign(own)]
    facts = {"id": own.code, "version": own.version, "state": own.state, "people": own.people}
    return facts | values_of(own) | {"channels": channels, **times}


def _moment(body: Facts, week: Week) -> datetime | None:
    """Return when to send: an instant, or without an offset a time on the week's clock; None for now."""
    value = text(body, "at")
    if not value:
        return None
    try:
        at: datetime | None = localised(datetime.fromisoformat(value[:40]), week.timezone)
    except ValueError as error:
        raise Invalid([FieldError("at", "json.instant")]) from error
    return at
