"""Taking part on line: whether it is open, from when the way in is shown, and the way itself, for editors only."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import blueprint, done, needs_key, record, seen_version, sent
from eventweek.api.v1.desk.holds import read_values
from eventweek.api.v1.desk.offerings import find
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual
from eventweek.programme.models import Week
from eventweek.registration import actions
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.online import describe_online
from eventweek.registration.queries.settings import ONLINE

ONE = "/weeks/<week>/offerings/<offering>/online"


@blueprint.get(ONE)
@described_as("Show how one takes part in an offering on line", "DeskOnline", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def online(actor: Actor, week: Week, offering: str) -> Response:
    """Answer it with the way in; closed and empty where there is none."""
    return _shown(find(week, offering, actor))


@blueprint.put(ONE)
@described_as("Let people take part in an offering on line", "DeskOnline", IF_MATCH, body="DeskOnlineNew")
@needs_key(Verb.REGISTRATIONS_EDIT)
def online_set(actor: Actor, week: Week, offering: str) -> Response:
    """Open or close it and say where it is; without `link` the way in stays, without both notes what is said beside."""
    body, version = sent(), seen_version()
    find(week, offering, actor)
    values = read_values(ONLINE, body)
    note = Bilingual(values.get("note_zh", ""), values.get("note_en", ""))
    told = note if {"note_zh", "note_en"} & set(values) else None
    wish = actions.Online(bool(values.get("open")), values.get("before_min"), values.get("link"), told)
    actions.set_online(offering, wish, actor=actor, version=version)
    return _shown(find(week, offering, actor))


@blueprint.delete(ONE)
@described_as("Take away what nobody registered for on line", None, IF_MATCH, status=204)
@needs_key(Verb.REGISTRATIONS_EDIT)
def online_drop(actor: Actor, week: Week, offering: str) -> Response:
    """Remove its pool and its way in."""
    version = seen_version()
    find(week, offering, actor)
    actions.drop_online(offering, actor=actor, version=version)
    return done()


def _shown(own: OpenOffering) -> Response:
    return record(dict(told(describe_online(own))), own.offering.version)
