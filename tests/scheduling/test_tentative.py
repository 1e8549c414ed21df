"""Tentative sessions are planned like any other and never become public."""

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.proposals.becoming import plan_tentatively
from eventweek.programme.actions.proposals.moving import review_proposal
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Proposal, Session, Week
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.actions.proposals import edit_own_session
from eventweek.scheduling.planning import Asked
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.problem import problem
from eventweek.scheduling.queries.published import list_published
from tests.factories.programme import make_organisation, make_room, make_session, make_venue, make_week
from tests.factories.proposals import make_submitted, proposer_of


class World:
    """A week with one ordinary session in a hall, and a tentative one beside it in another."""

    def __init__(self) -> None:
        self.week: Week = make_week()
        venue = make_venue()
        halls = [make_room(venue, name_zh=name).code for name in ("一号厅", "二号厅")]
        unit = make_organisation("示例孵化器")
        self.proposer = proposer_of(self.week, unit)
        self.sure = make_session(self.week, "创业论坛")
        self.proposal: Proposal = make_submitted(self.week, unit, self.proposer, city="220100")
        planned = plan_tentatively(self.week.id, self.proposal.code, actor=SYSTEM).session
        assert planned
        self.session: Session = planned
        for code, hall in zip((self.sure.code, self.session.code), halls, strict=True):
            place_session(code, "2027-04-13T09:30", hall, version=None, actor=SYSTEM)

    def published(self) -> set[str]:
        """Return the codes of what is public."""
        return {one.code for one in list_published(self.week.id)}

    def decide(self, move: str) -> None:
        """Decide on the proposal."""
        review_proposal(self.week.id, self.proposal.code, ProposalMove(move), reason="因为", actor=SYSTEM)


@pytest.fixture
def world(app: Flask) -> World:
    """Give the week."""
    return World()


def test_a_whole_release_skips_it_until_it_is_accepted(world: World) -> None:
    marks = list_marks(world.week.id)
    assert marks[world.session.code].action is None and marks[world.sure.code].action is not None
    release_schedule(world.week.id, actor=SYSTEM, note="")
    assert world.published() == {world.sure.code}
    world.decide("accept")
    release_schedule(world.week.id, actor=SYSTEM, note="")
    assert world.published() == {world.sure.code, world.session.code}


def test_a_partial_release_that_names_it_is_refused_with_the_reason(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        release_schedule(world.week.id, actor=SYSTEM, note="", sessions=[world.sure.code, world.session.code])
    assert refusal.value.code == "release.tentative" and refusal.value.facts["title"] == world.session.title
    assert world.published() == set()


def test_what_is_rejected_is_neither_planned_nor_published(world: World) -> None:
    world.decide("reject")
    assert world.session.code not in [own.id for own in problem(world.week, None, Asked()).sessions]
    release_schedule(world.week.id, actor=SYSTEM, note="")
    assert world.published() == {world.sure.code}


def test_the_planner_knows_which_are_tentative(world: World) -> None:
    told = {own.id: own.tentative for own in problem(world.week, None, Asked()).sessions}
    assert told == {world.sure.code: False, world.session.code: True}


def test_its_owner_edits_it_where_it_stands_in_the_plan(world: World) -> None:
    world.decide("accept")
    own = world.proposal
    text = {"text_zh": "一小时讲，半小时问。"}
    edit_own_session(world.week.id, own.code, text, version=None, actor=world.proposer)
    assert db.session.get_one(Session, world.session.id).text_zh == "一小时讲，半小时问。"
    with pytest.raises(Refusal) as refusal:
        edit_own_session(world.week.id, own.code, text, version=None, actor=VISITOR)
    assert refusal.value.code == "permission.denied"
