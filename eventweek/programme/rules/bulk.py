"""One change to many sessions: fields that are set, and lists to which entries are added or taken from (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventweek.kernel.errors import FieldError
from eventweek.programme.rules.checks import Values, cleaned, senseless
from eventweek.programme.rules.subjects import SESSION, Subject
from eventweek.programme.rules.values import shown

LISTS = ("tags", "organisations", "days")
NEEDED = ("kind", "visibility", "registration")
FIELDS = ("kind", "track", "tags", "organisations", "earliest", "latest_end", "days", "visibility", "registration")
MOST = 5000
WAYS = ("set", "add", "remove")
JUDGED = Subject(
    "session",
    {n: SESSION.fields[n] for n in (*FIELDS, "duration_min", "fixed_start", "permit_required", "permit_status")},
    named=(),
)
"""What of a session a wish can change, and what the rules ask besides: nothing else of it has to be read."""
_SETTABLE = Subject("session", {name: SESSION.fields[name] for name in FIELDS}, named=())
_LISTED = Subject("session", {name: SESSION.fields[name] for name in LISTS}, named=())


@dataclass(frozen=True)
class Wish:
    """Clean values by field: `set` replaces, `remove` takes entries out of a list, `add` puts them at its end.

    `offering`: what is wished for the offerings of the sessions; the room of registration reads it.
    """

    set: Mapping[str, Any]
    add: Mapping[str, Any]
    remove: Mapping[str, Any]
    offering: Mapping[str, Any]


def understood(given: Mapping[str, object]) -> tuple[Wish, list[FieldError]]:
    """Return the wish `{"set": {...}, "add": {...}, "remove": {...}}` and what is wrong with it."""
    errors = [FieldError(shown(w), "field.unknown", {"name": shown(w)}) for w in given if w not in (*WAYS, "offering")]
    clean: dict[str, dict[str, Any]] = {}
    for way in WAYS:
        own = given.get(way, {})
        if not isinstance(own, Mapping):
            errors.append(FieldError(way, "value.type"))
            own = {}
        clean[way], wrong = cleaned(_SETTABLE if way == "set" else _LISTED, own)
        errors += wrong
    new = clean["set"]
    errors += [FieldError(name, "field.required") for name in NEEDED if name in new and new[name] in (None, "")]
    errors += senseless(_SETTABLE, new)
    others: Any = given.get("offering") or {}
    if not errors and not others and not any(clean.values()):
        errors.append(FieldError("set", "bulk.nothing"))
    return Wish(**clean, offering=others), errors


def wished(wish: Wish, old: Values) -> dict[str, Any]:
    """Return the values that a session with these `old` ones is to have, of the fields that the wish names."""
    new = dict(wish.set)
    for name in LISTS:
        gone, more = wish.remove.get(name, ()), wish.add.get(name, ())
        if gone or more:
            entries: list[Any] = new[name] if name in new else old[name]
            kept = [entry for entry in entries if entry not in gone]
            new[name] = kept + [entry for entry in more if entry not in kept]
    return new
