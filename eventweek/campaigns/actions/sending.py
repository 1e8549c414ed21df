"""Let a campaign go: one message a person, some people at a time: it can be stopped and survives a fall."""

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.campaigns.enums import CampaignState
from eventweek.campaigns.models import Campaign
from eventweek.campaigns.queries import list_people
from eventweek.campaigns.rules import read_audience
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import About, Draft, send_all
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.registration.messages import ways_to
from eventweek.registration.models import Pass

AT_ONCE = 200
"""People of one transaction."""


def send_campaign(code: str) -> None:
    """Write the messages of a campaign whose time has come; one that was taken back or moved writes nothing."""
    while send_some(code):
        pass


def send_some(code: str) -> bool:
    """Write to the next people of a campaign, in one transaction with how far it went; say whether there are more."""
    with transaction():
        query = select(Campaign).where(Campaign.code == code).with_for_update()
        own = db.session.scalar(query.execution_options(populate_existing=True))
        if own is None or not _is_due(own):
            return False
        week = db.session.get_one(Week, own.week_id)
        if own.state == CampaignState.SCHEDULED:
            own.state, own.started_at = CampaignState.SENDING, now()
            record(SYSTEM, "campaign.start", "campaign", own.code, week_id=week.id, purpose=own.purpose)
        people = (
            []
            if week.state == WeekState.ARCHIVED
            else list_people(week, read_audience(own.audience), own.cursor, AT_ONCE)
        )
        drafts = [_draft(own, week, one) for one in people]
        own.people += send_all([draft for draft in drafts if draft])
        own.cursor = people[-1].id if people else own.cursor
        if len(people) < AT_ONCE:
            own.state, own.finished_at = CampaignState.DONE, now()
            record(SYSTEM, "campaign.finish", "campaign", own.code, week_id=week.id, people=own.people)
        return own.state == CampaignState.SENDING


def _is_due(own: Campaign) -> bool:
    if own.state == CampaignState.SCHEDULED:
        return own.send_at is not None and own.send_at <= now()
    return own.state == CampaignState.SENDING


def _draft(own: Campaign, week: Week, one: Pass) -> Draft | None:
    ways = ways_to(one.attendee)
    if not ways:
        return None
    context = {"pass": one.code, "name": one.attendee.name}
    (channel, address), *others = ways
    about = About(week.code, one.code, own.code, others)
    key = f"campaign:{own.code}:{one.code}"
    return Draft("campaigns/message", address, one.attendee.locale, context, key, (), channel, about)
