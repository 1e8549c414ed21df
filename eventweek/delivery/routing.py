"""By which way a message goes now, or until when it waits: the week's choice, its quiet hours, dead addresses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from eventweek.campaigns.queries import words_of_batch
from eventweek.kernel.clock import now
from eventweek.outbox.actions import Letter
from eventweek.outbox.addresses import Way
from eventweek.outbox.enums import Channel
from eventweek.outbox.queries import is_suppressed
from eventweek.outbox.rules import quiet_until
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week, get_week
from eventweek.registration.actions.wechat import use_wechat_consent
from eventweek.registration.kinds import KINDS, Wording
from eventweek.registration.models import MessageText
from eventweek.registration.queries import find_pass_by_code
from eventweek.registration.queries.message_texts import Hours, channels_of, find_text, hours_of, wording_of


@dataclass(frozen=True)
class Plan:
    """What decides about one message: its edition, hours, words, and channels in their order.

    `asked`: it answers what the person has just done.
    """

    week: Week | None
    hours: Hours
    words: Wording | None
    channels: tuple[Channel, ...]
    asked: bool = False

    @property
    def sign(self) -> str:
        """Return the 签名 that the week has of its own."""
        return self.hours.sms_sign


def plan_of(letter: Letter) -> Plan:
    """Return what decides about a message; one that belongs to no week goes by the way that it names."""
    kind = KINDS.get(letter.template.removeprefix("registration/"))
    week = _week_of(letter)
    batch = words_of_batch(letter.about.batch, letter.locale) if letter.about.batch else None
    if week is not None and batch is not None:
        return Plan(week, hours_of(week.id), *batch, asked=letter.about.urgent)
    if week is None:
        words = wording_of(None, kind.code, letter.locale) if kind else None
        return Plan(None, Hours(), words, (Channel(letter.channel),), asked=True)
    text: MessageText | None = find_text(week.id, kind.code) if kind else None
    words = wording_of(text, kind.code, letter.locale) if kind else None
    asked = letter.about.urgent or (kind.asked if kind else False)
    return Plan(week, hours_of(week.id), words, channels_of(text), asked)


def held_until(plan: Plan) -> datetime | None:
    """Return until when the quiet hours of its week hold a message."""
    if plan.asked or plan.week is None:
        return None
    return quiet_until(now(), plan.week.timezone, plan.hours.quiet_from, plan.hours.quiet_until)


def choose_way(letter: Letter, plan: Plan, open_channels: Collection[str]) -> Way | None:
    """Return the first way of the week's choice that is open, not given up and not dead; then any other of the ways."""
    order = [*plan.channels, *(Channel(channel) for channel, _address in letter.ways)]
    for channel in dict.fromkeys(order):
        way = _way(letter, plan, channel) if channel in open_channels and channel not in letter.tried else None
        if way and (plan.asked or not is_suppressed(way)):
            return way
    return None


def _way(letter: Letter, plan: Plan, channel: Channel) -> Way | None:
    if channel != Channel.WECHAT:
        return next((way for way in letter.ways if way[0] == channel), None)
    template = plan.words.wechat_template if plan.words else ""
    openid = use_wechat_consent(letter.about.person, template, letter.id) if template and letter.about.person else None
    return (str(channel), openid) if openid else None


def _week_of(letter: Letter) -> Week | None:
    if letter.about.week:
        return find_week(letter.about.week)
    own = find_pass_by_code(str(letter.context["pass"])) if "pass" in letter.context else None
    return get_week(own.week_id) if own else None
