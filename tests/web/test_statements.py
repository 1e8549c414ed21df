"""Every page that lists something sends as many statements with 300 rows as with 3."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from eventweek.accounts.models import User
from eventweek.audit.actors import VISITOR
from eventweek.audit.models import Revision
from eventweek.campaigns.models import Campaign
from eventweek.checkin.models import Device, Gate
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Base, transaction
from eventweek.outbox.models import Message
from eventweek.printing.models import PrintJob
from eventweek.programme.actions.speakers.links import feed_token_of, token_of_link
from eventweek.programme.models import (
    BulkChange,
    City,
    Feature,
    Incident,
    Kind,
    Notice,
    Organisation,
    Page,
    Person,
    Proposal,
    Room,
    Series,
    Session,
    SpeakerLink,
    TagSet,
    Track,
    Venue,
)
from eventweek.programme.queries import find_week
from eventweek.registration import passes
from eventweek.registration.actions import renew_feed
from eventweek.registration.groups import token_of_group
from eventweek.registration.models import (
    Offering,
    OfferingInvitation,
    Pass,
    PoolHold,
    Registration,
    RegistrationGroup,
    Roster,
    Strike,
)
from eventweek.registration.passes import manage_token_of
from eventweek.replanning.models import AffectedRegistration, PlannerRun
from eventweek.scheduling.models import Plan, ProgrammeImport, ProposalImport, RuleOverride
from tests.conftest import SignIn, scaled, share
from tests.factories.crowd import OPENING, Crowd
from tests.factories.keys import make_key

FILES = {"public.media", "desk.attachment", "desk.picture", "desk_api.attachment", "desk_api.picture"}
FILES |= {"desk.registration_file", "mine.answer_file", "desk.proposal_file", "desk_api.proposal_file"}
FILES |= {"mine.certificate_file", "certificates.certificate_paper"}
ONE_ROW = FILES | {
    "static",
    "account.invitation",
    "certificates.certificate_check",
    "gate.enrolment",
    "mine.answer",
    "mine.exchange",
    "mine.invitation_exchange",
    "mine.group_exchange",
    "mine.reminder",
    "mine.token",
    "mine.verify_code",
    "speaker.exchange",
    "speaker.portrait",
}
"""What shows one thing: a file, or what is opened with a secret."""
MODELS = (
    BulkChange,
    Campaign,
    City,
    Feature,
    Kind,
    Notice,
    Organisation,
    Page,
    Person,
    Room,
    Series,
    Session,
    TagSet,
    Track,
    Venue,
    User,
    Offering,
)
NOUNS: dict[str, type[Base]] = {model.__tablename__: model for model in MODELS}
NOUNS["bulk_change"] = BulkChange
NOUNS |= dict.fromkeys(("programme_import", "programme_import_problems", "import", "import_problems"), ProgrammeImport)
NOUNS |= dict.fromkeys(("roster", "roster_problems_file"), Roster)
NOUNS |= {"session_edit": Session, "session_cancellation": Session, "session_feed": Session}
NOUNS["session_place"] = Session
NOUNS |= {"speaker_link": SpeakerLink, "campaign_edit": Campaign}
NOUNS |= {"page_preview": Page, "notice_preview": Notice}
NOUNS |= {"cancellation": Registration, "seats": Registration, "registration": Registration, "offerings": Session}
NOUNS |= {"move": Registration, "handover": Registration, "resubmission": Registration, "hold": PoolHold}
NOUNS |= dict.fromkeys(("offering_seats", "registrations_of_offering", "hold_list"), Offering)
NOUNS |= dict.fromkeys(("offering_invitations", "offering_invitations_export", "offering_hold"), Offering)
NOUNS |= {"offering_invitation": OfferingInvitation, "group_new": Session, "group": RegistrationGroup}
NOUNS |= {"group_list": RegistrationGroup, "group_member": RegistrationGroup}
NOUNS |= {
    "kind_questions": Kind,
    "offering_questions": Offering,
    "form": Session,
    "answers": Registration,
    "registrant": Registration,
}
NOUNS |= {"online": Offering, "offering_online": Offering, "online_room": Registration}
NOUNS["duplicate"] = Pass
NOUNS["absence"] = Person
NOUNS |= dict.fromkeys(("asked", "alternatives", "choice", "affected_choice"), Registration)
NOUNS |= {"offering_spread": Offering, "affected": AffectedRegistration, "strike": Strike}
NOUNS |= dict.fromkeys(("scenario", "scenario_promotion", "scenario_compare", "scenario_foresee"), Plan)
NOUNS |= dict.fromkeys(
    ("planner_run", "planner_run_problem", "planner_run_solution", "planner_run_progress"), PlannerRun
)
NOUNS |= dict.fromkeys(("print", "print_file"), PrintJob)
NOUNS |= {"override": RuleOverride, "placement": Session, "session_problem_list": Session, "gate": Gate}
NOUNS |= dict.fromkeys(("session_cells", "session_verdict", "session_places"), Session) | {"incident": Incident}
ASKED = {"session_cells": "day={day}", "session_verdict": "start={day}T01:00:00Z&room={room}"}
"""What pages must be asked for beside their address."""
NOUNS |= dict.fromkeys(
    ("proposal", "proposal_edit", "proposal_session", "proposal_comments", "proposal_files"), Proposal
)
NOUNS |= dict.fromkeys(("proposal_import", "proposal_import_problems"), ProposalImport)
WRITTEN = {"holiday": {"code": "2027-01-01"}, "travel_time": {"code": "220100", "other": "220200"}}
WRITTEN |= {"questions": {"level": "week", "code": "spring"}, "consent": {"purpose": "sensitive"}}
WRITTEN |= {"question": {**WRITTEN["questions"], "key": "_new"}}
WRITTEN["rule"] = {"code": "capacity"}
"""What the address of a noun without a code of its own says."""
OTHERS: dict[str, type[Base]] = {
    "member": Registration,
    "hold": PoolHold,
    "gate": Gate,
    "session": Session,
    "offering": Offering,
}
"""What stands in an address beside the code of its noun."""
Statements = Callable[[], AbstractContextManager[list[str]]]


def test_every_page_sends_the_same_statements_with_3_and_with_300_rows(
    app: Flask, sign_in: SignIn, statements: Statements
) -> None:
    pages = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and r.endpoint not in ONE_ROW]
    with travel(OPENING - timedelta(minutes=20)):
        counts: dict[str, list[int]] = {}
        crowd = Crowd()
        for size in (3, scaled(300)):
            crowd.grow(size)
            own = Visit(app, crowd, sign_in(app))
            for rule in share(pages, 1):
                counts.setdefault(rule.endpoint, []).append(own.count(rule, statements))
    assert len(pages) > 70
    assert {page: found for page, found in counts.items() if found[0] != found[1]} == {}
    assert {page: n for page, (n, _many) in counts.items() if n > _most(page)} == {}


def _most(page: str) -> int:
    """Return how many statements a page may take; a file of the whole week reads every table of it."""
    return 10 if page.startswith("public.") else 50 if page.endswith("_export") else 40


class Visit:
    """Somebody at work, and a visitor with a pass whose phone is a door device too."""

    def __init__(self, app: Flask, crowd: Crowd, desk: FlaskClient) -> None:
        self.crowd, self.desk, self.visitor, self.week = crowd, desk, app.test_client(), "spring"
        self.manage, self.other_pass = manage_token_of(crowd.first(Pass)), crowd.nth(Pass, 1).code
        _key, self.key = make_key("spring")
        with transaction():
            crowd.first(Device).key_hash = hashlib.sha256(b"door").hexdigest()
        self.own_feed = passes.feed_token_of(renew_feed(crowd.first(Pass).id, actor=VISITOR))
        self.visitor.get(f"/m/{self.manage}")
        self.leader = token_of_group(crowd.first(RegistrationGroup))
        self.visitor.get(f"/g/{self.leader}")
        link = crowd.link()
        self.feed = feed_token_of(link)
        self.visitor.get(f"/p/{token_of_link(link)}")
        self.visitor.set_cookie("eventweek-door", "door")
        codes = [crowd.nth(Session, number).code for number in range(3)]
        here = {"Origin": "http://127.0.0.1:8000"}
        assert self.visitor.post("/w/spring/picks", data={"s": codes}, headers=here).status_code == 303

    def first(self, model: type[Base]) -> Any:
        """Return row 0 of a kind."""
        return self.crowd.first(model)

    def count(self, rule: Rule, statements: Statements) -> int:
        """Return how many statements a page takes once it is warm."""
        get = self._getting(rule)
        get()
        with statements() as seen:
            answer = get()
        assert answer.status_code < 400, (answer.request.path, answer.text[:2000])
        return len(seen)

    def open(self, rule: Rule) -> TestResponse:
        """Open the page of row 0."""
        return self._getting(rule)()

    def _getting(self, rule: Rule) -> Callable[[], TestResponse]:
        built = rule.build({name: self._value(rule.endpoint, name) for name in rule.arguments})
        assert built
        address = built[1]
        client = self.desk if rule.endpoint.startswith(("desk.", "account.")) else self.visitor
        secrets = {"groups": self.leader, "manifest": "door"}
        secret = secrets.get(rule.endpoint.partition(".")[0], self.manage)
        headers = {"Authorization": f"Bearer {secret}"} if address.startswith("/api/") else {}
        headers = self.key if address.startswith("/api/v1/desk/") else headers
        asked = ASKED.get(rule.endpoint.rpartition(".")[2], "")
        if asked:
            own = find_week(self.week)
            assert own
            address += f"?{asked}".format(day=own.first_day, room=self.first(Room).code)
        return lambda: client.get(address, headers=headers)

    def _value(self, endpoint: str, name: str) -> Any:
        if endpoint.startswith("desk.") and endpoint.endswith(("_history", "_value")) and name != "week":
            return self._of_history(endpoint.startswith("desk.week_"), name)
        if name in ("week", "number"):
            return self.week if name == "week" else self.crowd.release
        if name in ("token", "second"):
            secret = self.own_feed if endpoint == "mine.own_feed" else self.feed
            return secret if name == "token" else self.other_pass
        if name == "section":
            return "sessions"
        if name == "message":
            return self.first(Message).id
        if endpoint.endswith("message_text"):
            return "confirmed"
        if name in OTHERS:
            return self.first(OTHERS[name]).code
        noun = endpoint.rpartition(".")[2].removesuffix("_history")
        if noun in ("release", "restoration") or noun in WRITTEN:
            return (
                self.crowd.release
                if noun in ("release", "restoration")
                else WRITTEN[noun][name].replace("spring", self.week)
            )
        if noun in ("week", "tag"):
            return self.week if noun == "week" else "set0:tag0"
        return self.first(NOUNS[noun]).code

    def _of_history(self, weekly: bool, name: str) -> Any:
        """Return a part of the address of a session's history or of a person's."""
        code = self.first(Session if weekly else Person).code
        parts = {"noun": "session" if weekly else "person", "code": code, "name": "city"}
        return parts.get(name) or self.crowd.nth(Revision, 0 if weekly else 1).id
