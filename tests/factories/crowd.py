"""A released week of any size: so many rows of everything that a page can list."""

import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import inspect, select

from eventweek.accounts.models import Invitation, User
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry, Revision
from eventweek.campaigns.models import Campaign
from eventweek.checkin.models import Attendance, Device, DeviceGate, Gate, Scan, ScanReview
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, Bilingual, db, transaction
from eventweek.kernel.keys import signing_key_id
from eventweek.kernel.sealing import seal
from eventweek.outbox.models import Message
from eventweek.programme.actions.speakers.links import Contact, give_links
from eventweek.programme.models import (
    BulkChange,
    CalendarDay,
    City,
    Feature,
    Grant,
    Incident,
    IncidentRoom,
    Kind,
    Notice,
    Organisation,
    Page,
    Person,
    Room,
    RoomHours,
    Series,
    SeriesMember,
    Session,
    SessionOrganisation,
    SessionPerson,
    SpeakerLink,
    Tag,
    TagSet,
    Track,
    Venue,
    Week,
)
from eventweek.registration.actions.consents import seed_consent_text
from eventweek.registration.groups import digest_of_group, token_of_group
from eventweek.registration.models import (
    Attendee,
    CapacityPool,
    Offering,
    OfferingInvitation,
    OfferingSession,
    Pass,
    PoolHold,
    Registration,
    RegistrationEvent,
    RegistrationGroup,
    Roster,
    Strike,
    StrikeRule,
    StrikeStep,
)
from eventweek.registration.passes import new_token
from eventweek.registration.queries.rosters import packed, place_of
from eventweek.registration.rosters import Line
from eventweek.replanning.models import AffectedRegistration, PlannerRun
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import (
    OverrideSession,
    Placement,
    Plan,
    ProgrammeImport,
    ProposalImport,
    Release,
    RuleOverride,
    RuleSetting,
)
from tests.factories.programme import make_week
from tests.factories.proposals import import_of_crowd, proposals_of_crowd
from tests.factories.runs import ended_run, files_of_run, made_paper

OPENING = datetime(2027, 4, 12, 0, 30, tzinfo=UTC)
"""08:30 in Changchun on the first day."""
SCENARIOS = 30
"""A week has so many and no more: there is a limit."""
MOST_CITIES = 30
"""The table of travel times holds every pair of them."""


def moved(title: str) -> dict[str, Any]:
    """Return a change as a question keeps it: half an hour later."""
    place = {"code": "r", "zh": "一号厅", "en": "Hall 1"}
    times = [(OPENING + timedelta(minutes=30 * n)).isoformat() for n in range(3)]
    spots = [{"start": s, "end": e, "room": place, "venue": place, "cancelled": False} for s, e in pairwise(times)]
    return {"session": "s", "zh": title, "en": "No. 0", "before": spots[0], "after": spots[1]}


class Crowd:
    """A week and its rows, numbered; `grow` adds what is missing. Row 0 of each kind holds rows of all the others."""

    def __init__(self) -> None:
        self.week_id = make_week().id
        self.size = self.release = 0
        with transaction():
            plan = db.session.scalar(select(Plan).where(Plan.week_id == self.week_id, Plan.working))
            self.plan = plan or Plan(week_id=self.week_id, working=True)
            self.rows: dict[type[Base], list[Any]] = {}
            db.session.add(self.plan)
            seed_consent_text(self.week_id)
            db.session.add(
                StrikeRule(week_id=self.week_id, misses=10, effect="behind", since=now() - timedelta(days=1))
            )

    def grow(self, size: int) -> None:
        """Add rows until there are `size` of each kind, and publish."""
        numbers, self.size = range(self.size, size), size
        db.session.add_all([self.plan, *chain.from_iterable(self.rows.values())])
        with transaction():
            for make in (
                self._masters,
                self._labels,
                self._sessions,
                self._staff,
                self._people,
                self._door,
                self._texts,
                self._proposals,
                self._messages,
            ):
                for number in numbers:
                    db.session.add_all(make(number))
                db.session.flush()
        with transaction():
            self._bulk()
            self._import()
            self._proposal_import()
            self._roster()
            self._run()
            self._incident()
        self.release = release_schedule(self.week_id, actor=SYSTEM, note="").number
        with transaction():
            for number in range(self.release + 1, self.release + len(numbers)):
                facts = {"number": number, "partial": True, "note": "", "actor": "system", "at": now()}
                db.session.add(Release(week_id=self.week_id, **facts))
        db.session.expunge_all()  # each commit of a test would look through every row that the session holds

    def first(self, model: type[Base]) -> Any:
        """Return row 0 of a kind."""
        return self.nth(model, 0)

    def nth(self, model: type[Base], number: int) -> Any:
        """Return a row of a kind by its number."""
        return db.session.get_one(model, inspect(self.rows[model][number]).identity)

    def link(self) -> SpeakerLink:
        """Return a link of person 0, who takes part in every session."""
        link = give_links(self.week_id, {self.first(Person).code: Contact()}, actor=SYSTEM)[0].link
        self.rows[SpeakerLink] = [link]
        return link

    def _keep(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def _row(self, model: type[Base], number: int) -> Any:
        return self.rows[model][number]

    def _masters(self, n: int) -> Iterable[Base]:
        pair, key = Bilingual(f"第{n}号", f"No. {n}"), f"crowd:{n}"
        if n < MOST_CITIES:
            yield self._keep(City(code=f"9{n:05d}", name=pair))
        yield self._keep(Feature(code=f"feature{n}", name=pair))
        places: dict[str, Any] = {"city": self._row(City, 0), "site_type": ""}
        yield self._keep(Venue(source_key=key, name=pair, short_name=pair, address=pair, transport=pair, **places))
        hall: dict[str, Any] = {"capacity": 100, "layout": "theatre", "changeover_min": 0}
        hall |= {"venue": self._row(Venue, 0), "features": [self._row(Feature, n)]}
        room = self._keep(Room(source_key=key, name=pair, short_name=pair, **hall))
        room.hours = [RoomHours(opens="08:00", closes="21:00")]
        yield room
        unit: dict[str, Any] = {"type": "", "level": "", "city": self._row(City, 0)}
        yield self._keep(Organisation(source_key=key, name=pair, short_name=pair, **unit))
        profile: dict[str, Any] = {"affiliation": pair, "honour": pair, "bio": pair, "roles": ["speaker"]}
        yield self._keep(Person(source_key=key, name=pair, max_per_day=99, city=self._row(City, 0), **profile))
        yield CalendarDay(day=date(2027, 1, 1) + timedelta(days=n), type="holiday", name=pair)
        day = date(2020, 1, 1) + timedelta(days=n)
        dated: dict[str, Any] = {"timezone": "Asia/Shanghai", "first_day": day, "last_day": day, "state": "open"}
        yield Week(code=f"earlier{n}", title=pair, theme=pair, contact=pair, **dated)

    def _labels(self, n: int) -> Iterable[Base]:
        pair, week = Bilingual(f"第{n}号", f"No. {n}"), {"week_id": self.week_id}
        rules: dict[str, Any] = {"family": "meet", "default_minutes": 10, "changeover_min": 0, "registration": "open"}
        yield self._keep(Kind(code=f"kind{n}", name=pair, rule=pair, **rules, **week))
        yield self._keep(TagSet(code=f"set{n}", name=pair, **week))
        yield self._keep(Tag(code=f"tag{n}", name=pair, set=self._row(TagSet, 0), **week))
        yield self._keep(Track(code=f"track{n}", name=pair, short_name=pair, **week))
        yield self._keep(Series(code=f"series{n}", name=pair, short_name=pair, kind="repeat", **week))

    def _sessions(self, n: int) -> Iterable[Base]:
        pair, week = Bilingual(f"第{n}场", f"Session {n}"), {"week_id": self.week_id}
        demand: dict[str, Any] = {"duration_min": 10, "expected": 80, "visibility": "public", "registration": "open"}
        demand |= {"kind": self._row(Kind, n), "track": self._row(Track, n), "city": self._row(City, 0)}
        texts: dict[str, Any] = {"title": pair, "note": pair, "text_zh": "正文", "cancel_reason": Bilingual("", "")}
        session = self._keep(Session(uid=f"crowd{n}", source_key=f"crowd:{n}", **demand, **texts, **week))
        for position, number in enumerate({0, n}):
            person, unit = self._row(Person, number), self._row(Organisation, number)
            session.people.append(SessionPerson(person=person, role="speaker", position=position))
            session.organisations.append(SessionOrganisation(organisation=unit, role="host", position=position))
        session.tags, session.features = [self._row(Tag, number) for number in {0, n}], [self._row(Feature, n)]
        yield session
        self._row(Series, 0).members.append(SeriesMember(session=session, position=n + 1, **week))
        start = OPENING + timedelta(days=n % 5, minutes=10 * (n // 5))
        room = self._row(Room, n)
        yield self._keep(Placement(plan=self.plan, session=session, start=start, room=room, **week))
        if n < SCENARIOS:
            yield self._keep(Plan(name=f"方案 {n}", name_key=f"方案 {n}", **week))
        other = start + timedelta(minutes=5)
        yield Placement(plan=self._row(Plan, 0), session=session, start=other, room=room, **week)
        said: dict[str, Any] = {"rule": "capacity", "reason": "坐得下", "actor": "system", "at": now()}
        place = OverrideSession(session=session, position=0, start=start, room=room, **week)
        yield self._keep(RuleOverride(finding=f"{n:024}", sessions=[place], **said, **week))
        yield RuleSetting(rule=f"rule{n}", level="warn", weight=n, **week)
        pools = [CapacityPool(cls=cls, cap=1000) for cls in ("room", "public")]
        offering = self._keep(Offering(name=pair, mode="open", pools=pools, **week))
        offering.sessions = [OfferingSession(session=session, **week)]
        yield offering

    def _bulk(self) -> None:
        """Let row 0 of the changes of many sessions be about all sessions."""
        changes = {"track": [f"track{self.size}", "track0"], "tags": [["set0:tag0"], []]}
        told = [{"code": session.code, "version": 1, "changes": changes, "why": []} for session in self.rows[Session]]
        if BulkChange not in self.rows:
            facts = {"actor": "system", "made_at": now(), "wish": {}, "stay": 0}
            db.session.add(self._keep(BulkChange(week_id=self.week_id, rows=told, **facts)))
        else:
            self.first(BulkChange).rows = told

    def _import(self) -> None:
        """Keep one import that tells of as many rows and problems as there are sessions."""
        problem = {"sheet": "场次", "row": 3, "column": "类型", "line": 0, "path": "", "value": "x", "facts": {}}
        row = {"section": "sessions", "status": "changed", "title": "示例", "row": 3, "fields": ["title_zh"]}
        outcome = {"counts": [["sessions", "new", 1]], "taken": 9, "wrong": 9, "format": "xlsx"}
        outcome |= {"rows": [row] * self.size, "problems": [problem | {"code": "field.required"}] * self.size}
        if ProgrammeImport not in self.rows:
            content = "编号,标题\na,b\n".encode()
            facts = {"actor": "system", "digest": "0" * 64, "file": files.keep(b"x\n" + content), "name": "a.csv"}
            own = ProgrammeImport(week_id=self.week_id, state="wrong", outcome=outcome, made_at=now(), **facts)
            db.session.add(self._keep(own))
        else:
            self.first(ProgrammeImport).outcome = outcome

    def _proposals(self, n: int) -> Iterable[Base]:
        return proposals_of_crowd(n, self._row, {"week_id": self.week_id}, self._keep)

    def _proposal_import(self) -> None:
        """Keep one filled template of proposals with as many rows as there are sessions."""
        file = files.keep("x\n标题,类型\na,b\n".encode())
        own = import_of_crowd(self.week_id, self._row(Organisation, 0).code, self.size, file)
        if ProposalImport not in self.rows:
            db.session.add(self._keep(own))
        else:
            self.first(ProposalImport).outcome = own.outcome

    def _run(self) -> None:
        """Keep one run of the planner that has ended, and moves as many sessions as there are."""
        codes = [session.code for session in self.rows[Session]]
        kept = files_of_run(codes, self.first(Room).code)
        if PlannerRun not in self.rows:
            db.session.add(self._keep(ended_run(self.week_id, **kept)))
        else:
            for name, own in kept.items():
                setattr(self.first(PlannerRun), name, own)

    def _incident(self) -> None:
        """Keep one hall that is lost, and a way out of it that has no place for anything."""
        if Incident not in self.rows:
            facts = {"since": OPENING, "actor": "system", "made_at": now(), "reason": Bilingual("漏水", "")}
            lost = [IncidentRoom(room_id=self.first(Room).id)]
            db.session.add(self._keep(Incident(week_id=self.week_id, code="incident0", rooms=lost, **facts)))
            way = {"number": 9_000, "incident": "incident0", "way": "near"}
            db.session.add(ended_run(self.week_id, **way, **files_of_run([], self.first(Room).code)))

    def _roster(self) -> None:
        """Keep one list that tells of as many rows as there are sessions, each of which is wrong."""
        row = {"fate": "wrong", "offering": "", "becomes": "", "field": "phone", "code": "phone.invalid", "facts": {}}
        outcome = {"counts": {"wrong": self.size}, "rows": [row | {"row": number} for number in range(self.size)]}
        lines = [Line(number, "示例甲子", "1") for number in range(self.size)]
        key_id, sealed = seal(packed(lines), place_of("roster0"))
        told = {"key_id": key_id, "file": files.keep(sealed), "outcome": outcome}
        if Roster not in self.rows:
            facts = {"actor": "system", "digest": "0" * 64, "name": "a.csv", "state": "wrong", "made_at": now()}
            said = {"consent_from": "form", "consent_note": "表", "send": False}
            db.session.add(self._keep(Roster(week_id=self.week_id, code="roster0", **facts, **said, **told)))
        for name, value in told.items():
            setattr(self.rows[Roster][0], name, value)

    def _staff(self, n: int) -> Iterable[Base]:
        user = User(email=f"crowd{n}@example.org", name="示例丁卯", password_hash="", created_at=now())
        yield self._keep(user)
        db.session.add(user)
        db.session.flush()
        for number in {0, n}:
            facts = {"role": "reader", "scope_kind": "track", "scope_code": f"track{n}"}
            yield Grant(user_id=self._row(User, number).id, week_id=self.week_id, **facts)
        until = {"created_at": now(), "expires_at": now() + timedelta(days=3)}
        grants = [{"week": "spring", "role": "reader", "scope_kind": "track", "scope_code": f"track{n}"}]
        yield Invitation(token_hash=f"{n:064d}", email=f"new{n}@example.org", name="示例", grants=grants, **until)
        facts = {"verb": "session.edit", "subject": "session", "code": self._row(Session, n).code, "changes": {}}
        yield AuditEntry(at=now(), week_id=self.week_id, actor_id=user.id, actor=user.code, **facts)
        yield self._keep(made_paper(self.week_id, user.code, self._row(Room, n).code))
        for row in (self._row(Session, 0), self._row(Person, 0)):
            yield self._revision(row, n)

    def _revision(self, row: Any, n: int) -> Base:
        subject = "session" if isinstance(row, Session) else "person"
        changes = {"text_zh": [f"{n}", f"{n + 1}"], "city": ["220100", None]}
        facts = {"subject": subject, "row_id": row.id, "code": row.code, "verb": "edit", "actor": "system"}
        own = Revision(at=now(), version=n + 2, changes=changes, personal={}, **facts)
        return self._keep(own)

    def _people(self, n: int) -> Iterable[Base]:
        number = {"phone_e164": f"+86139{n:08d}", "contact_key": f"{n:064d}"}
        attendee = self._keep(Attendee(name=f"示例{n}", created_at=now(), **number))
        seed = secrets.token_bytes(16)
        yield attendee
        own = Pass(week_id=self.week_id, attendee=attendee, seed=seed, created_at=now(), tokens=[new_token(seed, 1)])
        yield self._keep(own)
        self._group(n)
        for offering, who in {(0, n), (n, 0)}:
            yield self._registration(self._row(Offering, offering), self._row(Attendee, who))
        asking = Attendee(name=f"示例申请{n}", created_at=now(), phone_e164=f"+86137{n:08d}", contact_key=f"{n:063d}a")
        facts: dict[str, Any] = {"week_id": self.week_id, "state": "applied", "created_at": now()}
        yield Registration(offering=self._row(Offering, 0), attendee=asking, **facts)
        kept = {"owner": f"示例单位{n}", "reason": "代表团", "expires_at": now() + timedelta(hours=1)}
        yield self._invitation(n)
        yield self._keep(PoolHold(pool_id=self._row(Offering, 0).pools[1].id, seats=1, **kept))

    def _invitation(self, n: int) -> Base:
        facts: dict[str, Any] = {"week_id": self.week_id, "offering_id": self._row(Offering, 0).id, "cls": "public"}
        facts |= {"kind": "code", "seed": secrets.token_bytes(16), "key_id": "1", "hint": "0000", "label": f"示例{n}"}
        times = {"made_at": now(), "expires_at": now() + timedelta(days=1)}
        return self._keep(OfferingInvitation(token_hash=f"{n:064d}", **facts, **times))

    def _group(self, n: int) -> RegistrationGroup:
        facts: dict[str, Any] = {"week_id": self.week_id, "offering_id": self._row(Offering, 0).id, "unit": f"示例{n}"}
        facts |= {"seed": secrets.token_bytes(16), "key_id": signing_key_id(), "token_hash": f"{n:064d}"}
        times = {"made_at": now(), "cut_off": now() + timedelta(hours=1)}
        group: RegistrationGroup = self._keep(RegistrationGroup(leader=self._row(Attendee, n), **facts, **times))
        group.token_hash = digest_of_group(token_of_group(group))
        db.session.add(group)
        db.session.flush()
        return group

    def _registration(self, offering: Any, attendee: Any) -> Base:
        facts: dict[str, Any] = {"week_id": self.week_id, "state": "confirmed", "created_at": now()}
        facts["group_id"] = self._row(RegistrationGroup, 0).id
        row: Registration = self._keep(Registration(offering=offering, attendee=attendee, **facts))
        for pool in offering.pools:
            pool.taken += 1
        db.session.add(row)
        db.session.flush()
        db.session.add(RegistrationEvent(registration_id=row.id, at=now(), to_state="confirmed", actor="visitor"))
        asked: dict[str, Any] = {"registration": row, "offering": offering.code, "release": 1, "noted_at": now()}
        db.session.add(self._keep(AffectedRegistration(changes=[moved("第0号")], clashes=[], **asked)))
        strike = self._keep(Strike(registration=row, state="given", given_at=now()))
        db.session.add(strike)
        db.session.flush()
        db.session.add(StrikeStep(strike_id=strike.id, at=now(), to_state="given", actor="system"))
        return row

    def _door(self, n: int) -> Iterable[Base]:
        week: dict[str, Any] = {"week_id": self.week_id}
        gate = self._keep(Gate(venue=self._row(Venue, 0), name=Bilingual(f"{n}号门", f"Gate {n}"), **week))
        db.session.add(gate)
        db.session.flush()
        span = {"valid_from": OPENING - timedelta(days=9), "valid_to": OPENING + timedelta(days=9)}
        device = Device(name=f"设备{n}", profile="lead", created_at=now(), enrolled_at=now(), **span, **week)
        device.gates = [DeviceGate(gate=self._row(Gate, number), **week) for number in {0, n}]
        yield self._keep(device)
        db.session.flush()
        holder, session = self._row(Pass, n).code, self._row(Session, 0).id
        yield Attendance(session_id=session, holder=holder, first_in=now(), entries=1, inside=True, **week)
        times = {"device_time": now(), "effective_time": now(), "received_at": now()}
        words = {
            "kind": "in",
            "mode": "online",
            "door_verdict": "yes",
            "door_reason": "entry.first",
            "should_have": "yes",
        }
        words |= {"should_reason": "", "operator": "device", "prev_hash": "", "holder": holder}
        facts: dict[str, Any] = {"device_id": self._row(Device, 0).id, "device_seq": n + 1, "session_id": session}
        scan = Scan(gate_id=self._row(Gate, 0).id, **facts, **times, **words, **week)
        db.session.add(scan)
        db.session.flush()
        yield ScanReview(scan_id=scan.id, code="inside", created_at=now(), **week)

    def _messages(self, n: int) -> Iterable[Base]:
        words = {"purpose": "示例", "subject": Bilingual(f"第{n}次", f"No. {n}"), "body_zh": "{name}：您好。"}
        own = self._keep(Campaign(week_id=self.week_id, audience={"states": ["confirmed"]}, created_at=now(), **words))
        yield own
        db.session.flush()
        to: dict[str, Any] = {"recipient": f"crowd{n}@example.org", "week": "spring", "person": self._row(Pass, n).code}
        facts: dict[str, Any] = {"locale": "zh-CN", "context": {}, "next_at": now(), "created_at": now()}
        facts |= {"state": "dead", "batch": self._row(Campaign, 0).code, "error": "no way"}
        yield self._keep(Message(dedupe_key=f"crowd:{n}", template="campaigns/message", **to, **facts))

    def _texts(self, n: int) -> Iterable[Base]:
        pair, long = Bilingual(f"第{n}条", f"No. {n}"), {"text_zh": "正文", "text_en": "Text"}
        public: dict[str, Any] = {"first_published_at": now(), "published_at": now(), "published_text": long}
        public |= {"week_id": self.week_id, "title": pair, **long}
        words = {"title_zh": pair.zh, "title_en": pair.en}
        head: dict[str, Any] = {"code": f"page{n}", "listed": True, "position": n}
        yield self._keep(Page(published=words | head, **head, **public))
        session = self._row(Session, n)
        db.session.flush()
        scope: dict[str, Any] = {"level": "urgent" if n % 2 else "important", "pinned": False}
        copy = words | scope | {"shown_from": None, "shown_until": None, "session": session.code}
        copy |= {"venue": None, "city": None}
        yield self._keep(Notice(source_key=f"crowd:{n}", session=session, published=copy, **scope, **public))
