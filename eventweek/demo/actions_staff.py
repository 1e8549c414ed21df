"""One user per role for the demo week."""

from collections.abc import Mapping

from sqlalchemy import select

from eventweek.accounts.enums import Role
from eventweek.accounts.models import User
from eventweek.accounts.passwords import hash_password
from eventweek.audit.actions import record
from eventweek.audit.actors import DEMO
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new, transaction
from eventweek.programme.models import Grant, Organisation, Week

STAFF = {
    "administrator": ("管理员", None, "committee", ""),
    "committee": ("组委会", Role.COMMITTEE, "committee", ""),
    "city": ("吉林市专班", Role.CITY, "city", "220200"),
    "proposer": ("申报单位", Role.PROPOSER, "organisation", ""),
    "door": ("门岗", Role.DOOR, "committee", ""),
    "reader": ("查看员", Role.READER, "committee", ""),
}


PROPOSING = "demo:o-cyzx"
"""The source key of the organisation for which the demo proposer proposes."""


def demo_organisation() -> str:
    """Return the code of the organisation that proposes in the demo, empty where it is gone."""
    return db.session.scalar(select(Organisation.code).where(Organisation.source_key == PROPOSING)) or ""


def demo_email(name: str) -> str:
    """Return the address of a demo user; `.example` is nobody's (RFC 2606)."""
    return f"{name}@demo.example"


def make_demo_staff(passwords: Mapping[str, str]) -> None:
    """Make the demo users that are missing, with these passwords by name; needs the demo week, else does nothing."""
    made = {name: hash_password(password) for name, password in passwords.items()}
    with transaction():
        week = db.session.scalar(select(Week).where(Week.demo))
        if week is None:
            return
        for name, (shown, role, kind, code) in STAFF.items():
            own = {"email": demo_email(name), "name": shown, "password_hash": made[name], "demo": True}
            if not insert_new(User, **own, administrator=role is None, created_at=now()):
                continue
            user = db.session.scalars(select(User).where(User.email == demo_email(name))).one()
            code = demo_organisation() if kind == "organisation" else code
            if role:
                db.session.add(
                    Grant(user_id=user.id, week_id=week.id, role=str(role), scope_kind=kind, scope_code=code)
                )
            record(DEMO, "demo.user", "user", user.code)
