"""Who may do what, as one table of roles and verbs; each cell is asked over HTTP, inside and outside its scope."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.models import Invitation, User
from eventweek.accounts.permissions import TABLE
from eventweek.accounts.rules import MAY_BE_SCOPED
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.db import db
from eventweek.kernel.limits import init_limits
from eventweek.kernel.tokens import random_code
from eventweek.language.accounts import BOUNDS, DUTIES
from eventweek.programme.actions.parties import create_organisation
from eventweek.programme.actions.proposals.moving import review_proposal
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.tags import create_track
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Grant, Organisation, Proposal
from eventweek.programme.queries.incidents import list_incidents
from eventweek.registration.models import Offering, OfferingSession
from eventweek.scheduling.models import Placement
from eventweek.scheduling.worklist import list_planned
from tests.conftest import SignIn
from tests.factories.accounts import make_user
from tests.factories.keys import make_key
from tests.factories.proposals import as_role, make_proposal, make_submitted, proposer_of
from tests.registration.world import applied, resize, state_of, week
from tests.web.desk.sheet import submit

ROOT = Path(__file__).parents[2]
GRID = """
                      committee  city  venue  track  proposer  door  reader  auditor
programme.read        all        all   all    all    -         all   all     all
programme.edit        all        own   -      own    -         -     -       -
plan.edit             all        own   own    own    -         -     -       -
alarm.raise           all        own   own    -      -         -     -       -
masters.edit          all        -     -      -      -         -     -       -
release.publish       all        -     -      -      -         -     -       -
week.create           -          -     -      -      -         -     -       -
week.edit             all        -     -      -      -         -     -       -
registrations.read    all        own   -      -      -         own   -       -
registrations.edit    all        -     -      -      -         -     -       -
registrations.review  all        own   -      -      -         -     -       -
messages.edit         all        -     -      -      -         -     -       -
door.manage           all        -     -      -      -         own   -       -
proposals.read        all        own   -      -      own       -     -       -
proposals.make        -          -     -      -      own       -     -       -
proposals.review      all        own   -      -      -         -     -       -
proposals.decide      all        -     -      -      -         -     -       -
proposers.invite      all        own   -      -      -         -     -       -
users.manage          -          -     -      -      -         -     -       -
audit.read            -          -     -      -      -         -     -       all
"""
"""`all`: anywhere in the edition; `own`: in the city, venue, track or organisation of the role (door: in all of it
where it has no venue); `-`: nowhere. An administrator may everything. docs/administrators.md holds the same table."""
WEEK, API = "/desk/w/jl2026", "/api/v1/desk/weeks/jl2026"
STAR = {"If-Match": "*"}


def _grid() -> dict[tuple[str, str], str]:
    head, *rows = (line.split() for line in GRID.strip().splitlines())
    return {(verb, role): cell for verb, *cells in rows for role, cell in zip(head, cells, strict=True)}


CELLS = _grid()


@dataclass(frozen=True)
class Side:
    """What is in a scope, or outside: a session where it stands, its seats, who applies, whoever proposes."""

    session: str
    start: str
    room: str
    venue: str
    city: str
    track: str
    offering: str
    application: str
    organisation: str
    proposer: Actor

    def scope(self, kind: str) -> str:
        """Return the code of the city, venue, track or organisation."""
        return str(getattr(self, kind))

    def proposed(self, step: str) -> str:
        """Write a proposal of the organisation in the city; return its code. `step`: `draft`, `city`, `committee`."""
        unit = db.session.scalars(select(Organisation).where(Organisation.code == self.organisation)).one()
        write = make_proposal if step == "draft" else make_submitted
        code = write(week(), unit, self.proposer, city=self.city).code
        if step == "committee":
            review_proposal(week().id, code, ProposalMove.RECOMMEND, actor=SYSTEM)
        return code


@dataclass
class Door:
    """How somebody comes in: a browser that is signed in, or a key."""

    client: FlaskClient
    key: dict[str, str]
    turn: int = 0

    def form(self, path: str, **changes: str) -> int:
        """Open a form, change it, send it; where it cannot be opened, send it all the same."""
        opened = self.client.get(path)
        if opened.status_code == 200:
            return submit(self.client, path, **changes).status_code
        assert self.client.post(path, data=changes | {"do": "save"}).status_code == opened.status_code, path
        return opened.status_code

    def post(self, path: str, **data: str) -> int:
        """Press a button."""
        return self.client.post(path, data=data).status_code

    def get(self, path: str) -> int:
        """Open a page."""
        return self.client.get(path).status_code

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        """Send a request with the key; what makes something new has an Idempotency-Key of its own."""
        self.turn += 1
        once = {"Idempotency-Key": f"ask-{self.turn}"} if method == "POST" else {}
        given = {} if body is None else {"json": body}
        return self.client.open(path, method=method, headers=self.key | once | headers, **given).status_code


Probe = Callable[[Door, Side], int]


def _reviewed(door: Door, at: Side, status: int) -> int:
    """Return the answer to a decision, as a refusal where nothing was decided: unknown and foreign answer alike."""
    decided = state_of(at.application) != "applied"
    return status if decided or status == 403 else 404


def _release(door: Door, at: Side) -> int:
    seen = door.client.get(f"{API}/changes", headers=door.key).headers.get("ETag", '"none"')
    return door.ask("POST", f"{API}/releases", {"note": "", "sessions": [at.session]}, **{"If-Match": seen})


def _review_on_the_web(door: Door, at: Side) -> int:
    return _reviewed(door, at, door.post(f"{WEEK}/reviews", verdict="approve", r=at.application))


def _review_by_key(door: Door, at: Side) -> int:
    body = {"registrations": [at.application], "verdict": "approve"}
    return _reviewed(door, at, door.ask("POST", f"{API}/reviews", body))


def _told(status: int, done: bool) -> int:
    """Return the answer where it is true: what is answered as done is done, what is refused is not. 500: it is not."""
    return status if done == (status < 400) else 500


def _stands(code: str, **values: str) -> bool:
    db.session.rollback()
    own = db.session.scalars(select(Proposal).where(Proposal.code == code)).one()
    return {name: getattr(own, name) for name in values} == values


def _see_on_the_web(door: Door, at: Side) -> int:
    code = at.proposed("city")
    listed = code in door.client.get(f"{WEEK}/proposals?organisation={at.organisation}").text
    return _told(door.get(f"{WEEK}/proposals/{code}"), listed)


def _see_by_key(door: Door, at: Side) -> int:
    code = at.proposed("city")
    listed = code in door.client.get(f"{API}/proposals?organisation={at.organisation}", headers=door.key).text
    return _told(door.ask("GET", f"{API}/proposals/{code}"), listed)


def _propose(door: Door, at: Side) -> int:
    code = at.proposed("draft")
    status = door.form(f"{WEEK}/proposals/{code}/edit", title_en="Changed")
    return _told(status, db.session.scalars(select(Proposal).where(Proposal.code == code)).one().title.en == "Changed")


def _submit_by_key(door: Door, at: Side) -> int:
    code = at.proposed("draft")
    return _told(door.ask("PUT", f"{API}/proposals/{code}/submission", **STAR), _stands(code, state="submitted"))


def _recommend_on_the_web(door: Door, at: Side) -> int:
    code = at.proposed("city")
    status = door.post(f"{WEEK}/proposals/{code}/decision", move="recommend")
    return _told(status, _stands(code, step="committee"))


def _return_by_key(door: Door, at: Side) -> int:
    code, body = at.proposed("city"), {"move": "return", "reason": "请补人数。"}
    status = door.ask("PUT", f"{API}/proposals/{code}/decision", body, **STAR)
    return _told(status, _stands(code, state="returned"))


def _accept_on_the_web(door: Door, at: Side) -> int:
    """Plan it tentatively, then accept it: two addresses, of which the second is the reviewers' too."""
    code = at.proposed("committee")
    planned = door.post(f"{WEEK}/proposals/{code}/tentative")
    accepted = door.post(f"{WEEK}/proposals/{code}/decision", move="accept")
    return _told(min(planned, accepted), _stands(code, state="accepted"))


def _accept_by_key(door: Door, at: Side) -> int:
    code = at.proposed("committee")
    status = door.ask("PUT", f"{API}/proposals/{code}/decision", {"move": "accept"}, **STAR)
    return _told(status, _stands(code, state="accepted"))


def _invite(door: Door, at: Side) -> int:
    email = f"{random_code()}@example.org".lower()
    status = door.post(f"{WEEK}/proposers", email=email, name="李申报", organisation=at.organisation)
    return _told(status, db.session.scalar(select(Invitation.id).where(Invitation.email == email)) is not None)


def _disable(door: Door, _at: Side) -> int:
    user = make_user(f"{random_code()}@example.org")
    return door.post(f"/desk/users/{user.code}/disablement")


def _place(door: Door, at: Side, room: str = "") -> int:
    placed = {"start": at.start, "room": room or at.room}
    return door.ask("PUT", f"{API}/sessions/{at.session}/placement", placed, **STAR)


def _alarm(way: Callable[[], int]) -> int:
    """Say that a hall is lost, and see whether it is; each time in an hour that nobody has used."""
    before = len(list_incidents(week().id))
    status = way()
    db.session.rollback()
    return _told(status, len(list_incidents(week().id)) > before)


def _alarm_on_the_web(door: Door, at: Side) -> int:
    hours = {"since": "2026-10-20T20:00", "until": "2026-10-20T21:00"}
    return _alarm(lambda: door.post(f"{WEEK}/incidents/new", rooms=at.room, why="leak", **hours))


def _alarm_by_key(door: Door, at: Side) -> int:
    hours = {"since": "2026-10-20T21:00", "until": "2026-10-20T22:00"}
    return _alarm(lambda: door.ask("POST", f"{API}/incidents", {"rooms": [at.room], **hours}))


def _found(door: Door, _at: Side) -> int:
    data = {"title_zh": "下一届", "code": "next", "first_day": "2027-10-14", "last_day": "2027-10-20"}
    return door.form("/desk/new/week", **data)


CAMPAIGN = {"purpose": "通知", "subject_zh": "通知", "body_zh": "请看日程。", "audience": {}, "channels": ["email"]}
WEB: dict[str, Probe] = {
    "programme.read": lambda door, at: door.get(f"{WEEK}/sessions/{at.session}"),
    "programme.edit": lambda door, at: door.form(f"{WEEK}/sessions/{at.session}/edit", note_en="x"),
    "plan.edit": lambda door, at: door.form(f"{WEEK}/sessions/{at.session}/place", duration_min="35"),
    "alarm.raise": _alarm_on_the_web,
    "masters.edit": lambda door, _at: door.form("/desk/new/organisation", name_zh="示例单位"),
    "release.publish": lambda door, at: door.post(f"{WEEK}/sessions/{at.session}/publication"),
    "week.create": _found,
    "week.edit": lambda door, _at: door.post(f"{WEEK}/rules/preset", preset="compact"),
    "registrations.read": lambda door, at: door.get(f"{WEEK}/offerings/{at.offering}"),
    "registrations.edit": lambda door, _at: door.post(f"{WEEK}/registrations/opening"),
    "registrations.review": _review_on_the_web,
    "messages.edit": lambda door, _at: door.post(f"{WEEK}/message-texts/confirmed/default"),
    "door.manage": lambda door, at: door.post(f"{WEEK}/gates", venue=at.venue, name_zh="西门"),
    "proposals.read": _see_on_the_web,
    "proposals.make": _propose,
    "proposals.review": _recommend_on_the_web,
    "proposals.decide": _accept_on_the_web,
    "proposers.invite": _invite,
    "users.manage": _disable,
    "audit.read": lambda door, _at: door.get("/desk/audit"),
}
KEYED: dict[str, Probe] = {
    "programme.read": lambda door, at: door.ask("GET", f"{API}/sessions/{at.session}"),
    "programme.edit": lambda door, at: door.ask("PATCH", f"{API}/sessions/{at.session}", {"note_en": "y"}, **STAR),
    "plan.edit": _place,
    "alarm.raise": _alarm_by_key,
    "masters.edit": lambda door, _at: door.ask("POST", "/api/v1/desk/organisations", {"name_zh": "单位"}),
    "release.publish": _release,
    "week.edit": lambda door, _at: door.ask("PATCH", API, {"title_en": "Week"}, **STAR),
    "registrations.read": lambda door, at: door.ask("GET", f"{API}/offerings/{at.offering}/registrations"),
    "registrations.edit": lambda door, at: door.ask(
        "PATCH", f"{API}/offerings/{at.offering}", {"max_party": 3}, **STAR
    ),
    "registrations.review": _review_by_key,
    "messages.edit": lambda door, _at: door.ask("POST", f"{API}/campaigns", CAMPAIGN),
    "door.manage": lambda door, at: door.ask("POST", f"{API}/gates", {"venue": at.venue, "name_zh": "北门"}),
    "proposals.read": _see_by_key,
    "proposals.make": _submit_by_key,
    "proposals.review": _return_by_key,
    "proposals.decide": _accept_by_key,
}
"""What a key can do; accounts, invitations, keys, new editions and the record of changes are for people who sign in."""
HIDDEN = {"registrations.read", "registrations.review", "proposals.read", "proposals.make", "proposals.review"}
"""What is outside the scope answers like what does not exist (404)."""


@dataclass(frozen=True)
class World:
    """Two sides of the demo week: another city, another venue, another track, another organisation."""

    inside: Side
    outside: Side


@pytest.fixture
def world(demo_app: Flask, before_the_week: None) -> Iterator[World]:
    """Give the demo week with two tracks, and two sessions to which people apply."""
    init_limits("")
    demo_app.config["WTF_CSRF_ENABLED"] = False
    yield World(_side("220100", "in", 1), _side("220700", "out", 3))
    init_limits("")


def _side(city: str, track: str, number: int) -> Side:
    create_track(week().id, {"code": track, "name_zh": track}, actor=SYSTEM)
    open_ones = select(OfferingSession.session_id).join(Offering, Offering.id == OfferingSession.offering_id)
    seated = set(db.session.scalars(open_ones.where(Offering.mode == "open", Offering.slot_start.is_(None))))
    planned = next(
        p
        for p in list_planned(week().id)
        if p.start and p.session.id in seated and p.session.city and p.session.city.code == city
    )
    session = planned.session
    edit_session(session.code, {"track": track, "duration_min": 30}, version=None, actor=SYSTEM)
    query = select(Offering).join(OfferingSession, OfferingSession.offering_id == Offering.id)
    offering = db.session.scalars(query.where(OfferingSession.session_id == session.id)).one().code
    resize(offering, 20, mode="approval", waitlist=False)
    placed = db.session.scalars(select(Placement).where(Placement.session_id == session.id)).one()
    room, start = placed.room, placed.start.isoformat()
    venue = room.venue.code
    code = session.code
    as_role(week(), "city", "city", city)
    unit = create_organisation({"name_zh": f"示例单位{number}", "city": city}, actor=SYSTEM)
    proposes = unit.code, proposer_of(week(), unit)
    return Side(code, start, room.code, venue, city, track, offering, applied(offering, number, 1), *proposes)


def _door(app: Flask, sign_in: SignIn, role: str | None, side: Side) -> Door:
    """Return a door of somebody with that role in the scope of a side (None: an administrator, who has no key)."""
    client = sign_in(app, role)
    if role is None:
        return Door(client, {})
    kind = MAY_BE_SCOPED.get(Role(role), "committee")
    scope = side.scope(kind) if kind != "committee" else ""
    user = db.session.scalars(select(User).order_by(User.id.desc())).first()
    assert user
    grant = db.session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
    grant.scope_kind, grant.scope_code = kind, scope
    db.session.commit()
    key = make_key("jl2026", role, kind, scope)[1] if TABLE[Role(role)] else {}
    return Door(client, key)


def _is_right(cell: str, verb: str, status: int, inside: bool) -> bool:
    if cell == "-":
        return status == 403
    if cell == "own" and not inside:
        return status == (404 if verb in HIDDEN else 403)
    return status < 400


def test_the_table_is_the_grid() -> None:
    """A new role or verb stands in the grid, or this fails."""
    assert set(CELLS) == {(str(verb), str(role)) for verb in Verb for role in Role}
    assert set(CELLS.values()) == {"all", "own", "-"}
    assert {cell for cell, word in CELLS.items() if word != "-"} == {
        (str(verb), str(role)) for role, verbs in TABLE.items() for verb in verbs
    }
    assert {role for (_verb, role), word in CELLS.items() if word == "own"} == set(map(str, MAY_BE_SCOPED))


def test_every_verb_is_asked_at_every_door(app: Flask) -> None:
    """A verb that a page or an address of the API declares has its probe there."""
    views: dict[str, Any] = {rule.rule: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    keyed = {str(view.verb) for rule, view in views.items() if rule.startswith("/api/v1/desk/")}
    declared = {str(getattr(view, "access", "")) for view in views.values()}
    paged = declared & set(map(str, Verb))
    assert set(WEB) == paged == set(map(str, Verb)) and set(KEYED) == keyed


def test_every_role_is_told_in_words() -> None:
    assert set(BOUNDS) == set(DUTIES) == set(Role)


def test_the_table_of_the_manual_is_the_grid() -> None:
    text = (ROOT / "docs/administrators.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    told = {(verb.strip("`"), role): cell for verb, *cells in rows for role, cell in zip(Role, cells, strict=True)}
    assert told == CELLS


@pytest.mark.parametrize("role", [*map(str, Role), None])
def test_each_cell_answers_as_the_grid_says(demo_app: Flask, sign_in: SignIn, world: World, role: str | None) -> None:
    """Inside the scope and outside, on a page and by a key; the refused change nothing, the allowed do."""
    door, wrong = _door(demo_app, sign_in, role, world.inside), []
    for name, probes in (("web", WEB), ("api", KEYED if door.key else {})):
        for verb, probe in probes.items():
            cell = CELLS[verb, role] if role else "all"
            for inside, at in ((False, world.outside), (True, world.inside)):
                if verb == "registrations.review" and state_of(at.application) != "applied":
                    continue  # the page has decided; the key is asked by the next test
                status = probe(door, at)
                if not _is_right(cell, verb, status, inside):
                    wrong.append((name, verb, "inside" if inside else "outside", status))
    assert wrong == []


def test_a_key_decides_on_applications_as_far_as_its_role(demo_app: Flask, sign_in: SignIn, world: World) -> None:
    for role in ("reader", "city", "committee"):
        door = _door(demo_app, sign_in, role, world.inside)
        for inside, at in ((False, world.outside), (True, world.inside)):
            if state_of(at.application) == "applied":
                status = _review_by_key(door, at)
                assert _is_right(CELLS["registrations.review", role], "registrations.review", status, inside), role


@pytest.mark.parametrize("role", ["committee", "city", "venue", "track"])
def test_the_other_end_of_a_move_is_asked_too(demo_app: Flask, sign_in: SignIn, world: World, role: str) -> None:
    """An own session into another's hall, another's session into an own hall: by a key and on the form."""
    inside, outside = world.inside, world.outside
    door = _door(demo_app, sign_in, role, inside)
    taken = {_place(door, outside, inside.room), door.form(f"{WEEK}/sessions/{outside.session}/place")}
    pushed = {door.form(f"{WEEK}/sessions/{inside.session}/place", place_room=outside.room)}
    pushed |= {_place(door, inside, outside.room)}
    assert taken == ({200, 303} if role == "committee" else {403})
    assert pushed == ({403} if role in ("city", "venue") else {200, 303})
    db.session.expire_all()
    stands = {p.session.code: p.venue.code if p.venue else "" for p in list_planned(week().id)}
    assert stands[inside.session] == (inside.venue if role in ("city", "venue") else outside.venue)
    assert stands[outside.session] == (inside.venue if role == "committee" else outside.venue)
