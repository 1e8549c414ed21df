"""Everybody who registered in a week: the list, the workbook, and what it adds up to."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Response, request

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, needs_key, paged
from eventweek.api.v1.desk.importing import as_file
from eventweek.api.v1.desk.registrations import told_registration
from eventweek.api.v1.desk.schemas import PAGE, asked_for, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, reader
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.language.registrants import HEADS, registrations_workbook
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import CapacityPool
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.registrants import Wish, list_registrants, measure_registrations, narrowed

COLUMN = asked_for("column", "a column to write, again for each; all where none is named", enum=list(HEADS))
CONDITIONS = (
    asked_for("state", "confirmed, waitlisted ...", enum=[str(state) for state in State]),
    asked_for("class", "public, invited ...", enum=[str(cls) for cls in PoolClass]),
    asked_for("session", "code of a session"),
    asked_for("city", "code of a city"),
    asked_for("kind", "code of a kind"),
    asked_for("q", "words of name and unit, a whole phone or e-mail, or a phone's last four"),
)
NAMES = ("state", "class", "session", "city", "kind", "q")


@blueprint.get("/weeks/<week>/registrations")
@described_as("List the registrations of a week", "DeskRegistrations", *CONDITIONS, *PAGE)
@needs_key(Verb.REGISTRATIONS_READ)
def registrants(actor: Actor, week: Week) -> Response:
    """Answer a page of them, the newest first."""
    wish, found = _found(week, asked(*NAMES), actor)
    return paged(
        lambda window: Listed(*list_registrants(found.keys(), wish, window)),
        lambda row: told_registration(row, found[row.offering_id]),
    )


@blueprint.get("/weeks/<week>/registrants.xlsx")
@described_as("Get the registrations of a week as a workbook, contacts included", None, *CONDITIONS, COLUMN)
@needs_key(Verb.REGISTRATIONS_EDIT)
def registrants_file(actor: Actor, week: Week) -> Response:
    """Answer an xlsx in the language of Accept-Language; that it went out is recorded."""
    wish, found = _found(week, asked(*NAMES, "column"), actor)
    columns = request.args.getlist("column")
    if set(columns) - HEADS.keys():
        raise Invalid([FieldError("column", "json.choice", {"choices": ", ".join(HEADS)})])
    rows, _total = list_registrants(found.keys(), wish, lambda total: (0, total))
    with in_words():
        content = registrations_workbook(week, (rows, found), columns, reader(), actor=actor)
    return as_file(content, f"{week.code}-registrations.xlsx")


@blueprint.get("/weeks/<week>/dashboard")
@described_as("Show what the registrations of a week add up to", "DeskDashboard")
@needs_key(Verb.REGISTRATIONS_READ)
def dashboard(actor: Actor, week: Week) -> Response:
    """Answer people, seats, states, days, fill by offering, city and kind."""
    own = measure_registrations(week, actor=actor)
    return private(
        told(
            {
                "people": own.people,
                "seats": own.seats,
                "states": dict(own.states),
                "days": [{"day": day, "registrations": count} for day, count in own.days],
                "online": {"registered": own.online, "joined": sum(own.joined.values())},
                "offerings": [_fill(offering, pool, own.joined) for offering, pool in own.offerings],
                "cities": [asdict(share) for share in own.cities],
                "kinds": [asdict(share) for share in own.kinds],
            }
        )
    )


def _found(week: Week, given: dict[str, str], actor: Actor) -> tuple[Wish, dict[int, OpenOffering]]:
    for name, choices in (("state", set(State)), ("class", set(PoolClass))):
        if given.get(name) and given[name] not in choices:
            raise Invalid([FieldError(name, "json.choice", {"choices": ", ".join(sorted(choices))})])
    names = {"state": "state", "class": "cls", "session": "session", "city": "city", "kind": "kind", "q": "words"}
    wish = Wish(**{own: given.get(name, "")[:80] for name, own in names.items()})
    return wish, narrowed(list_week_offerings(week.id, actor=actor), wish)


def _fill(own: OpenOffering, pool: CapacityPool, joined: Mapping[int, int]) -> Facts:
    counts: Facts = {name: getattr(pool, name) for name in ("cap", "taken", "held", "waiting", "overbook")}
    online = sum(one.taken for one in own.offering.pools if one.cls == PoolClass.ONLINE)
    counts["online"] = {"registered": online, "joined": joined.get(own.offering.id, 0)}
    return {"offering": own.offering.code, "sessions": [s.code for s in own.sessions]} | counts
