"""What the visitors' pages share: the blueprint, the edition at hand, and how days and names are written."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, g, request
from flask_babel import format_date
from markupsafe import Markup

from eventweek.kernel.clock import local_day, now
from eventweek.kernel.text import markdown_html
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.facts import facts_of_week
from eventweek.programme.rules.placeholders import fill
from eventweek.scheduling.queries import PublishedSession, list_public_sessions
from eventweek.web.frame import best, language
from eventweek.web.public.wrapping import with_breaks

blueprint = Blueprint("public", __name__)
NOT_PAGES = ("_feed", ".feed", "_png", "_ics", ".robots", ".sitemap", ".theme", ".media", ".live_seats", ".book")


@blueprint.app_url_defaults
def keep_large_type(endpoint: str, values: dict[str, Any]) -> None:
    """Carry the large type (适老化) from page to page by the address, so that no cookie is needed."""
    if endpoint.startswith(("public.", "mine.", "speaker.")) and not endpoint.endswith(NOT_PAGES) and is_large():
        values.setdefault("type", "large")


@blueprint.after_request
def let_proxies_keep(response: Response) -> Response:
    """Let a proxy answer the province's opening minute: pages that know nobody may be kept for 20 seconds."""
    if request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "public, max-age=0, s-maxage=20")
        if g.get("reads_browser"):
            response.vary.add("User-Agent")
    return response


@blueprint.app_template_global("is_large")
def is_large() -> bool:
    """Say whether this page is asked for in large type."""
    return bool(request) and request.args.get("type") == "large"


@blueprint.app_template_global("type_url")
def type_url(large: bool) -> str:
    """Return this page's address in large type or in the standard one."""
    query = {name: values for name, values in request.args.lists() if name != "type"}
    if large:
        query["type"] = ["large"]
    return request.script_root + request.path + _query(query)


@blueprint.app_template_global("absolute_url")
def absolute_url(wanted: str) -> str:
    """Return this page's address for the world in one language, without what only this visitor asked for."""
    return base_url() + ("/en" if wanted == "en" else "") + request.path


@blueprint.app_template_global("note_of")
def note_of(week: Week) -> str:
    """Return what the organisers tell those who have registered, with its names filled in."""
    return fill(best(week.confirmation), facts_of_week(week, language()))


@blueprint.app_template_global("is_wechat")
def is_wechat() -> bool:
    """Say whether the page is read inside WeChat, which neither subscribes nor downloads."""
    g.reads_browser = True
    return "MicroMessenger" in request.user_agent.string


@blueprint.app_template_global("day")
def day_name(day: date) -> str:
    """Return a day as people of the page's language write it."""
    return str(format_date(day, "EEE d MMMM" if language() == "en" else "M月d日（EEE）"))


@blueprint.app_template_global("days_between")
def days_between(first: date, last: date, *, short: bool = False) -> str:
    """Return a range of days: 2026年10月15日—21日, 15–21 October 2026; `short`, for narrow places: 15–21 Oct 2026."""
    same = (first.year, first.month) == (last.year, last.month)
    if language() == "en":
        month = "MMM" if short else "MMMM"
        return f"{format_date(first, 'd' if same else f'd {month}')}–{format_date(last, f'd {month} yyyy')}"
    return f"{format_date(first, 'yyyy年M月d日')}—{format_date(last, 'd日' if same else 'M月d日')}"


@blueprint.app_template_filter("by_day")
def by_day(sessions: list[PublishedSession], zone: str) -> list[tuple[date, list[PublishedSession]]]:
    """Group sorted sessions by their local day."""
    return [(day, list(group)) for day, group in groupby(sessions, lambda s: local_day(s.start, zone))]


@blueprint.app_template_filter("local")
def local(instant: datetime, zone: str) -> datetime:
    """Return the instant on the wall clock of an IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


@blueprint.app_template_filter("say")
def say(pair: dict[str, str]) -> str:
    """Return the name in the page's language, else in the other."""
    return (pair["en"] or pair["zh"]) if language() == "en" else (pair["zh"] or pair["en"])


@blueprint.app_template_filter("brief")
def brief(named: dict[str, Any]) -> Markup:
    """Return the short name (简称) of a venue, room or organisation, else the whole one."""
    own = named.get("short") or {"zh": "", "en": ""}
    return tell(own if own["en" if language() == "en" else "zh"] else named)


@blueprint.app_template_filter("dialled")
def dialled(phone: str) -> str:
    """Return a stored phone as people write it: 139 0000 0700 in China, others as they are."""
    own = phone.removeprefix("+86")
    return f"{own[:3]} {own[3:7]} {own[7:]}" if len(own) == 11 and own != phone else phone


@blueprint.app_template_global("without")
def without(asked: dict[str, str], name: str) -> dict[str, str]:
    """Return what is asked for, but for one filter."""
    return {key: value for key, value in asked.items() if key != name}


@blueprint.app_template_filter("tell")
def tell(pair: dict[str, str]) -> Markup:
    """Return the name with its word breaks; one in the other language is marked as such for readers."""
    text, own = say(pair), "en" if language() == "en" else "zh"
    marked = with_breaks(text)
    if text and not pair[own]:
        return Markup('<span lang="{}">{}</span>').format("zh-CN" if own == "en" else "en", marked)
    return marked


@blueprint.app_template_filter("markdown")
def markdown(text: str) -> Markup:
    """Return organisers' Markdown as sanitised HTML."""
    return Markup(markdown_html(text))


@blueprint.app_template_filter("prose")
def prose(pair: dict[str, str]) -> Markup:
    """Return organisers' Markdown in the page's language; a fallback is marked with its own language."""
    text, own = markdown(say(pair)), "en" if language() == "en" else "zh"
    return text if pair[own] else Markup('<div lang="{}">{}</div>').format("zh-CN" if own == "en" else "en", text)


@blueprint.app_template_filter("phase")
def phase(session: PublishedSession) -> str:
    """Return where a session stands now: cancelled, over, now, next (within the hour) or ahead."""
    at = now()
    if session.cancelled:
        return "cancelled"
    if session.end <= at:
        return "over"
    if session.start <= at:
        return "now"
    return "next" if (session.start - at).total_seconds() <= 3600 else "ahead"


def edition(code: str) -> tuple[Week, list[PublishedSession]]:
    """Return the week of that code with its public sessions, else the page that says there is none."""
    week: Any = find_week(code) or abort(404)
    return week, list_public_sessions(week.id)


def days(week: Week, sessions: list[PublishedSession]) -> list[tuple[date, int]]:
    """Return each local day that has sessions, with their number."""
    counts: dict[date, int] = {}
    for entry in sessions:
        day = local_day(entry.start, week.timezone)
        counts[day] = counts.get(day, 0) + 1
    return sorted(counts.items())


@blueprint.app_template_global("base_url")
def base_url() -> str:
    """Return the configured scheme and host, never the request's."""
    return str(current_app.extensions["eventweek"].base_url)


def _query(values: dict[str, list[str]]) -> str:
    return "?" + urlencode(values, doseq=True) if values else ""
