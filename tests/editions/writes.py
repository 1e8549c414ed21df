"""Every request that writes into a week, each about a row of its own, so that no attempt spoils another.

A method named `_DOOR_ENDPOINT` says what is sent there; the subjects of the table of fields need none.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from eventweek.api.v1.desk.resources import RESOURCES, Resource
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import Revision
from eventweek.campaigns.actions.composing import create_campaign, schedule_campaign
from eventweek.checkin.actions.devices import Enrolment, accept_enrolment, enrol_device
from eventweek.checkin.models import Attendance, Device, Gate
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.tokens import token_hash
from eventweek.language.sheets import tongues
from eventweek.programme.actions.places import create_room
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.speakers.links import Contact, give_links, token_of_link
from eventweek.programme.models import Person, Room, Session, Venue, Week
from eventweek.programme.queries.incidents import get_incident
from eventweek.programme.queries.speakers import list_links
from eventweek.registration.actions import (
    Allotment,
    Basket,
    Item,
    Unit,
    Wish,
    allot_seats,
    invite,
    register,
    register_group,
)
from eventweek.registration.actions.bulk import apply_changes, plan_changes
from eventweek.registration.actions.classes import set_class
from eventweek.registration.actions.forms import write_questions
from eventweek.registration.actions.holds import hold_seats
from eventweek.registration.actions.message_texts import edit_message_text
from eventweek.registration.actions.online import Online, set_online
from eventweek.registration.actions.rosters import Given, plan_roster
from eventweek.registration.groups import token_of_group
from eventweek.registration.members import Member
from eventweek.registration.models import CapacityPool, Offering, OfferingSession, Pass, Registration, Roster, Strike
from eventweek.registration.online import sitting_now
from eventweek.registration.passes import answer_token_of, manage_token_of, token_of
from eventweek.registration.queries.forms import find_asking
from eventweek.registration.queries.groups import find_group, list_live_members
from eventweek.registration.queries.offerings import load_offerings
from eventweek.registration.queries.online import sittings_of
from eventweek.replanning.actions import publish
from eventweek.replanning.actions.incidents import raise_alarm
from eventweek.replanning.models import AffectedRegistration, PlannerRun
from eventweek.replanning.queries.incidents import foresee_loss
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.actions.imports import plan_import, run_import
from eventweek.scheduling.actions.overrides import let_pass
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.scenarios import create_scenario
from eventweek.scheduling.models import ProgrammeImport, Published, Release, ReleaseItem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import find_placement
from eventweek.scheduling.queries.levels import find_rules
from tests.api.desk.test_records import NEW
from tests.conftest import SignIn
from tests.editions.proposal_writes import ProposalWrites
from tests.factories.crowd import Crowd
from tests.factories.keys import make_key
from tests.factories.releases import retell
from tests.factories.runs import ended_run
from tests.registration.test_forms import row
from tests.web.desk.sheet import filled

METHODS = {"POST", "PUT", "PATCH", "DELETE"}
SAYING = {"desk_api.session_foresee", "desk.release_messages", "desk.release_restoration_messages"}
"""Only say what a change would do."""
LATE = {"desk.scenario_adoption", "desk_api.scenario_promote", "desk_api.strike_rule_drop"}
"""Take away what other writes need: the working plan, the rule by which no-shows count."""
SUBJECTS = {own.noun: own for own in RESOURCES}


@dataclass
class Write:
    """One request that would change the week."""

    endpoint: str
    method: str
    path: str
    client: FlaskClient
    sent: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> None:
        """Find out now what is else found out when it is sent."""
        self.sent = self._found()

    def _found(self) -> dict[str, Any]:
        return {name: own() if callable(own) else own for name, own in self.sent.items()}

    def send(self) -> TestResponse:
        """Send it."""
        sent = self._found()
        if isinstance(sent.get("file"), bytes):
            sent["data"] = sent.get("data", {}) | {"file": (io.BytesIO(sent.pop("file")), "week.json")}
        return self.client.open(self.path, method=self.method, **sent)


class Writer(ProposalWrites):
    """Who writes: an administrator, a program with a key, a visitor with a pass, a door phone; and what they write."""

    def __init__(self, app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.crowd, self.week_id = app, crowd, crowd.week_id
        self.desk, self.visitor, self.phone, self.numbers = sign_in(app), app.test_client(), app.test_client(), count(1)
        self.key = make_key("spring")[1]
        self.held = crowd.first(Pass)
        self.visitor.get(f"/m/{manage_token_of(self.held)}")
        self.led = [self._led(number) for number in range(2, 6)]
        self.taken: dict[Any, int] = {}
        self.device_key = accept_enrolment(self._enrolment(), "")[1]
        self.speaker = app.test_client()
        self.speaker.get(f"/p/{token_of_link(crowd.link())}")
        self.phone.set_cookie("eventweek-door", self.device_key)

    def all(self, only: str = "") -> Iterator[Write]:
        """Return every write of the house that names this week or something of it, or that of one endpoint."""
        rules = sorted(
            self.app.url_map.iter_rules(),
            key=lambda own: (own.endpoint.endswith("week_state"), own.endpoint in LATE, own.endpoint),
        )
        for rule in (rule for rule in rules if only in ("", rule.endpoint)):
            for method in sorted((rule.methods or set()) & METHODS):
                write = self._write(rule, method)
                if write is not None:
                    yield write

    def _write(self, rule: Rule, method: str) -> Write | None:
        door, _dot, name = rule.endpoint.rpartition(".")
        if rule.endpoint in SAYING:
            return None
        own: Callable[[], Any] | None = getattr(self, f"_{door}_{name}", None)
        noun, _line, verb = name.rpartition("_")
        if own is not None:
            found = own()
        elif SUBJECTS.get(noun, SUBJECTS.get(name)) and (SUBJECTS.get(noun) or SUBJECTS[name]).weekly:
            found = self._of_subject(SUBJECTS.get(name) or SUBJECTS[noun], "" if name in SUBJECTS else verb, door)
        else:
            return None
        address, sent = found
        built = rule.build({k: v for k, v in address.items() if k in rule.arguments}, append_unknown=False)
        assert built is not None, (rule.endpoint, address)
        known = {"desk": self.desk, "mine": self.visitor, "gate": self.phone, "speaker": self.speaker}
        client = known.get(door) or self.app.test_client()
        if door == "desk_api":
            sent = {"headers": self.key | {"If-Match": "*", "Idempotency-Key": str(next(self.numbers))}} | sent
        return Write(rule.endpoint, method, built[1], client, sent)

    def _of_subject(self, own: Resource, verb: str, door: str) -> Any:
        if verb in ("create", "new"):
            body = self._new(own)
            if door == "desk_api":
                return self._at(), {"json": body}
            blank = filled(self.desk.get(f"/desk/w/spring/new/{own.noun.replace('_', '-')}").text)
            return self._at(), {"data": blank | body | {"do": "save"}}
        row = self._fresh(own)
        code = f"{row.set.code}:{row.code}" if own.noun == "tag" else row.code
        if verb.startswith("restor"):
            own.verbs.archive(self.week_id, code, actor=SYSTEM)
        stem = "title" if own.noun in ("session", "page", "notice") else "name"
        changed = {f"{stem}_zh": "改过"}
        if own.publish and verb.startswith("withdraw"):
            own.publish(self.week_id, code, actor=SYSTEM)
        if verb in ("", "edit"):
            page = f"/desk/w/spring/{'sessions' if own.noun == 'session' else own.plural}/{code}"
            page += "/edit" if own.noun == "session" else ""
            form = {"data": filled(self.desk.get(page).text) | changed | {"do": "save"}}
            return self._at(code), {"json": changed} if door == "desk_api" else form
        return self._at(code), {"data": {"version": row.version}} if verb == "publication" else {}

    def _at(self, code: str = "", **more: Any) -> dict[str, Any]:
        return {"week": "spring", "code": code, **more}

    def _new(self, own: Resource) -> dict[str, Any]:
        number = next(self.numbers)
        day = {"fixed_start": "2027-04-12T09:30"} if own.noun == "session" else {}
        day |= {"shown_from": "", "city": "220100"} if own.noun == "notice" else {}
        code = {"code": f"fresh{number}"} if "code" in NEW[own.noun] else {}
        named = {"tag": {"set": "set0"}, "session": {"kind": "kind0"}}.get(own.noun, {})
        return NEW[own.noun] | code | day | named

    def _fresh(self, own: Resource) -> Any:
        body = self._new(own)
        return own.verbs.create(
            self.week_id, body | ({"shown_from": None} if "shown_from" in body else {}), actor=SYSTEM
        )

    def _session(self) -> Session:
        row: Session = self._fresh(SUBJECTS["session"])
        return row

    def _row(self, model: Any, **facts: Any) -> Any:
        """Return a row of the crowd that no other attempt is about, with these facts."""
        self.taken[model] = self.taken.get(model, 0) + 1
        with transaction():
            row = self.crowd.nth(model, self.taken[model])
            for name, value in facts.items():
                setattr(row, name, value)
        return row

    def _mine(self) -> Registration:
        """Return a registration of the visitor."""
        self.taken[Registration] = self.taken.get(Registration, 0) + 1
        own = select(Registration).where(Registration.attendee_id == self.held.attendee_id).order_by(Registration.id)
        return db.session.scalars(own.offset(self.taken[Registration]).limit(1)).one()

    def _enrolment(self) -> str:
        return enrol_device(self.week_id, Enrolment("手机", "lead", now() + timedelta(days=2)), actor=SYSTEM)[1]

    def _placed(self) -> Session:
        row = self._session()
        number = next(self.numbers)
        start = f"2027-04-{14 + number // 7 % 3}T{14 + number % 7}:00"  # no rule about lunch stops its release
        place_session(row.code, start, self._row(Room).code, version=None, actor=SYSTEM, override="测试")
        return row

    def _bulk(self, applied: bool) -> Any:
        own = plan_changes(self.week_id, [self._session().code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
        return apply_changes(self.week_id, own.code, actor=SYSTEM) if applied else own

    def _import(self, state: str) -> ProgrammeImport:
        document = {"format": "eventweek-programme/1", "source": "x", "week": {"code": "spring"}}
        document["kinds"] = [{"code": f"in{next(self.numbers)}", "name_zh": "类", "family": "meet"}]
        own = plan_import(self.week_id, json.dumps(document).encode(), "week.json", language="zh", actor=SYSTEM)
        run_import(own.code, tongues())
        assert own.state == state, own.outcome
        return own

    def _people(self) -> bytes:
        number = 13_900_200_000 + next(self.numbers)
        return f"姓名,手机号,报名项\n示例甲子,{number},{self._row(Offering).code}\n".encode()

    def _roster(self) -> Roster:
        own = plan_roster(self.week_id, self._people(), "list.csv", Given(True, "form", "表"), actor=SYSTEM)
        with transaction():
            db.session.get_one(Roster, own.id).state = "checked"
        return own

    def _scenario(self) -> str:
        """Return the code of a scenario that has everything where the working plan has it, but for one session."""
        later, name = self._placed(), f"方案 A{next(self.numbers)}"
        made = create_scenario(self.week_id, name, None, actor=SYSTEM)
        unplace_session(later.code, version=1, actor=SYSTEM)
        return made.code

    # The desk, and its API where both have the same noun.

    def _desk_week(self) -> Any:
        return self._at("spring"), {"data": filled(self.desk.get("/desk/weeks/spring").text) | {"theme_zh": "新"}}

    def _desk_week_state(self) -> Any:
        return self._at("spring"), {"data": {"state": "open"}}

    def _desk_session_new(self) -> Any:
        blank = filled(self.desk.get("/desk/w/spring/sessions/new").text)
        return self._at(), {"data": blank | {"title_zh": "新的一场", "kind": "kind0", "do": "save"}}

    def _desk_session_edit(self) -> Any:
        return self._of_subject(SUBJECTS["session"], "edit", "desk")

    def _desk_session_cancellation(self) -> Any:
        return self._at(self._session().code), {"data": {"reason_zh": "天气", "when": "later"}}

    def _desk_session_restoration(self) -> Any:
        row = self._session()
        cancel_session(row.code, reason=Bilingual("天气", ""), actor=SYSTEM)
        return self._at(row.code), {}

    def _desk_session_publication(self) -> Any:
        return self._at(self._placed().code), {}

    def _desk_release_publication(self) -> Any:
        return self._at(), {"data": self._releasing(self._placed().code)}

    def _releasing(self, code: str) -> Callable[[], dict[str, Any]]:
        """Return what makes the form that publishes a session, whatever has been published until it is sent."""
        newest = select(func.max(Release.number)).where(Release.week_id == self.week_id)
        return lambda: {"seen": db.session.scalar(newest), "sessions": [code], "note": ""}

    def _released_twice(self) -> tuple[str, int]:
        """Return a session that was published with two titles, and the number of the first of these releases."""
        code = self._placed().code
        first = release_schedule(self.week_id, actor=SYSTEM, note="", sessions=[code]).number
        edit_session(code, {"title_en": "Another"}, version=None, actor=SYSTEM)
        release_schedule(self.week_id, actor=SYSTEM, note="", sessions=[code])
        return code, first

    def _desk_release_restoration(self) -> Any:
        code, number = self._released_twice()
        return self._at(number=number), {"data": self._releasing(code)}

    def _desk_api_restoration_create(self) -> Any:
        code, number = self._released_twice()
        return self._at(str(number)), {"json": {"note": "", "sessions": [code]}}

    def _finding(self) -> str:
        """Return what stops a release: a session in the place of another one."""
        row = self._placed()
        place = find_placement(row.id)
        assert place
        other = self._session()
        place_session(other.code, place.start, place.room.code, version=None, actor=SYSTEM)
        found = list_problems(db.session.get_one(Week, self.week_id))
        return next(one.key for one in found if one.level.stops and other.code in one.sessions)

    def _override(self) -> str:
        return str(let_pass(self.week_id, self._finding(), "共用一个大厅", actor=SYSTEM).code)

    def _desk_override_create(self) -> Any:
        return self._at(), {"data": {"finding": self._finding(), "reason": "共用一个大厅"}}

    def _desk_override_withdrawal(self) -> Any:
        return self._at(self._override()), {}

    def _desk_api_override_create(self) -> Any:
        return self._at(), {"json": {"problem": self._finding(), "reason": "共用一个大厅"}}

    def _desk_api_override_delete(self) -> Any:
        return self._at(self._override()), {}

    def _desk_pin_new(self) -> Any:
        return self._at(), {"data": {"way": "both", "do": "pin", "s": [self._placed().code]}}

    def _desk_session_pins(self) -> Any:
        return self._at(self._placed().code), {"data": {"way": "both", "version": "1"}}

    def _desk_api_pins_set(self) -> Any:
        return self._at(self._placed().code), {"json": {"time": True}}

    def _desk_session_move(self) -> Any:
        data = {"start": "2027-04-12T15:00", "room": self._row(Room).code, "version": "1", "reason": "测试"}
        return self._at(self._placed().code), {"data": data}

    def _desk_session_unplacement(self) -> Any:
        return self._at(self._placed().code), {"data": {"version": "1", "reason": "测试"}}

    def _desk_session_duration(self) -> Any:
        return self._at(self._placed().code), {"data": {"minutes": "40", "version": "", "reason": "测试"}}

    def _desk_session_place(self) -> Any:
        row = self._placed()
        fields = filled(self.desk.get(f"/desk/w/spring/sessions/{row.code}/place").text)
        return self._at(row.code), {"data": fields | {"duration_min": "45", "do": "save"}}

    def _desk_api_session_resize(self) -> Any:
        return self._at(self._placed().code), {"json": {"duration_min": 45}}

    def _desk_api_pins_create(self) -> Any:
        return self._at(), {"json": {"sessions": [self._placed().code], "room": True}}

    def _desk_rule_settings(self) -> Any:
        return self._at(), {"data": lambda: self._as_the_rules_stand() | {"level-lunch": "block_release"}}

    def _desk_rule_preset(self) -> Any:
        return self._at(), {"data": lambda: self._as_the_rules_stand() | {"preset": "compact"}}

    def _as_the_rules_stand(self) -> dict[str, Any]:
        return {"version": find_rules(self.week_id).version}

    def _desk_api_rules_set(self) -> Any:
        return self._at(), {"json": {"preset": "repair"}}

    def _desk_bulk_change_new(self) -> Any:
        return self._at(), {"data": {"visibility": "closed"}, "query_string": {"s": self._session().code}}

    def _desk_bulk_change_application(self) -> Any:
        return self._at(self._bulk(False).code), {}

    def _desk_bulk_change_undoing(self) -> Any:
        return self._at(self._bulk(True).code), {}

    def _desk_import_new(self) -> Any:
        document = {"format": "eventweek-programme/1", "source": "x", "week": {"code": "spring"}}
        return self._at(), {"file": json.dumps(document).encode()}

    def _desk_import_confirmation(self) -> Any:
        return self._at(self._import("checked").code), {}

    def _desk_import_discarding(self) -> Any:
        return self._at(self._import("checked").code), {}

    def _desk_scenario_new(self) -> Any:
        return self._at(), {"data": {"name": f"方案 B{next(self.numbers)}"}}

    def _desk_scenario_name(self) -> Any:
        return self._at(self._scenario()), {"data": {"name": f"方案 C{next(self.numbers)}", "version": "1"}}

    def _desk_scenario_deletion(self) -> Any:
        return self._at(self._scenario()), {}

    def _desk_scenario_adoption(self) -> Any:
        code = self._scenario()

        def seen() -> dict[str, str]:
            """Return what the page knows now: other writes change what would move."""
            page = self.desk.get(f"/desk/w/spring/scenarios/{code}/promotion").text
            return {"seen": next(iter(re.findall(r'name="seen" value="(\d+)"', page)), "0")}

        return self._at(code), {"data": seen}

    def _desk_api_scenario_create(self) -> Any:
        return self._at(), {"json": {"name": f"方案 D{next(self.numbers)}"}}

    def _desk_api_scenario_rename(self) -> Any:
        return self._at(self._scenario()), {"json": {"name": f"方案 E{next(self.numbers)}"}}

    def _desk_api_scenario_delete(self) -> Any:
        return self._at(self._scenario()), {}

    def _desk_api_scenario_promote(self) -> Any:
        return self._at(self._scenario()), {}

    def _run(self) -> tuple[str, Callable[[], dict[str, str]]]:
        """Return the code of a run, and what lets it wait when it is to be stopped: of a week one waits at a time."""
        with transaction():
            row = ended_run(self.week_id, number=next(self.numbers) + 100)
            db.session.add(row)
            db.session.flush()
            code = row.code
        return code, lambda: self._alone(code)

    def _alone(self, code: str = "") -> dict[str, str]:
        """Let this run wait and no other one, where the week still moves."""
        with transaction():
            if db.session.get_one(Week, self.week_id).state != "archived":
                ended = {"state": "stopped", "stopping": False, "ended_at": now()}
                open_ = (PlannerRun.week_id == self.week_id, PlannerRun.ended_at.is_(None))
                db.session.execute(update(PlannerRun).where(*open_).values(ended))
                waits = {"state": "waiting", "ended_at": None}
                db.session.execute(update(PlannerRun).where(PlannerRun.code == code).values(waits))
        return {}

    def _desk_api_planner_run_create(self) -> Any:
        return self._at(), {"json": lambda: self._alone() | {"mode": "full", "seconds": 1}}

    def _desk_api_planner_run_stop(self) -> Any:
        code, waits = self._run()
        return self._at(code), {"json": waits}

    def _desk_planner_run_new(self) -> Any:
        return self._at(), {"data": lambda: self._alone() | {"mode": "full", "seconds": "1"}}

    def _desk_planner_run_stop(self) -> Any:
        code, waits = self._run()
        return self._at(code), {"data": waits}

    def _incident(self, look: bool = False) -> str:
        """Return the code of a hall that is lost; `look`: a published session is in it, and nobody looks for ways."""
        hall = self._hall()
        if look:
            row, number = self._session(), next(self.numbers)
            start = f"2027-04-15T{8 + number % 12:02d}:00"
            place_session(row.code, start, hall, version=None, actor=SYSTEM)
            publish(self.week_id, actor=SYSTEM, note="", sessions=[row.code])
        code = raise_alarm(self.week_id, {"rooms": [hall]}, named=str, actor=SYSTEM).code
        with transaction():
            ended = {"state": "stopped", "ended_at": now()}
            open_ = (PlannerRun.week_id == self.week_id, PlannerRun.ended_at.is_(None), PlannerRun.way != "")
            db.session.execute(update(PlannerRun).where(*open_).values(ended))
        return code

    def _hall(self) -> str:
        """Return the code of a hall that no other attempt is about."""
        venue = self.crowd.first(Venue).code
        values = {"venue": venue, "name_zh": f"备用厅{next(self.numbers)}", "capacity": 500}
        return create_room(values, actor=SYSTEM).code

    def _decision(self, code: str) -> Callable[[], dict[str, str]]:
        def told() -> dict[str, str]:
            """Return what the page knows now: other writes release, too."""
            week, own = db.session.get_one(Week, self.week_id), get_incident(self.week_id, code)
            return {"way": "cancel", "seen": foresee_loss(week, own).basis}

        return told

    def _away(self) -> str:
        return self.crowd.first(Person).code

    def _desk_absence_note(self) -> Any:
        return self._at(self._away(), since="2027-04-15T08:00"), {}

    def _desk_absence_removal(self) -> Any:
        row, person, number = self._session(), self._away(), next(self.numbers)
        start = f"2027-04-15T{8 + number % 12:02d}:00"
        place_session(row.code, start, self._hall(), version=None, actor=SYSTEM)
        edit_session(row.code, {"people": [{"person": person, "role": "speaker"}]}, version=None, actor=SYSTEM)
        return self._at(person, session=row.code, since="2027-04-15T08:00"), {}

    def _desk_api_absence_note(self) -> Any:
        return self._at(self._away()), {"json": {"since": "2027-04-15T08:00"}}

    def _desk_incident_report(self) -> Any:
        return self._at(), {"data": {"rooms": [self._hall()], "why": "leak"}}

    def _desk_incident_look(self) -> Any:
        return self._at(self._incident(look=True)), {}

    def _desk_incident_decision(self) -> Any:
        code = self._incident(look=True)
        return self._at(code), {"data": self._decision(code)}

    def _desk_incident_lifting(self) -> Any:
        return self._at(self._incident()), {}

    def _desk_api_incident_create(self) -> Any:
        return self._at(), {"json": {"rooms": [self._hall()]}}

    def _desk_api_incident_look(self) -> Any:
        return self._at(self._incident(look=True)), {}

    def _desk_api_incident_decision(self) -> Any:
        code = self._incident(look=True)
        told = self._decision(code)

        def body() -> dict[str, str]:
            own = told()
            return {"way": own["way"], "basis": own["seen"]}

        return self._at(code), {"json": body}

    def _desk_api_incident_lifting(self) -> Any:
        return self._at(self._incident()), {}

    def _desk_roster_new(self) -> Any:
        said = {"consent": "y", "consent_from": "form", "consent_note": "表"}
        return self._at(), {"file": self._people(), "data": said}

    def _desk_roster_confirmation(self) -> Any:
        return self._at(self._roster().code), {}

    def _desk_roster_discarding(self) -> Any:
        return self._at(self._roster().code), {}

    def _desk_week_value(self) -> Any:
        row = self._session()
        edit_session(row.code, {"note_zh": "新"}, version=None, actor=SYSTEM)
        last = db.session.scalar(select(func.max(Revision.id)).where(Revision.code == row.code))
        return self._at(row.code, noun="session", number=last, name="note_zh"), {"data": {"version": row.version}}

    def _desk_offering(self) -> Any:
        code = self._row(Offering).code
        return self._at(code), {
            "data": filled(self.desk.get(f"/desk/w/spring/offerings/{code}").text) | {"max_party": 3}
        }

    def _desk_registration_cancellation(self) -> Any:
        return self._at(self._mine().code), {"data": {"note": ""}}

    def _desk_registration_opening(self) -> Any:
        row = self._placed()
        publish(self.week_id, actor=SYSTEM, note="", sessions=[row.code])
        return self._at(), {}

    def _desk_gate_create(self) -> Any:
        venue = self.crowd.first(Venue).code
        return self._at(), {"data": {"venue": venue, "name_zh": "新门"}}

    def _desk_gate_pause(self) -> Any:
        return self._at(self._row(Gate).code), {"data": {"stopped": "1"}}

    def _desk_device_create(self) -> Any:
        return self._at(), {"data": {"name": "新手机", "profile": "scan", "valid_to": "2027-04-16"}}

    def _desk_device_link(self) -> Any:
        return self._at(self._row(Device).code), {}

    def _speaker(self, linked: bool) -> str:
        """Return the code of a speaker of a session, who has a link or none."""
        code = str(self._row(Person).code)
        if linked:
            give_links(self.week_id, {code: Contact("", "zh-CN")}, actor=SYSTEM)
        return code

    def _desk_speaker_links_create(self) -> Any:
        return self._at(), {"data": {"s": [self._speaker(linked=False)]}}

    def _desk_speaker_links_revocation(self) -> Any:
        return self._at(), {"data": {"s": [self._speaker(linked=True)]}}

    def _desk_speaker_link(self) -> Any:
        return self._at(self._speaker(linked=False)), {}

    def _desk_speaker_link_revocation(self) -> Any:
        return self._at(self._speaker(linked=True)), {}

    def _desk_speaker_reply(self) -> Any:
        code, session = self.crowd.first(Person).code, self._row(Session).code
        return self._at(code, session=session), {"data": {"answer": "confirmed"}}

    def _desk_speaker_consent(self) -> Any:
        return self._at(self._speaker(linked=False), item="bio"), {"data": {"given": "no"}}

    def _desk_api_speaker_link_create(self) -> Any:
        return self._at(), {"json": {"person": self._speaker(linked=False)}}

    def _desk_api_speaker_link_delete(self) -> Any:
        code = self._speaker(linked=True)
        return self._at(next(link.code for link in list_links(self.week_id) if link.person.code == code)), {}

    def _speaker_consents(self) -> Any:
        return {}, {"data": {"text": "1", "name": "no"}}

    def _speaker_calendar_rotation(self) -> Any:
        return {}, {}

    def _speaker_reply(self) -> Any:
        return self._at(self._row(Session).code), {"data": {"answer": "declined"}}

    def _speaker_seen(self) -> Any:
        with transaction():
            self.crowd.link().seen_at = now() - timedelta(days=1)
        return {}, {}

    def _desk_device_revocation(self) -> Any:
        code = db.session.scalar(select(Device.code).where(Device.key_hash == token_hash(self.device_key)))
        return self._at(str(code)), {}

    # The desk's API, beside the subjects.

    def _desk_api_week_edit(self) -> Any:
        return self._at(), {"json": {"theme_zh": "更新"}}

    def _desk_api_week_state(self) -> Any:
        return self._at(), {"json": self._another_state}

    def _another_state(self) -> dict[str, str]:
        week = db.session.get_one(Week, self.week_id, populate_existing=True)
        return {"state": "open" if week.state == "closed" else "closed"}

    def _desk_api_session_cancel(self) -> Any:
        return self._at(self._session().code), {"json": {"reason_zh": "天气"}}

    def _desk_api_session_uncancel(self) -> Any:
        return self._desk_session_restoration()

    def _desk_api_placement_set(self) -> Any:
        row, room = self._session(), self._row(Room).code
        return self._at(row.code), {"json": {"start": "2027-04-16T19:00", "room": room}} | self._absent()

    def _absent(self) -> dict[str, Any]:
        return {"headers": self.key | {"If-None-Match": "*"}}

    def _desk_api_placement_delete(self) -> Any:
        return self._at(self._placed().code), {}

    def _desk_api_release_create(self) -> Any:
        return self._at(), {"json": {"note": "", "sessions": [self._placed().code]}}

    def _desk_api_bulk_change_create(self) -> Any:
        return self._at(), {"json": {"sessions": [self._session().code], "set": {"visibility": "closed"}}}

    def _desk_api_bulk_change_apply(self) -> Any:
        return self._desk_bulk_change_application()

    def _desk_api_bulk_change_undo(self) -> Any:
        return self._desk_bulk_change_undoing()

    def _desk_api_offering_create(self) -> Any:
        code = self._row(Offering, closed=True).sessions[0].session.code
        return self._at(), {"json": {"sessions": [code], "mode": "open"}}

    def _desk_api_offering_edit(self) -> Any:
        return self._at(self._row(Offering).code), {"json": {"max_party": 4}}

    def _desk_api_offering_close(self) -> Any:
        return self._at(self._row(Offering).code), {}

    def _desk_api_offering_reopen(self) -> Any:
        return self._at(self._row(Offering, closed=True).code), {}

    def _desk_api_import_create(self) -> Any:
        return self._at(), {"data": f"{next(self.numbers)},标题\n".encode()}

    def _desk_api_import_confirm(self) -> Any:
        return self._desk_import_confirmation()

    def _desk_api_import_discard(self) -> Any:
        return self._desk_import_discarding()

    def _desk_api_roster_create(self) -> Any:
        said = {"consent": "true", "consent_from": "form", "consent_note": "表"}
        return self._at(), {"data": self._people(), "query_string": said}

    def _desk_api_roster_confirm(self) -> Any:
        return self._desk_roster_confirmation()

    def _desk_api_roster_discard(self) -> Any:
        return self._desk_roster_discarding()

    def _desk_api_gate_create(self) -> Any:
        return self._at(), {"json": {"venue": self.crowd.first(Venue).code, "name_zh": f"门{next(self.numbers)}"}}

    def _desk_api_gate_edit(self) -> Any:
        return self._at(self._row(Gate).code), {"json": {"name_zh": "改过"}}

    def _desk_api_gate_stop(self) -> Any:
        return self._at(self._row(Gate).code), {}

    def _desk_api_gate_go_on(self) -> Any:
        return self._at(self._row(Gate, stopped=True).code), {}

    # Seats, messages and questions of registration.

    def _held(self) -> Any:
        code, until = self._row(Offering).code, now() + timedelta(hours=5)
        return code, hold_seats(code, "public", 1, owner="某单位", reason="代表团", expires=until, actor=SYSTEM).code

    def _led(self, number: int) -> tuple[str, str]:
        """Return the code of a group that the visitor leads, and of the registration of one in it.

        Their offerings are counted from the end: those at the beginning are asked questions, and take no groups.
        """
        people = [Member(1, "示例甲", f"1370000{number:04d}"), Member(2, "示例乙", f"1371000{number:04d}")]
        unit = Unit("示例单位", "示例丙", "13700000000", consent=True)
        group = register_group(self.week_id, self.crowd.nth(Offering, -number).code, unit, people).group
        found = find_group(group)
        assert found
        self.visitor.get(f"/g/{token_of_group(found)}")
        return group, list_live_members(found.id)[0].code

    def _person(self) -> dict[str, str]:
        return {"name": "示例丁", "phone": f"1372000{next(self.numbers):04d}", "consent": "y"}

    def _mine_group_new(self) -> Any:
        unit = {"unit": "示例单位", "leader": "示例丙", "phone": "13700000000", "consent": "y"}
        lines = f"示例甲，1373000{next(self.numbers):04d}"
        return self._at(self.crowd.nth(Session, -1).code), {"data": unit | {"lines": lines}}

    def _mine_group(self) -> Any:
        person = self._person()
        return self._at(self.led[0][0]), {"data": {"lines": f"{person['name']}，{person['phone']}"}}

    def _mine_group_member(self) -> Any:
        group, member = self.led[1]
        return self._at(group, member=member), {"data": self._person()}

    def _mine_group_member_cancellation(self) -> Any:
        group, member = self.led[2]
        return self._at(group, member=member), {}

    def _as_leader(self, number: int) -> tuple[str, str, dict[str, str]]:
        group, member = self.led[number]
        found = find_group(group)
        assert found
        return group, member, {"Authorization": f"Bearer {token_of_group(found)}"}

    def _api_person(self) -> dict[str, str]:
        return {"name": "示例丁", "phone": f"1374000{next(self.numbers):04d}"}

    def _groups_group_create(self) -> Any:
        unit = {"unit": "示例单位", "leader": "示例丙", "phone": "13700000000", "consent": True}
        whole = {"offering": self.crowd.nth(Offering, -1).code, "people": [self._api_person()]}
        return self._at(), {"headers": {"Idempotency-Key": f"g{next(self.numbers)}"}, "json": unit | whole}

    def _groups_group_add(self) -> Any:
        group, _member, token = self._as_leader(0)
        headers = token | {"Idempotency-Key": f"g{next(self.numbers)}"}
        return self._at(group), {"headers": headers, "json": {"people": [self._api_person()]}}

    def _groups_group_swap(self) -> Any:
        group, member, token = self._as_leader(1)
        return self._at(group, member=member), {
            "headers": token | {"If-Match": "*"},
            "json": self._api_person() | {"consent": True},
        }

    def _groups_group_cancel(self) -> Any:
        group, member, token = self._as_leader(3)
        return self._at(group, member=member), {"headers": token | {"If-Match": "*"}}

    def _invited(self) -> tuple[str, str]:
        code, wish = self._row(Offering).code, Wish(now() + timedelta(days=1))
        return code, invite(code, wish, actor=SYSTEM)[0].row.code

    def _desk_offering_invitations_create(self) -> Any:
        sent = {"uses": "1", "seats_of": "public", "expires_at": "2027-04-13 09:00", "locale": "en"}
        return self._at(self._row(Offering).code), {"data": sent}

    def _desk_offering_invitation_revocation(self) -> Any:
        offering, code = self._invited()
        return self._at(offering, invitation=code), {}

    def _desk_api_offering_invitation_create(self) -> Any:
        return self._at(offering=self._row(Offering).code), {"json": {"expires_at": "2027-04-13T09:00"}}

    def _desk_api_offering_invitation_delete(self) -> Any:
        offering, code = self._invited()
        return self._at(code, offering=offering), {}

    def _seats_kept(self) -> dict[str, Any]:
        return {"seats_of": "public", "seats": 1, "owner": "某单位", "reason": "代表团"}

    def _desk_hold_create(self) -> Any:
        return self._at(self._row(Offering).code), {"data": self._seats_kept() | {"expires_at": "2027-04-13 09:00"}}

    def _allotted(self) -> tuple[str, str]:
        code, until = self._row(Offering).code, now() + timedelta(minutes=4)
        return code, allot_seats(code, Allotment(1, "某单位", "支持", until, "public"), actor=SYSTEM).hold

    def _desk_allotment_create(self) -> Any:
        words = {"seats_of": "public", "seats": "1", "owner": "某单位", "reason": "支持", "locale": "zh-CN"}
        return self._at(self._row(Offering).code), {"data": words | {"expires_at": "2027-04-12 08:25"}}

    def _desk_hold_edit(self) -> Any:
        code, hold = self._held()
        words = {
            "seats": "2",
            "owner": "另一单位",
            "reason": "代表团",
            "expires_at": "2027-04-13 09:00",
            "version": "1",
        }
        return self._at(code, hold=hold), {"data": words}

    def _desk_hold_link(self) -> Any:
        code, hold = self._allotted()
        return self._at(code, hold=hold), {"data": {"locale": "en"}}

    def _desk_api_hold_edit(self) -> Any:
        code, hold = self._held()
        return self._at(hold, offering=code), {"json": {"seats": 2}}

    def _desk_api_hold_link(self) -> Any:
        code, hold = self._allotted()
        return self._at(hold, offering=code), {"json": {}}

    def _desk_hold_release(self) -> Any:
        code, hold = self._held()
        return self._at(code, hold=hold), {}

    def _desk_class_set(self) -> Any:
        return self._at(self._row(Offering).code), {"data": {"seats_of": "media", "cap": 5, "rank": 1}}

    def _classed(self) -> str:
        code = str(self._row(Offering).code)
        set_class(code, "media", cap=5, actor=SYSTEM)
        return code

    def _desk_class_removal(self) -> Any:
        return self._at(self._classed(), cls="media"), {}

    def _desk_api_hold_create(self) -> Any:
        return {"week": "spring", "offering": self._row(Offering).code}, {
            "json": self._seats_kept() | {"expires_at": "2027-04-13T09:00"}
        }

    def _desk_api_hold_release(self) -> Any:
        code, hold = self._held()
        return self._at(hold, offering=code), {}

    def _desk_api_class_set(self) -> Any:
        return self._at("media", offering=self._row(Offering).code), {"json": {"cap": 5, "rank": 1}}

    def _desk_api_class_drop(self) -> Any:
        return self._at("media", offering=self._classed()), {}

    def _desk_api_registration_end(self) -> Any:
        return self._at(self._mine().code), {"json": {}}

    def _words(self) -> dict[str, Any]:
        return {"purpose": "通知", "subject_zh": "通知", "body_zh": "请看日程。", "channels": ["email"]}

    def _campaign(self, scheduled: bool = False) -> str:
        code = create_campaign(self.week_id, self._words() | {"audience": {}}, actor=SYSTEM).code
        if scheduled:
            schedule_campaign(self.week_id, code, now() + timedelta(hours=2), actor=SYSTEM)
        return str(code)

    def _desk_campaign_new(self) -> Any:
        blank = filled(self.desk.get("/desk/w/spring/campaigns/new").text)
        return self._at(), {"data": blank | self._words()}

    def _desk_campaign_edit(self) -> Any:
        code = self._campaign()
        typed = filled(self.desk.get(f"/desk/w/spring/campaigns/{code}/edit").text)
        return self._at(code), {"data": typed | {"subject_zh": "改过"}}

    def _desk_campaign_sending(self) -> Any:
        return self._at(self._campaign()), {}

    def _desk_campaign_cancellation(self) -> Any:
        return self._at(self._campaign(scheduled=True)), {}

    def _desk_api_campaign_create(self) -> Any:
        return self._at(), {"json": self._words() | {"audience": {}}}

    def _desk_api_campaign_edit(self) -> Any:
        return self._at(self._campaign()), {"json": {"subject_zh": "改过"}}

    def _desk_api_campaign_sending(self) -> Any:
        return self._at(self._campaign()), {"json": {}}

    def _desk_api_campaign_cancellation(self) -> Any:
        return self._at(self._campaign(scheduled=True)), {}

    def _desk_message_text(self) -> Any:
        typed = filled(self.desk.get("/desk/w/spring/message-texts/confirmed").text)
        return {"week": "spring", "kind": "confirmed"}, {"data": typed | {"subject_zh": "报好了"}}

    def _changed_text(self, kind: str) -> str:
        number = next(self.numbers)
        edit_message_text(self.week_id, kind, {"subject_zh": f"第 {number} 次"}, version=None, actor=SYSTEM)
        return kind

    def _desk_message_text_default(self) -> Any:
        return {"week": "spring", "kind": self._changed_text("promoted")}, {}

    def _desk_message_text_list(self) -> Any:
        typed = filled(self.desk.get("/desk/w/spring/message-texts").text)
        return self._at(), {"data": typed | {"quiet_from": f"22:{next(self.numbers) % 60:02d}"}}

    def _desk_api_message_text_edit(self) -> Any:
        return self._at("offered"), {"json": {"subject_zh": f"第 {next(self.numbers)} 次"}}

    def _desk_api_message_text_reset(self) -> Any:
        return self._at(self._changed_text("cancelled")), {}

    def _desk_api_message_settings_edit(self) -> Any:
        return self._at(), {"json": {"quiet_from": f"21:{next(self.numbers) % 60:02d}"}}

    def _desk_consent(self) -> Any:
        typed = filled(self.desk.get("/desk/w/spring/consents/sensitive").text)
        return {"week": "spring", "purpose": "sensitive"}, {"data": typed | {"text_zh": f"第 {next(self.numbers)} 版"}}

    def _desk_api_consent_write(self) -> Any:
        words = {"text_zh": f"第 {next(self.numbers)} 版", "text_en": "Agreed."}
        return {"week": "spring", "purpose": "sharing"}, {"json": words}

    def _asked(self) -> dict[str, Any]:
        return {"questions": [row(f"q{next(self.numbers)}")]}

    def _desk_api_week_questions_write(self) -> Any:
        return self._at(), {"json": self._asked()}

    def _desk_api_kind_questions_write(self) -> Any:
        return self._at("kind0"), {"json": self._asked()}

    def _desk_api_offering_questions_write(self) -> Any:
        return self._at(self._row(Offering).code), {"json": self._asked()}

    def _desk_question(self) -> Any:
        typed = filled(self.desk.get("/desk/w/spring/questions/kind/kind1/_new").text)
        return self._at("kind1", level="kind", key="_new"), {"data": typed | {"label_zh": "几点到"}}

    def _desk_questions(self) -> Any:
        asked = self._asked()
        write_questions(self.week_id, "kind", "kind2", asked, version=None, actor=SYSTEM)
        version = find_asking(self.week_id, "kind", "kind2").version
        do = f"delete:{asked['questions'][0]['key']}"
        return self._at("kind2", level="kind"), {"data": {"do": do, "version": version}}

    def _resize(self, offering: Offering, cap: Any) -> None:
        pools = update(CapacityPool).where(CapacityPool.offering_id == offering.id, CapacityPool.taken > 0)
        with transaction():
            db.session.execute(pools.values(cap=cap), execution_options={"synchronize_session": False})

    def _booked(self, offering: Offering) -> str:
        person = {"name": "示例己巳", "phone": f"139{next(self.numbers):08d}", "consent": True}
        return register(Basket(self.week_id, (Item(offering.code),), **person), actor=SYSTEM)[0].registration

    def _registered(self, waiting: bool = False, **facts: Any) -> str:
        """Return the code of a new registration of an offering with these facts; who waits could come in by now."""
        own = self._row(Offering, **facts)
        self._resize(own, None)
        code = self._booked(own)
        if waiting:
            self._resize(own, CapacityPool.taken)
            code = self._booked(own)
            self._resize(own, None)
        return code

    def _desk_registration_promotion(self) -> Any:
        return self._at(self._registered(waiting=True)), {"data": {"reason": "贵宾"}}

    def _desk_api_registration_promote(self) -> Any:
        return self._at(self._registered(waiting=True)), {"json": {"reason": "贵宾"}}

    def _moving(self) -> tuple[str, str]:
        code = self._registered()
        own = db.session.scalars(select(Offering).join(Registration).where(Registration.code == code)).one().code
        set_class(own, "media", cap=5, actor=SYSTEM)
        return code, own

    def _desk_registration_move(self) -> Any:
        code, own = self._moving()
        return self._at(code), {"data": {"to": f"{own}/media", "reason": ""}}

    def _desk_api_registration_move(self) -> Any:
        code, own = self._moving()
        return self._at(code), {"json": {"offering": own, "class": "media"}}

    def _foreseen(self) -> str:
        """Return the code of an offering ahead, of a kind of which half of sixty seats came."""
        over, ahead = self._row(Offering), self._row(Offering)
        session, kind = over.sessions[0].session_id, ahead.sessions[0].session.kind_id
        parties = [self._party(over) for _number in range(12)]
        item = select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id)
        with transaction():
            told = db.session.scalars(item.where(Published.session_id == session)).one()
            retell(told, start="2027-04-01T01:00:00Z")
            db.session.execute(update(Session).where(Session.id == session).values(kind_id=kind))
            db.session.execute(update(CapacityPool).where(CapacityPool.offering_id == ahead.id).values(cap=100))
            for number, code in enumerate(parties[:6]):
                facts = {"holder": f"party{number}", "registration_code": code, "first_in": now(), "entries": 1}
                db.session.add(Attendance(week_id=self.week_id, session_id=session, **facts))
        return ahead.code

    def _party(self, offering: Offering) -> str:
        person = {"name": "示例己巳", "phone": f"139{next(self.numbers):08d}", "consent": True}
        return register(Basket(self.week_id, (Item(offering.code, 5),), **person), actor=SYSTEM)[0].registration

    def _desk_overbooking_decision(self) -> Any:
        return self._at(self._foreseen()), {"data": {"accepted": "yes", "reason": "去年也是一半"}}

    def _desk_api_overbooking_decide(self) -> Any:
        return self._at(self._foreseen()), {"json": {"accepted": True, "reason": "去年也是一半"}}

    def _struck(self) -> str:
        """Return the code of a strike that somebody appealed against."""
        with transaction():
            own = self._strike(Registration.attendee_id != self.held.attendee_id)
            own.state = "appealed"
        return own.code

    def _strike(self, whose: Any) -> Strike:
        """Return a strike that no other attempt is about."""
        self.taken[str(whose)] = self.taken.get(str(whose), 0) + 1
        query = select(Strike).join(Strike.registration).where(whose).order_by(Strike.id)
        return db.session.scalars(query.offset(self.taken[str(whose)]).limit(1)).one()

    def _desk_strike_decision(self) -> Any:
        return self._at(self._struck()), {"data": {"do": "accept", "reason": "来过"}}

    def _desk_api_strike_decide(self) -> Any:
        return self._at(self._struck()), {"json": {"decision": "accept", "reason": "来过"}}

    def _desk_strike_rule(self) -> Any:
        return self._at(), {"data": {"misses": "3", "effect": "behind", "do": "on"}}

    def _desk_api_strike_rule_set(self) -> Any:
        return self._at(), {"json": {"misses": 4, "effect": "review"}}

    def _desk_api_strike_rule_drop(self) -> Any:
        return self._at(), {}

    def _own_strike(self) -> str:
        """Return the code of a strike of the visitor."""
        with transaction():
            own = self._strike(Registration.attendee_id == self.held.attendee_id)
            own.given_at = now() + timedelta(days=1)  # the rule is switched off and on before it is appealed against
        return own.code

    def _mine_strike(self) -> Any:
        return self._at(self._own_strike()), {"data": {"text": "来过"}}

    def _strikes_no_show_appeal(self) -> Any:
        token = {"Authorization": f"Bearer {manage_token_of(self.held)}"}
        return self._at(self._own_strike()), {"headers": token, "json": {"text": "来过"}}

    def _twice(self) -> list[str]:
        rows = [self._registered(), self._registered()]
        query = select(Pass.code).join(Registration, Registration.attendee_id == Pass.attendee_id)
        return list(db.session.scalars(query.where(Registration.code.in_(rows)).order_by(Pass.id)))

    def _desk_duplicate_merge(self) -> Any:
        keep, lose = self._twice()
        return self._at(keep, second=lose), {"data": {"keep": keep, "reason": "本人来电"}}

    def _desk_api_merge(self) -> Any:
        keep, lose = self._twice()
        return self._at(), {"json": {"keep": keep, "lose": lose, "reason": "本人来电"}}

    def _desk_registration_standby(self) -> Any:
        return self._at(self._registered(waiting=True, promote_until_min=10_000)), {}

    def _desk_api_registration_standby(self) -> Any:
        return self._desk_registration_standby()

    def _desk_review_decide(self) -> Any:
        return self._at(), {"data": {"verdict": "approve", "r": [self._registered(mode="approval")]}}

    def _desk_api_review(self) -> Any:
        return self._at(), {"json": {"verdict": "approve", "registrations": [self._registered(mode="approval")]}}

    # Visitors and their programs.

    def _mine_basket(self) -> Any:
        code = self._row(Offering).sessions[0].session.code
        self.visitor.post("/w/spring/picks", data={"s": [code]}, headers={"Origin": "http://127.0.0.1:8000"})
        person = {"name": "示例丁卯", "phone": "13800431280", "consent": "y", "key": str(next(self.numbers))}
        return self._at(), {"data": person}

    def _ahead(self, begun: bool = False) -> Registration:
        """Return a registration of the visitor of what has not begun, or what one can go into now where `begun`."""
        for _n in range(30):
            own = self._mine()
            found = load_offerings([own.offering_id])
            if found and (sitting_now(sittings_of(found[0]), 1440, now()) if begun else now() < found[0].window.ends):
                return own
        raise AssertionError("there is none")

    def _open_on_line(self, code: str, before_min: int | None = None) -> str:
        """Open an offering on line; its version stays, for what is to be sent to it was made before."""
        version = db.session.scalars(select(Offering.version).where(Offering.code == code)).one()
        set_online(code, Online(True, before_min, "https://meet.example.org/1"), actor=SYSTEM)
        with transaction():
            db.session.execute(update(Offering).where(Offering.code == code).values(version=version))
        return code

    def _mine_attendance(self) -> Any:
        own = self._ahead()
        self._open_on_line(own.offering.code)
        return self._at(own.code), {"data": {"way": "online"}}

    def _going_in(self) -> str:
        """Return a registration of the visitor on line whose way in is open now."""
        own = self._ahead(begun=True)
        code, offering = own.code, own.offering.code
        with transaction():
            db.session.execute(update(Registration).where(Registration.code == code).values(cls="online"))
        self._open_on_line(offering, 1440)
        return code

    def _mine_online_room(self) -> Any:
        return self._at(self._going_in()), {"data": {"submit": "y"}}

    def _registration_registration_attendance(self) -> Any:
        own = self._ahead()
        self._open_on_line(own.offering.code)
        token = {"Authorization": f"Bearer {manage_token_of(self.held)}"}
        return self._at(own.code), {"headers": token, "json": {"online": True}}

    def _registration_registration_join(self) -> Any:
        token = {"Authorization": f"Bearer {manage_token_of(self.held)}"}
        return self._at(self._going_in()), {"headers": token}

    def _desk_offering_online(self) -> Any:
        own = self._row(Offering)
        sent = {"open": "y", "link": "https://meet.example.org/2", "version": own.version, "do": "save"}
        return self._at(own.code), {"data": sent}

    def _desk_offering_online_removal(self) -> Any:
        return self._at(self._open_on_line(self._row(Offering).code)), {}

    def _desk_api_online_set(self) -> Any:
        return self._at(offering=self._row(Offering).code), {"json": {"open": True}}

    def _desk_api_online_drop(self) -> Any:
        return self._at(offering=self._open_on_line(self._row(Offering).code)), {}

    def _mine_cancellation(self) -> Any:
        return self._at(self._mine().code), {"data": {"submit": "y"}}

    def _mine_choice(self) -> Any:
        return self._at(self._mine().code), {"data": {"do": "keep"}}

    def _mine_answer(self) -> Any:
        own = self._mine().code
        token = answer_token_of(self.held, own)
        return {"code": self.held.code, "registration": own, "token": token}, {"data": {"do": "cancel"}}

    def _affected_answer(self) -> Any:
        token = {"Authorization": f"Bearer {manage_token_of(self.held)}"}
        return self._at(self._mine().code), {"headers": token, "json": {"choice": "kept"}}

    def _desk_affected_choice(self) -> Any:
        return self._at(self._mine().code), {"data": {"do": "kept"}}

    def _desk_api_affected_choose(self) -> Any:
        own = select(AffectedRegistration.code).where(AffectedRegistration.registration_id == self._mine().id)
        return self._at(db.session.scalars(own).one()), {"json": {"choice": "kept"}}

    def _splitting(self) -> tuple[str, str]:
        """Return an offering with two registrations, and one over which they can be spread."""
        code = self._registered()
        own = db.session.scalars(select(Offering).join(Registration).where(Registration.code == code)).one()
        self._booked(own)
        target = self._row(Offering)
        kind, items = self._published(own)[0].snapshot["kind"], self._published(target)
        with transaction():
            for item in items:  # people are spread over offerings of their kind only
                retell(item, kind=kind)
                db.session.add(item)
        return own.code, target.code

    def _published(self, own: Offering) -> list[ReleaseItem]:
        """Return what is published of the sessions of an offering."""
        query = select(ReleaseItem).join(Published, Published.item_id == ReleaseItem.id)
        query = query.join(OfferingSession, OfferingSession.session_id == Published.session_id)
        return list(db.session.scalars(query.where(OfferingSession.offering_id == own.id)))

    def _desk_offering_spread(self) -> Any:
        own, target = self._splitting()
        version = db.session.scalars(select(Offering.version).where(Offering.code == own)).one()
        return self._at(own), {"data": {"targets": target, "version": version, "do": "spread"}}

    def _desk_api_spread(self) -> Any:
        own, target = self._splitting()
        return self._at(), {"json": {"offering": own, "targets": [target]}}

    def _mine_seats(self) -> Any:
        return self._at(self._mine().code), {"data": {"seats": 2}}

    def _registration_registration_create(self) -> Any:
        items = [{"offering": self._row(Offering).code}]
        person = {"name": "示例戊辰", "phone": "13800431281", "consent": True, "items": items}
        return self._at(), {"json": person, "headers": {"Idempotency-Key": str(next(self.numbers))}}

    def _registration_registration_cancel(self) -> Any:
        token = {"Authorization": f"Bearer {manage_token_of(self.held)}"}
        return self._at(self._mine().code), {"headers": token}

    # The door.

    def _scan(self, **more: Any) -> dict[str, Any]:
        place = {"gate": self.crowd.first(Gate).code, "session": self.crowd.first(Session).code}
        return place | {"seq": next(self.numbers), "code": token_of(self.held)} | more

    def _gate_scan_create(self) -> Any:
        scan = self._scan()
        return scan, {"json": scan}

    def _gate_enrolment_create(self) -> Any:
        return {"token": self._enrolment()}, {"data": {"name": "手机"}}

    def _scans_scan_create(self) -> Any:
        headers = {"Authorization": f"Bearer {self.device_key}"}
        return {}, {"json": {"scans": [self._scan(kind="out")]}, "headers": headers}
