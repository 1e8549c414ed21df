"""The whole table of travel times in one transaction."""

from collections.abc import Mapping

from eventweek.audit.actors import Actor
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.actions.places import set_travel_time


def set_travel_times(minutes: Mapping[tuple[str, str], object], *, actor: Actor) -> None:
    """Set the minutes by road between pairs of cities; all or none.

    Raises: Refusal permission.denied, subject.not_found; Invalid with fields like `220100-220200`.
    """
    errors: list[FieldError] = []
    with transaction():
        for (one, other), value in minutes.items():
            try:
                set_travel_time(one, other, value, actor=actor)
            except Invalid as invalid:
                errors += [FieldError(f"{one}-{other}", e.code, e.facts) for e in invalid.errors]
        if errors:
            raise Invalid(errors)
