"""Organisations' proposals for tests, made through the actions as their people make them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from eventweek.accounts.models import User
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, Bilingual, db, transaction
from eventweek.programme.actions.proposals.moving import submit_proposal
from eventweek.programme.actions.proposals.writing import create_proposal
from eventweek.programme.models import (
    Attachment,
    City,
    Feature,
    Grant,
    Kind,
    Organisation,
    Proposal,
    ProposalDay,
    ProposalEntry,
    ProposalFile,
    Session,
    Venue,
    Week,
)
from eventweek.programme.queries import find_actor
from eventweek.programme.rules.proposals import OPENABLE
from eventweek.scheduling.models import ProposalImport
from tests.factories.accounts import make_user

COMPLETE: dict[str, Any] = {
    "kind": "forum",
    "title_zh": "智能制造沙龙",
    "title_en": "Smart manufacturing salon",
    "abstract_zh": "工程师讲三个案例。",
    "city": "220100",
    "expected": 60,
    "contact_name": "李申报",
    "contact_phone": "13800138000",
}


def as_role(week: Week, role: str, kind: str = "committee", code: str = "", email: str = "") -> Actor:
    """Give somebody who holds a role in the week."""
    user = make_user(email or f"{role}.{kind}.{code or 'all'}@example.org".lower())
    with transaction():
        db.session.add(Grant(user_id=user.id, week_id=week.id, role=role, scope_kind=kind, scope_code=code))
    return actor_of(user)


def actor_of(user: User) -> Actor:
    """Return a user as who acts, with the grants of now."""
    found = find_actor(user.id, user.epoch)
    assert found
    return found


def proposer_of(week: Week, organisation: Organisation, email: str = "") -> Actor:
    """Give somebody who proposes for an organisation."""
    return as_role(week, "proposer", "organisation", organisation.code, email)


def make_proposal(week: Week, organisation: Organisation, actor: Actor, **values: object) -> Proposal:
    """Write a complete draft."""
    return create_proposal(week.id, COMPLETE | {"organisation": organisation.code} | values, actor=actor)


def make_submitted(week: Week, organisation: Organisation, actor: Actor, **values: object) -> Proposal:
    """Write a complete proposal and submit it."""
    own = make_proposal(week, organisation, actor, **values)
    return submit_proposal(week.id, own.code, actor=actor)


def put_file(code: str) -> str:
    """Put a file beside a proposal; return its code."""
    kept = {"name": "a.txt", "kind": "txt", "sha256": f"{code:0>64}"[:64], "size": 1, "uploaded_by": "x"}
    with transaction():
        own = db.session.scalars(select(Proposal).where(Proposal.code == code)).one()
        put = ProposalFile(file=Attachment(created_at=now(), **kept), at=now())
        own.files.append(put)
    return put.code


def proposals_of_crowd(n: int, row: Any, week: dict[str, Any], keep: Any) -> Iterable[Base]:
    """Yield proposal `n` of a crowd; the first is accepted, with files and words of all. `row(model, n)`: others."""
    where = {"organisation": row(Organisation, n), "kind": row(Kind, n), "city": row(City, 0), "made_at": now()}
    stands = {"state": "submitted", "step": "committee", "submitted_at": now()}
    if n == 0:
        stands |= {"state": "accepted", "open_fields": list(OPENABLE), "session": row(Session, 0)}
    own = keep(Proposal(title=Bilingual(f"第{n}份", f"Proposal {n}"), contact_name="示例", **where, **stands, **week))
    own.venues, own.features = [row(Venue, n)], [row(Feature, n)]
    own.days = [ProposalDay(day=now().date())]
    yield own
    kept = {"name": f"{n}.txt", "kind": "txt", "sha256": f"{n:064d}", "size": 1, "uploaded_by": "x"}
    put = ProposalFile(file=Attachment(created_at=now(), **kept), at=now())
    row(Proposal, 0).files.append(keep(put))
    row(Proposal, 0).entries.append(ProposalEntry(at=now(), side="committee", text=f"第{n}句"))


def import_of_crowd(week_id: int, organisation: str, size: int, file: str) -> ProposalImport:
    """Return a filled template of so many rows, each of which is wrong."""
    problem = {"sheet": "申报", "row": 3, "column": "类型", "line": 0, "path": "", "value": "x", "facts": {}}
    told = {"row": 3, "title": "示例", "status": "wrong"}
    outcome = {"format": "xlsx", "taken": 0, "wrong": size, "rows": [told] * size}
    outcome |= {"problems": [problem | {"code": "field.required"}] * size}
    facts = {"actor": "system", "digest": "0" * 64, "file": file, "name": "a.csv", "organisation": organisation}
    return ProposalImport(week_id=week_id, state="wrong", outcome=outcome, made_at=now(), **facts)
