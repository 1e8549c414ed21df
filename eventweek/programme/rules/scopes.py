"""What part of a week a role reaches: all of it, or what is of a city, a venue, a track or an organisation (pure)."""

from collections.abc import Collection
from dataclasses import dataclass

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import Actor, GrantValue

Scope = tuple[str, str]
"""What a role is narrowed to: `city`, `venue`, `track` or `organisation`, and its code."""
WHOLE: Scope = ("", "")
"""No narrowing: the whole week."""


@dataclass(frozen=True)
class Owners:
    """Whose something is, as codes, empty: nobody's. The venue of a session is the one where it stands."""

    city: str = ""
    venue: str = ""
    track: str = ""
    organisation: str = ""

    def of(self, kind: str) -> str:
        """Return the owner of that kind: `city`, `venue`, `track` or `organisation`."""
        return str(getattr(self, kind, ""))


def scopes(actor: Actor, verb: Verb, week_id: int) -> list[Scope]:
    """Return in which parts of the week the actor may do this; WHOLE alone: in all of it, empty: nowhere."""
    if actor.administrator:
        return [WHOLE]
    grants = [g for g in actor.grants if g.week_id in (None, week_id) and verb in TABLE[Role(g.role)]]
    own = [(g.scope_kind, g.scope_code) if g.scope_code else WHOLE for g in grants]
    return [WHOLE] if WHOLE in own else own


def reaches(
    actor: Actor, verb: Verb, week_id: int, *, city: str = "", track: str = "", venue: str = "", organisation: str = ""
) -> bool:
    """Say whether the actor may do this to what is of that city, track, venue and organisation (codes, empty: none)."""
    return bar_of_session(scopes(actor, verb, week_id), Owners(city, venue, track, organisation)) is None


def bar_of_session(own: Collection[Scope], session: Owners) -> str | None:
    """Return by which kind of scope a session is beyond these, None where one of them holds it.

    `week`: there is no scope at all. Of several kinds the one that names an owner of the session comes first.
    """
    if WHOLE in own or any(session.of(kind) == code for kind, code in own):
        return None
    kinds = [kind for kind, _code in own]
    return next((kind for kind in kinds if session.of(kind)), kinds[0] if kinds else "week")


def bar_of_room(own: Collection[Scope], session: Owners, room: Owners) -> str | None:
    """Return by which kind of scope a room is beyond these for one of their sessions, None where it may go there.

    A city's or a venue's rooms are part of its scope; a track has sessions alone, and they go anywhere.
    """
    if WHOLE in own or ("track", session.track) in own:
        return None
    halls = [(kind, code) for kind, code in own if kind != "track"]
    return bar_of_session(halls, room)


def covers(actor: Actor, wanted: GrantValue) -> bool:
    """Say whether the actor may lend this role: they hold one in that week that allows as much or more, as widely."""
    verbs = TABLE[Role(wanted.role)]
    if actor.administrator:
        return bool(verbs)
    return bool(verbs) and any(
        grant.week_id == wanted.week_id
        and verbs <= TABLE[Role(grant.role)]
        and (not grant.scope_code or (grant.scope_kind, grant.scope_code) == (wanted.scope_kind, wanted.scope_code))
        for grant in actor.grants
    )


def lendable(actor: Actor) -> list[Role]:
    """Return the roles that the actor may lend in some week: theirs, and those that allow less."""
    held = set(Role) if actor.administrator else {Role(grant.role) for grant in actor.grants}
    return [role for role in Role if TABLE[role] and any(TABLE[role] <= TABLE[own] for own in held)]
