"""What an incubator has proposed for the demo week, in each state once; the same at each load."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from eventweek.accounts.models import User
from eventweek.audit.actions import record
from eventweek.audit.actors import DEMO, Actor
from eventweek.demo.actions_staff import demo_email, demo_organisation
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.outbox.actions import drop_messages
from eventweek.programme.actions.proposals.becoming import plan_tentatively
from eventweek.programme.actions.proposals.moving import comment_proposal, review_proposal, submit_proposal
from eventweek.programme.actions.proposals.writing import create_proposal
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Proposal, Week
from eventweek.programme.queries import find_actor

DAYS_BEFORE = 40
CONTACT = {"contact_name": "示例丙寅", "contact_phone": "13800000000", "contact_email": demo_email("proposer")}


def make_demo_proposals() -> None:
    """Let the demo proposer propose and the committee decide; needs a demo week with its users, and no proposals yet.

    No message goes out.
    """
    with transaction():
        week = db.session.scalar(select(Week).where(Week.demo))
        if week is None or db.session.scalar(select(Proposal.id).where(Proposal.week_id == week.id).limit(1)):
            return
        asked = json.loads(Path(__file__).with_name("proposals.json").read_text(encoding="utf-8"))
        known = {name: _actor(name) for name in ("proposer", "committee")}
        start = datetime.combine(week.first_day - timedelta(days=DAYS_BEFORE), time(1), UTC)
        for number, one in enumerate(asked):
            with travel(start + timedelta(hours=3 * number)):
                _propose(week.id, one, known["proposer"], known["committee"])
        drop_messages(week.code)
        record(DEMO, "demo.load", "week", week.code, week_id=week.id, proposals=len(asked))


def _actor(name: str) -> Actor:
    user = db.session.scalars(select(User).where(User.email == demo_email(name))).one()
    return find_actor(user.id, user.epoch) or DEMO


def _propose(week_id: int, one: dict[str, Any], proposer: Actor, committee: Actor) -> None:
    values = one["values"] | CONTACT | {"organisation": demo_organisation()}
    code = create_proposal(week_id, values, actor=proposer).code
    for step in one["do"]:
        what, _colon, text = step.partition(":")
        if what == "submit":
            submit_proposal(week_id, code, actor=proposer)
        elif what == "tentative":
            plan_tentatively(week_id, code, actor=committee)
        elif what in ("say", "inside"):
            comment_proposal(week_id, code, text, internal=what == "inside", actor=committee)
        else:
            review_proposal(week_id, code, ProposalMove(what), reason=text, actor=committee)
