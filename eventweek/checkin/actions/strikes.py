"""Count no-shows of weeks that want it, and take back what turns out not to be one."""

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.queries.misses import list_missed, list_over, list_struck
from eventweek.kernel.db import db, transaction
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.registration.actions.strikes import give_strike, lift_strikes
from eventweek.registration.models import StrikeRule
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.strikes import why_no_strike


def settle_strikes() -> int:
    """Go through what is over in every week that counts no-shows; return how many strikes were given or lifted.

    Each offering is one transaction. A registration gets at most one strike ever: one that was lifted stays so.
    """
    weeks = select(Week).join(StrikeRule, StrikeRule.week_id == Week.id).where(Week.state != WeekState.ARCHIVED)
    over = [(week.id, own) for week in db.session.scalars(weeks).all() for own in list_over(week)]
    db.session.rollback()
    return sum(_settle(week_id, own) for week_id, own in over)


def _settle(week_id: int, own: OpenOffering) -> int:
    with transaction():
        rule = db.session.scalar(select(StrikeRule).where(StrikeRule.week_id == week_id).with_for_update())
        if rule is None:
            return 0
        done = 0
        for missed in list_struck(own):
            why = why_no_strike(missed.facts, rule.since)
            if why and why != "before":
                done += lift_strikes([missed.row.id], why, actor=SYSTEM)
        for missed in list_missed(own):
            if not why_no_strike(missed.facts, rule.since):
                give_strike(own, missed.row, rule, actor=SYSTEM)
                done += 1
    return done
