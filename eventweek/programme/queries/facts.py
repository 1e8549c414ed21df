"""What the names in organisers' texts stand for, from one edition, in one language."""

from datetime import date

from eventweek.programme.models import Venue, Week
from eventweek.programme.queries.masters import list_choosable_venues

MOST_VENUES = 40


def facts_of_week(week: Week, language: str) -> dict[str, str]:
    """Return the fact of each name of `rules.placeholders`."""
    title = week.title.best(language)[0]
    first, last = _day(week.first_day, language), _day(week.last_day, language)
    return {
        "week": title,
        "host": week.host.name.best(language)[0] if week.host else title,
        "contact": week.contact.best(language)[0],
        "first_day": first,
        "last_day": last,
        "dates": f"{first} to {last}" if language == "en" else f"{first}至{last}",
    }


def facts_of_page(week: Week, retention_days: int) -> dict[str, dict[str, str]]:
    """Return by language (`zh`, `en`) what the usual texts of pages name: the week's facts, its venues, its promise."""
    cities = {row.city_id for row in week.cities}
    venues = [venue for venue in list_choosable_venues() if venue.city_id in cities][:MOST_VENUES]
    own = {"retention_days": str(retention_days)}
    return {
        name: facts_of_week(week, language) | own | {"venues": list_of_venues(venues, language)}
        for name, language in (("zh", "zh-CN"), ("en", "en"))
    }


def list_of_venues(venues: list[Venue], language: str) -> str:
    """Return venues with their addresses as a Markdown list."""
    named = [(v.name.best(language)[0], v.address.best(language)[0]) for v in venues]
    colon = ": " if language == "en" else "："
    return "\n".join(f"- **{name}**{colon + address if address else ''}" for name, address in named)


def _day(day: date, language: str) -> str:
    return f"{day.day} {day:%B} {day.year}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"
