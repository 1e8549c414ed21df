"""Cities, the times of travel between them, and the state's calendar of holidays and adjusted workdays."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.language import say
from eventweek.language.words import DAY_TYPES
from eventweek.programme.actions import places as verbs
from eventweek.programme.actions.travel import set_travel_times
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import CalendarDay, City
from eventweek.programme.queries import find_newest_week
from eventweek.programme.queries.masters import Listed, list_cities, list_holidays, list_travel_times
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import CITY, HOLIDAY
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.desk.lists import asked
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import list_page, shelf, sift
from eventweek.web.forms.calendar import HolidayForm
from eventweek.web.forms.places import CityForm
from eventweek.web.frame import needs


@blueprint.get("/cities")
@needs(Verb.PROGRAMME_READ)
def city_list() -> str:
    """List the cities."""
    filters = [shelf()]
    rows = list_cities(archived=sift(filters).archived)
    return list_page("city_list.html", find_newest_week(), Listed(rows, len(rows)), filters)


@blueprint.route("/travel-times", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_READ)
def travel_time_list() -> Any:
    """Show the minutes between every two cities as a table, or take the whole table."""
    cities = list_cities()
    stored = {code: str(minutes) for code, minutes in _by_codes(cities).items()}
    errors: dict[str, str] = {}
    typed = {name: clean_line(request.form.get(name, "")[:40], 40) for name in _pairs(cities)}
    if request.method == "POST":
        filled = {name: value for name, value in typed.items() if value or name in stored}
        try:
            set_travel_times({_ends(name): value for name, value in filled.items()}, actor=at_work())
        except Invalid as invalid:
            errors = {error.field: say(error.code, error.facts) for error in invalid.errors}
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.travel_time_list"), 303)
    values = typed if request.method == "POST" else stored
    week = find_newest_week()
    text = page("travel_time_list.html", week, here="city", cities=cities, values=values, errors=errors)
    return text, 422 if errors else 200


def _pairs(cities: list[City]) -> list[str]:
    return [f"{one.code}-{other.code}" for n, one in enumerate(cities) for other in cities[n + 1 :]]


def _ends(name: str) -> tuple[str, str]:
    one, _dash, other = name.partition("-")
    return one, other


def _by_codes(cities: list[City]) -> dict[str, int]:
    codes = {city.id: city.code for city in cities}
    times = list_travel_times().items()
    known = [(codes[one], codes[other], minutes) for (one, other), minutes in times if one in codes and other in codes]
    return {"-".join(sorted((one, other))): minutes for one, other, minutes in known}


@blueprint.route("/holidays", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_READ)
def holiday_list() -> Any:
    """Show a month of the state's calendar and the year's entries; set one day."""
    month = _month()
    year = list_holidays(date(month.year, 1, 1), date(month.year, 12, 31))
    form = HolidayForm(request.form or None, data=_chosen_day(year))
    if request.method == "POST" and form.validate():
        try:
            day = verbs.set_holiday(form.values(), actor=at_work()).day
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(str(_("已保存。")), "yes")
            return redirect(url_for("desk.holiday_list", month=f"{day:%Y-%m}"), 303)
    values = {"month": month, "weeks": list(_weeks(month, year)), "year": year, "types": DAY_TYPES}
    before, after = month - timedelta(days=1), month + timedelta(days=31)
    text = page("holiday_list.html", find_newest_week(), here="city", form=form, before=before, after=after, **values)
    return text, 422 if form.problems() else 200


@blueprint.post("/holidays/<day>/deletion")
@needs(Verb.MASTERS_EDIT)
def holiday_deletion(day: str) -> Any:
    """Let a day be again what its weekday says."""
    verbs.delete_holiday(day[:20], actor=at_work())
    flash(str(_("已删除。")), "yes")
    return redirect(url_for("desk.holiday_list", month=day[:7]), 303)


def _chosen_day(year: list[CalendarDay]) -> dict[str, Any]:
    """Return the values of the day that the address names, with its entry where it has one."""
    day = asked("day", longest=10)
    for entry in year:
        if entry.day.isoformat() == day:
            return values_of(HOLIDAY, entry)
    return {"day": day, "type": "holiday"}


def _month() -> date:
    """Return the first day of the month that the address asks for, else of the current week's, else of today."""
    week = find_newest_week()
    usual = week.first_day if week else local_day(now(), "Asia/Shanghai")
    text = asked("month", longest=7)
    if not text:
        return usual.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        abort(404)
    return month if 2000 <= month.year <= 2099 else abort(404)


def _weeks(month: date, year: list[CalendarDay]) -> Iterator[list[tuple[date, CalendarDay | None, bool]]]:
    """Yield the rows of a month from Monday: day, its entry, whether it is a day off."""
    entries = {entry.day: entry for entry in year}
    monday = month - timedelta(days=month.weekday())
    while monday.month == month.month or monday < month:
        days = [monday + timedelta(days=n) for n in range(7)]
        yield [(day, entries.get(day), _is_off(day, entries.get(day))) for day in days]
        monday += timedelta(days=7)


def _is_off(day: date, entry: CalendarDay | None) -> bool:
    return entry.type == "holiday" if entry else day.weekday() >= 5


hang(
    Record(
        subject=CITY,
        form=CityForm,
        verbs=Verbs.of(verbs, "city"),
        plural="cities",
        one=pgettext("one", "城市"),
    )
)
