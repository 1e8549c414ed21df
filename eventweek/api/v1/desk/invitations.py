"""Invitations to an offering: the secret is told once, to whom it is made for."""

from flask import Response

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
)
from eventweek.api.v1.desk.holds import read_values, told_once
from eventweek.api.v1.desk.offerings import find
from eventweek.api.v1.desk.schemas import IF_MATCH, ONCE, PAGE, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.rules.checks import localised
from eventweek.registration import actions
from eventweek.registration.actions.inviting import Wish, version_of
from eventweek.registration.guests import guest_of
from eventweek.registration.models import OfferingInvitation
from eventweek.registration.queries.invitations import find_invitation, list_invitations, why_not_now
from eventweek.registration.queries.settings import INVITATION

INVITATIONS = "/weeks/<week>/offerings/<offering>/invitations"


@blueprint.get(INVITATIONS)
@described_as("List the invitations to an offering, without their secrets", "DeskInvitations", *PAGE)
@needs_key(Verb.REGISTRATIONS_READ)
def offering_invitation_list(actor: Actor, week: Week, offering: str) -> Response:
    """Answer one page of them, the newest first."""
    asked()
    own = find(week, offering, actor).offering
    return paged(lambda window: Listed(*list_invitations(own.id, window)), _facts)


@blueprint.get(f"{INVITATIONS}/<code>")
@described_as("Show an invitation, without its secret", "DeskInvitation")
@needs_key(Verb.REGISTRATIONS_READ)
def offering_invitation(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Answer an invitation by its own code, which opens nothing."""
    return _shown(week, offering, code, actor)


@blueprint.post(INVITATIONS)
@described_as(
    "Invite somebody, or make a code to pass on; `invitation` and `address` are told this once",
    "DeskInvitation",
    ONCE,
    status=201,
    body="DeskInvitationNew",
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_invitation_create(actor: Actor, week: Week, offering: str) -> Response:
    """Make one once per Idempotency-Key; with a name or a contact it is a personal one."""
    body, fresh = sent(), Facts()

    def produce() -> str:
        find(week, offering, actor)
        values = read_values(INVITATION, body)
        until = localised(values["expires_at"], week.timezone)
        assert until is not None
        guest = guest_of(values.get("name", ""), values.get("contact", ""))
        wish = Wish(
            expires=until,
            guests=[guest] if guest else [],
            uses=values.get("uses") or 1,
            cls=values.get("seats_of") or "invited",
            label=values.get("label", ""),
            locked=bool(values.get("locked")),
            send=bool(values.get("send")),
            locale=values.get("language") or "zh-CN",
        )
        (made,) = actions.invite(offering, wish, actor=actor)
        fresh.update(told_once(week, made, wish.locale))
        return made.row.code

    return created(
        body,
        "desk_api.offering_invitation",
        produce,
        lambda code: _shown(week, offering, code, actor, fresh),
        week=week.code,
        offering=offering,
    )


@blueprint.delete(f"{INVITATIONS}/<code>")
@described_as("End an invitation; who has registered with it stays", None, IF_MATCH, status=204)
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_invitation_delete(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """End an invitation."""
    seen = seen_version()
    find(week, offering, actor)
    actions.revoke_invitation(offering, code, version=seen, actor=actor)
    return done()


def _shown(week: Week, offering: str, code: str, actor: Actor, beside: Facts | None = None) -> Response:
    row = find_invitation(find(week, offering, actor).offering.id, code)
    if row is None:
        raise Refusal("invite.not_found")
    return record(_facts(row) | (beside or {}), version_of(row))


def _facts(row: OfferingInvitation) -> Facts:
    why = why_not_now(row, now())
    facts: Facts = {"id": row.code, "version": version_of(row), "kind": row.kind, "seats_of": row.cls}
    names = ("hint", "label", "uses", "used", "mailed", "made_at", "expires_at", "revoked_at")
    facts |= {name: getattr(row, name) for name in names}
    facts |= {"locked": row.contact_lock is not None, "why_not": why.code if why else None}
    return dict(told(facts))
