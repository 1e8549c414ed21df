"""The forecast of gates: which venue needs how many in which quarter hour, to read, to print, and as a workbook."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.checkin.enums import Fit
from eventweek.checkin.forecast import CURVE, FIRST_MIN, QUARTER_MIN, Asked, asked_for
from eventweek.checkin.queries.forecast import Forecast, read_forecast
from eventweek.checkin.queries.sessions import usual_day
from eventweek.kernel.errors import Invalid
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.language import say
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import asked
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name, local

STATES = {Fit.ENOUGH: "yes", Fit.TIGHT: "ask", Fit.SHORT: "no"}


@blueprint.get("/w/<week>/gate-forecast")
@needs(Verb.DOOR_MANAGE)
def gate_forecast(week: str) -> Any:
    """Show what each venue needs on a day, the worst first; what was typed wrong is said at its field."""
    own = edition(week, Verb.DOOR_MANAGE)
    try:
        wanted, errors = _asked(), {}
    except Invalid as invalid:
        wanted, errors = Asked(), {error.field: say(error.code, error.facts) for error in invalid.errors}
    found = read_forecast(own, _day(own), wanted, actor=at_work())
    typed = request.args.getlist("share")
    shares = [*typed, *[""] * len(CURVE)][: len(CURVE)] if typed else wanted.shares
    told = page(
        "gate_forecast.html",
        own,
        here="gate",
        own=found,
        days=[(d.day.isoformat(), day_name(d.day), d.day == found.day) for d in own.days],
        seconds=asked("seconds", longest=12) or wanted.seconds,
        spans=list(zip(_spans(), shares, strict=True)),
        assumed=wanted.shares == CURVE,
        states=STATES,
        fits=_fits(),
        errors=errors,
        to_measured=_address(own, found.day, wanted.seconds, found.measured),
        to_usual=_address(own, found.day, wanted.seconds, ()),
    )
    return (told, 422) if errors else told


@blueprint.get("/w/<week>/gate-forecast.xlsx")
@needs(Verb.DOOR_MANAGE)
def gate_forecast_workbook(week: str) -> Response:
    """Send the same as a workbook. Raises: Invalid."""
    own = edition(week, Verb.DOOR_MANAGE)
    found = read_forecast(own, _day(own), _asked(), actor=at_work())
    heads = (_("场馆"), _("一刻钟"), _("到的人次"), _("最忙时每秒"), _("要几个验票口"), _("现有"), _("够不够"))
    columns = [Column(head, width) for head, width in zip(heads, (36, 12, 12, 12, 14, 10, 12), strict=True)]
    book = write_workbook([Page(_("验票口预测"), columns, _rows(found, own.timezone))])
    return workbook(book, f"{week}-{_('验票口预测')}-{found.day}.xlsx")


def _rows(found: Forecast, zone: str) -> list[Row]:
    fits = _fits()
    return [
        Row(
            [
                best(door.name),
                f"{local(row.at, zone):%H:%M}",
                row.people,
                round(row.rate, 2),
                row.needed,
                door.lanes,
                fits[row.fit],
            ]
        )
        for door in found.doors
        for row in door.quarters
    ]


def _asked() -> Asked:
    return asked_for(asked("seconds", longest=12), [text[:12] for text in request.args.getlist("share")[:20]])


def _address(week: Week, day: date, seconds: int, shares: tuple[int, ...] | None) -> str:
    given = {"day": day.isoformat(), "seconds": str(seconds), "share": list(map(str, shares or ()))}
    return f"{url_for('desk.gate_forecast', week=week.code)}?{urlencode(given, doseq=True)}"


def _day(week: Week) -> date:
    """Return the day that is asked for, else the usual one."""
    return {d.day.isoformat(): d.day for d in week.days}.get(asked("day")) or usual_day(week)


def _spans() -> list[str]:
    """Return the words of the quarter hours of a curve."""
    words = []
    for number in range(len(CURVE)):
        begin = FIRST_MIN + number * QUARTER_MIN
        end = begin + QUARTER_MIN
        early = _("开始前 %(far)s—%(near)s 分钟", far=-begin, near=-end)
        words.append(early if begin < 0 else _("开始后 %(near)s—%(far)s 分钟", near=begin, far=end))
    return words


def _fits() -> dict[Fit, str]:
    return {Fit.ENOUGH: _("够"), Fit.TIGHT: _("会排队"), Fit.SHORT: _("不够")}
