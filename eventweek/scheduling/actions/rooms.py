"""The end of a room, as far as plans have a say in it."""

from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions import places
from eventweek.scheduling.queries.scenarios import list_scenarios_in


def delete_room(code: str, *, actor: Actor, version: int | None = None) -> None:
    """Remove a room that nothing uses; where only scenarios do, their names are said.

    Raises: what the programme's delete_room raises; Refusal room.in_scenarios.
    """
    try:
        places.delete_room(code, version=version, actor=actor)
    except Refusal as refusal:
        names = list_scenarios_in(code) if refusal.code == "subject.used" else []
        if names:
            raise Refusal("room.in_scenarios", names="、".join(names[:5])) from None
        raise
