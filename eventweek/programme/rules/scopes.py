"""What part of a week a role reaches: all of it, or what is of a city, a venue, a track or an organisation (pure)."""

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import Actor, GrantValue


def reaches(
    actor: Actor, verb: Verb, week_id: int, *, city: str = "", track: str = "", venue: str = "", organisation: str = ""
) -> bool:
    """Say whether the actor may do this to what is of that city, track, venue and organisation (codes, empty: none)."""
    if actor.administrator:
        return True
    own = {"city": city, "track": track, "venue": venue, "organisation": organisation}
    for grant in actor.grants:
        if grant.week_id in (None, week_id) and verb in TABLE[Role(grant.role)]:
            narrow = grant.scope_kind if grant.scope_code else ""
            if narrow not in own or own[narrow] == grant.scope_code:
                return True
    return False


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
