"""Organisations and people of the programme."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.language import words
from eventweek.language.words import LEVELS, ORGANISATION_ROLES, ORGANISATION_TYPES, PERSON_ROLES
from eventweek.programme.actions import parties as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week
from eventweek.programme.queries.masters import MasterFilter, list_cities, list_organisations, list_people
from eventweek.programme.queries.parts import count_sessions, list_sessions_of_organisation
from eventweek.programme.queries.speakers import (
    Replies,
    find_link_in_use,
    list_parts_of_person,
    map_consents,
    map_replies,
)
from eventweek.programme.rules.speakers import last_day_of_links
from eventweek.programme.rules.subjects import ORGANISATION, PERSON
from eventweek.web.desk.frame import blueprint
from eventweek.web.desk.lists import Filter, chosen
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import choices, everything, list_page, shelf, sift, window
from eventweek.web.forms.parties import OrganisationForm, PersonForm
from eventweek.web.frame import needs


@blueprint.get("/organisations")
@needs(Verb.PROGRAMME_READ)
def organisation_list() -> str:
    """List the organisations."""
    filters = _organisation_filters()
    found, week = list_organisations(sift(filters), window), find_newest_week()
    counts = count_sessions(week.id, "organisation") if week else {}
    named = {"types": ORGANISATION_TYPES, "levels": LEVELS}
    return list_page("organisation_list.html", week, found, filters, counts=counts, **named)


@blueprint.get("/people")
@needs(Verb.PROGRAMME_READ)
def person_list() -> str:
    """List the people with what they replied in the current week."""
    week, filters = find_newest_week(), person_filters()
    replies = map_replies(week.id) if week else {}
    found = list_people(sift_people(filters, replies), window)
    counts = count_sessions(week.id, "person") if week else {}
    return list_page(
        "person_list.html",
        week,
        found,
        filters,
        asked=chosen(filters),
        counts=counts,
        replies=replies,
        standings=words.STANDINGS,
    )


def person_filters() -> list[Filter]:
    """Return the filters of the list of people."""
    roles = Filter("role", str(_("身份")), [(code, str(word)) for code, word in words.STANDINGS.items()])
    replies = Filter("reply", str(_("嘉宾答复")), [(code, str(word)) for code, word in words.REPLIES.items()])
    return [roles, Filter("city", str(_("城市")), choices(list_cities())), replies, shelf()]


def sift_people(filters: list[Filter], replies: Mapping[int, Replies]) -> MasterFilter:
    """Return which people the address asks for; by a reply only those who take part in the week."""
    reply = next(f.chosen for f in filters if f.name == "reply")
    among = frozenset(key for key, own in replies.items() if own.counts and own.reply == reply) if reply else None
    return replace(sift([f for f in filters if f.name != "reply"]), among=among)


def shown_organisations(_week: Week) -> Sequence[Any]:
    """Return the organisations that the address asks for, on all pages."""
    return list_organisations(sift(_organisation_filters()), everything).rows


def shown_people(week: Week) -> Sequence[Any]:
    """Return the people that the address asks for, on all pages."""
    return list_people(sift_people(person_filters(), map_replies(week.id)), everything).rows


def _organisation_filters() -> list[Filter]:
    types = Filter("type", str(_("单位类型")), [(code, str(word)) for code, word in ORGANISATION_TYPES.items()])
    return [types, Filter("city", str(_("城市")), choices(list_cities())), shelf()]


def _offer_cities(form: Any, _week: Week | None) -> None:
    form.city.offer([("", "—"), *choices(list_cities())])


def _of_person(person: Any, week: Week | None) -> dict[str, Any]:
    if week is None:
        return {"parts": []}
    return {
        "parts": list_parts_of_person(week.id, person.id),
        "link": find_link_in_use(week.id, person.id),
        "ends": last_day_of_links(week.last_day, week.speaker_link_days),
        "roles": PERSON_ROLES,
        "consents": map_consents(week.id, person.id),
        "consent_words": words.CONSENTS,
    }


def _of_organisation(own: Any, week: Week | None) -> dict[str, Any]:
    return {"sessions": list_sessions_of_organisation(week.id, own.id) if week else [], "roles": ORGANISATION_ROLES}


hang(
    Record(
        subject=ORGANISATION,
        form=OrganisationForm,
        verbs=Verbs.of(verbs, "organisation"),
        plural="organisations",
        one=pgettext("one", "单位"),
        fill=_offer_cities,
        facts=_of_organisation,
        template="party.html",
    )
)
hang(
    Record(
        subject=PERSON,
        form=PersonForm,
        verbs=Verbs.of(verbs, "person"),
        plural="people",
        one=pgettext("one", "人物"),
        fill=_offer_cities,
        facts=_of_person,
        template="person.html",
    )
)
