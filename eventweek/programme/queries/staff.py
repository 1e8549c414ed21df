"""Users with the roles they hold in weeks, and the scopes a role can be narrowed to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.models import User
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import GrantValue
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import ApiKey, City, Grant, Organisation, Track, Venue, Week, WeekCity


@dataclass(frozen=True)
class Held:
    """A role held in a week; `scope` is the name of what it is narrowed to, None for all of the week."""

    week: str
    week_title: Bilingual
    role: str
    scope_kind: str
    scope_code: str
    scope: Bilingual | None

    @property
    def key(self) -> str:
        """Return the grant as one word for a form."""
        return ":".join((self.week, self.role, self.scope_kind, self.scope_code))


def list_held(users: Iterable[User]) -> dict[int, list[Held]]:
    """Return the roles of each user by id, the newest week first; as many statements for one user as for all."""
    query = select(Grant, Week).join(Week, Week.id == Grant.week_id).order_by(Week.first_day.desc(), Grant.id)
    rows = db.session.execute(query.where(Grant.user_id.in_([user.id for user in users]))).all()
    names = name_scopes([grant for grant, _week in rows])
    held: dict[int, list[Held]] = defaultdict(list)
    for grant, week in rows:
        held[grant.user_id].append(held_as(grant, week, names))
    return held


def held_as(grant: Grant | ApiKey, week: Week, names: Mapping[tuple[str, str], Bilingual]) -> Held:
    """Return a role of that week as it is shown; `names` as from `name_scopes`."""
    name = names.get((grant.scope_kind, grant.scope_code))
    return Held(week.code, week.title, grant.role, grant.scope_kind, grant.scope_code, name)


def list_scopes(week_id: int) -> dict[str, list[tuple[str, Bilingual]]]:
    """Return what a role can be narrowed to in a week: (code, name) under `city`, `venue`, `track`, `organisation`."""
    cities = select(City.code, City.name).join(WeekCity).where(WeekCity.week_id == week_id).order_by(WeekCity.position)
    venues = select(Venue.code, Venue.name).where(Venue.archived_at.is_(None)).order_by(Venue.id)
    tracks = select(Track.code, Track.name).where(Track.week_id == week_id, Track.archived_at.is_(None))
    units = select(Organisation.code, Organisation.name).where(Organisation.archived_at.is_(None))
    queries = {"city": cities, "venue": venues, "track": tracks.order_by(Track.position, Track.id)}
    queries["organisation"] = units.order_by(Organisation.__table__.c.name_zh, Organisation.id)
    return {kind: [(code, name) for code, name in db.session.execute(query)] for kind, query in queries.items()}


def list_deciders(week_id: int) -> list[User]:
    """Return who may publish in a week, and so decides on the day; the administrators where nobody else does."""
    roles = [role for role, verbs in TABLE.items() if Verb.RELEASE_PUBLISH in verbs]
    held = select(Grant.user_id).where(Grant.week_id == week_id, Grant.role.in_(roles), Grant.scope_code == "")
    query = select(User).where(User.disabled_at.is_(None)).order_by(User.id)
    found = list(db.session.scalars(query.where(User.id.in_(held))))
    return found or list(db.session.scalars(query.where(User.administrator)))


def name_scopes(grants: Iterable[Grant | ApiKey | GrantValue]) -> dict[tuple[str, str], Bilingual]:
    """Return the names of the cities, venues and tracks that grants or keys are narrowed to, by kind and code."""
    asked: dict[str, set[str]] = defaultdict(set)
    for grant in grants:
        asked[grant.scope_kind].add(grant.scope_code)
    names: dict[tuple[str, str], Bilingual] = {}
    for kind, model in (("city", City), ("venue", Venue), ("track", Track), ("organisation", Organisation)):
        found = db.session.execute(select(model.code, model.name).where(model.code.in_(asked[kind])))
        names |= {(kind, code): name for code, name in found}
    return names
