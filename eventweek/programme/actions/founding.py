"""A first week from nothing: its cities come into being with it, in one transaction."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.actions.places import create_city
from eventweek.programme.actions.weeks import create_week
from eventweek.programme.models import City, Week


def found_week(
    values: Mapping[str, object],
    cities: Sequence[Mapping[str, object]],
    *,
    actor: Actor,
    kinds: Sequence[str],
    tag_sets: Sequence[str],
) -> Week:
    """Add a draft edition; `cities` have `code`, `role` and the names of those that do not exist yet.

    Raises: Refusal permission.denied; Invalid, also of a new city, with paths like `cities.0.code`.
    """
    with transaction():
        known = set(db.session.scalars(select(City.code)))
        for number, city in enumerate(cities):
            if city["code"] not in known:
                _add_city(number, city, actor)
                known.add(str(city["code"]))
        rows = [{"city": city["code"], "role": city["role"]} for city in cities]
        return create_week({**values, "cities": rows}, actor=actor, kinds=kinds, tag_sets=tag_sets)


def _add_city(number: int, city: Mapping[str, object], actor: Actor) -> None:
    try:
        create_city({name: value for name, value in city.items() if name != "role"}, actor=actor)
    except Invalid as invalid:
        errors = [FieldError(f"cities.{number}.{e.field}", e.code, e.facts) for e in invalid.errors]
        raise Invalid(errors) from None
