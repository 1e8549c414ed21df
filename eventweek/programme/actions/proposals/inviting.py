"""Who proposes for an organisation: invited by the committee, or by the organisation's own city."""

from sqlalchemy import delete, select

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.models import User
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import find_user_by_email, get_user, lock_user
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.addresses import parse_address
from eventweek.kernel.db import db, insert_new, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.tokens import is_code
from eventweek.outbox.actions import About, send
from eventweek.outbox.enums import BOTH
from eventweek.programme.actions.staff import GrantWish, invitable, week_of, write_invitation
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Grant, Organisation, Week
from eventweek.programme.rules.scopes import reaches


def invite_proposer(week_id: int, email: str, name: str, organisation: str, *, actor: Actor) -> User | None:
    """Let somebody propose for an organisation (its code); return whom, None for one who has no account yet.

    Who has no account gets an invitation by mail; its link is shown to nobody else, because whoever may invite here
    may not set another's password. Who has one gets the role at once, and a mail that says so.
    Raises: Refusal permission.denied, week.archived; Invalid with `email` or `organisation`.
    """
    with transaction():
        week, unit = _reached(week_id, organisation, actor)
        wish = GrantWish(week.code, str(Role.PROPOSER), "organisation", organisation)
        week_of(wish)
        known = find_user_by_email(_address(email))
        if known is None or known.disabled_at or not known.password_hash:
            write_invitation(invitable(email), name, [wish], actor, locale=BOTH)
            return None
        user = lock_user(known.id)
        if insert_new(Grant, user_id=user.id, week_id=week.id, **_scope(organisation)):
            user.epoch += 1
            record(actor, "proposer.invite", "user", user.code, week_id=week.id, organisation=organisation)
            _tell(week, unit, user)
    return user


def remove_proposer(week_id: int, user: str, organisation: str, *, actor: Actor) -> None:
    """Let a user (code) propose no more for an organisation; what was proposed stays. A second call changes nothing.

    Raises: Refusal permission.denied, week.archived, user.not_found; Invalid with `organisation`.
    """
    with transaction():
        week, _unit = _reached(week_id, organisation, actor)
        own = lock_user(get_user(user).id)
        held = [Grant.user_id == own.id, Grant.week_id == week.id]
        held += [getattr(Grant, name) == value for name, value in _scope(organisation).items()]
        if db.session.execute(delete(Grant).where(*held).returning(Grant.id)).all():
            own.epoch += 1
            record(actor, "proposer.remove", "user", own.code, week_id=week.id, organisation=organisation)


def _reached(week_id: int, organisation: str, actor: Actor) -> tuple[Week, Organisation]:
    require(actor, Verb.PROPOSERS_INVITE, week_id)
    week = editable_week(week_id)
    named = select(Organisation).where(Organisation.code == organisation)
    unit = db.session.scalar(named) if is_code(organisation) else None
    if unit is None:
        raise Invalid([FieldError("organisation", "reference.unknown", {"code": organisation[:40]})])
    if not reaches(actor, Verb.PROPOSERS_INVITE, week.id, city=unit.city.code if unit.city else ""):
        raise Refusal("permission.denied", verb=str(Verb.PROPOSERS_INVITE))
    return week, unit


def _address(email: str) -> str:
    try:
        return parse_address(email)
    except Refusal as refusal:
        raise Invalid([FieldError("email", refusal.code)]) from refusal


def _scope(organisation: str) -> dict[str, str]:
    return {"role": str(Role.PROPOSER), "scope_kind": "organisation", "scope_code": organisation}


def _tell(week: Week, unit: Organisation, user: User) -> None:
    context = {
        "name": user.name,
        "week": week.code,
        "organisation": unit.name.best("zh")[0],
        "organisation_en": unit.name.best("en")[0],
        "title": week.title.best("zh")[0],
        "title_en": week.title.best("en")[0],
    }
    key = f"proposer:{week.code}:{user.code}:{unit.code}:{user.epoch}"
    send("programme/proposer", user.email, BOTH, context, key, about=About(week=week.code))
