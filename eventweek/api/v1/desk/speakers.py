"""Links of speakers, and what they replied."""

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, url_for

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    done,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, PAGE, asked_for, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.speakers.links import LANGUAGES, Contact, give_links, revoke_link
from eventweek.programme.enums import Reply
from eventweek.programme.models import SpeakerLink, Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.queries.speakers import Part, list_links, list_parts
from eventweek.programme.rules.speakers import last_day_of_links


@blueprint.get("/weeks/<week>/replies")
@described_as(
    "List who takes part in what, and what they replied",
    "DeskReplies",
    *PAGE,
    asked_for("reply", "only these", enum=[str(reply) for reply in Reply]),
    asked_for("person", "only those of this person"),
)
@needs_key(Verb.PROGRAMME_READ)
def reply_list(_actor: Actor, week: Week) -> Response:
    """Answer one page of the replies, by session."""
    given = asked("reply", "person")
    if given.get("reply", Reply.ASKED) not in list(Reply):
        raise Invalid([FieldError("reply", "json.choice")])
    every = [
        part
        for part in list_parts(week.id)
        if given.get("reply", part.reply) == part.reply and given.get("person", part.person.code) == part.person.code
    ]
    return paged(lambda window: _part(every, window), _reply)


@blueprint.get("/weeks/<week>/speaker-links")
@described_as("List the links that work", "DeskSpeakerLinks", *PAGE)
@needs_key(Verb.PROGRAMME_READ)
def speaker_link_list(_actor: Actor, week: Week) -> Response:
    """Answer one page of the links, without their secrets."""
    asked()
    every = list_links(week.id)
    return paged(lambda window: _part(every, window), lambda link: _link(week, link))


@blueprint.get("/weeks/<week>/speaker-links/<code>")
@described_as("Show a link that works, without its secret", "DeskSpeakerLink", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def speaker_link(_actor: Actor, week: Week, code: str) -> Response:
    """Answer a link by its code, which opens nothing."""
    return _shown(week, code)


@blueprint.post("/weeks/<week>/speaker-links")
@described_as(
    "Give somebody a link, and send it where an address is known; `address` is told where the link is new, this once",
    "DeskSpeakerLink",
    ONCE,
    status=201,
    body="DeskSpeakerLinkNew",
)
@needs_key(Verb.PROGRAMME_EDIT)
def speaker_link_create(actor: Actor, week: Week) -> Response:
    """Give a link once per Idempotency-Key; whoever has one keeps it."""
    body = sent(fields=("person", "email", "language"))
    language, fresh = text(body, "language") or LANGUAGES[0], Facts()
    if language not in LANGUAGES:
        raise Invalid([FieldError("language", "json.choice")])

    def produce() -> str:
        (given,) = give_links(week.id, {text(body, "person"): Contact(text(body, "email"), language)}, actor=actor)
        if given.token:
            base, tongue = current_app.extensions["eventweek"].base_url, "/en" if language == "en" else ""
            fresh["address"] = base + tongue + url_for("speaker.exchange", token=given.token)
        return given.link.code

    return created(body, "desk_api.speaker_link", produce, lambda code: _shown(week, code, fresh), week=week.code)


@blueprint.delete("/weeks/<week>/speaker-links/<code>")
@described_as("End a link, and the calendar that belongs to it", None, IF_MATCH, status=204)
@needs_key(Verb.PROGRAMME_EDIT)
def speaker_link_delete(actor: Actor, week: Week, code: str) -> Response:
    """End a link."""
    revoke_link(week.id, code, version=seen_version(), actor=actor)
    return done()


def _part(every: Sequence[Any], window: Any) -> Listed:
    offset, limit = window(len(every))
    return Listed(every[offset : offset + limit], len(every))


def _shown(week: Week, code: str, beside: Facts | None = None) -> Response:
    found = next((link for link in list_links(week.id) if link.code == code), None)
    if found is None:
        raise Refusal("speaker_link.not_found")
    return record(_link(week, found) | (beside or {}), found.feed_epoch)


def _link(week: Week, link: SpeakerLink) -> Facts:
    facts = {"id": link.code, "version": link.feed_epoch, "person": link.person.code, "made_at": link.made_at}
    facts |= {"mailed": link.mailed, "last_day": last_day_of_links(week.last_day, week.speaker_link_days)}
    return dict(told(facts))


def _reply(part: Part) -> Facts:
    said = part.said
    facts: Facts = {"session": part.session.code, "person": part.person.code, "roles": list(part.roles)}
    facts |= {"reply": str(part.reply), "since": part.since, "via": said.via if said else ""}
    return dict(told(facts | {"reason": said.reason if said else ""}))
