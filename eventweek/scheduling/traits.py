"""What a published session can be filtered by (pure): the same facets for pages and API."""

from collections.abc import Mapping

from eventweek.kernel.clock import local_day
from eventweek.scheduling.queries import PublishedSession

FACETS = ("day", "city", "venue", "family", "kind", "industry", "audience", "seats")


def traits(session: PublishedSession, zone: str, free: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    """Return the values of one session by facet; `free` holds the codes of sessions that still take people."""
    facts, tags = session.facts, session.facts["tags"]
    return {
        "day": {local_day(session.start, zone).isoformat()},
        "city": {facts["city"]["code"]} if facts["city"] else set(),
        "venue": {facts["venue"]["code"]},
        "family": {facts["kind"]["family"]},
        "kind": {facts["kind"]["code"]},
        "industry": {tag["code"] for tag in tags if tag["set"] == "industry"},
        "audience": {tag["code"] for tag in tags if tag["set"] == "audience"},
        "seats": {"open"} if session.code in free else set(),
    }


def fits(own: Mapping[str, set[str]], asked: Mapping[str, str]) -> bool:
    """Say whether a session has every value that is asked for (facet -> value); other names are passed over."""
    return all(value in own[name] for name, value in asked.items() if name in own)
