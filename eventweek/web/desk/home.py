"""The desk's first page: what needs you today, what is on, the week as it is planned."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import redirect, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.accounts.queries import list_open_invitations
from eventweek.kernel.clock import local_day, now
from eventweek.programme.enums import Reply, Visibility
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week, list_weeks
from eventweek.programme.queries.incidents import list_incidents
from eventweek.programme.queries.proposals import count_waiting
from eventweek.programme.queries.speakers import list_declined
from eventweek.registration.queries.desk import Waiting, is_in_reach, list_waiting
from eventweek.registration.queries.offerings import title_of
from eventweek.scheduling.queries.board import list_stopping
from eventweek.scheduling.queries.drafts import list_lingering
from eventweek.scheduling.queries.lines import Line, list_lines
from eventweek.scheduling.queries.marks import Mark, list_marks
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, is_sealed, page, said
from eventweek.web.desk.incidents import called_halls
from eventweek.web.desk.session_search import in_order
from eventweek.web.frame import best, language, needs, signed_in
from eventweek.web.public.frame import day_name
from eventweek.web.public.weave import lay


@dataclass(frozen=True)
class Duty:
    """Something to do: how many, what, one sentence of detail, by when (`late`: that is over), one way on."""

    count: int
    title: str
    detail: str
    href: str
    word: str
    by: date | None = None
    late: bool = False


@blueprint.get("/")
@signed_in
def index() -> Any:
    """Lead to the current week's desk; who only proposes, to the proposals of the newest week that takes theirs."""
    week = find_newest_week()
    if week is None:
        return page("no_week.html", None, here="home")
    own = next((one for one in list_weeks() if can(at_work(), Verb.PROPOSALS_MAKE, one.id)), week)
    if not can(at_work(), Verb.PROGRAMME_READ) and can(at_work(), Verb.PROPOSALS_READ, own.id):
        return redirect(url_for("desk.proposal_list", week=own.code))
    return redirect(url_for("desk.home", week=week.code))


@blueprint.get("/w/<week>/")
@needs(Verb.PROGRAMME_READ)
def home(week: str) -> str:
    """Show what needs the organisers today."""
    own = edition(week)
    planned = sorted((line for line in list_lines(own.id) if line.state != "archived"), key=in_order)
    today, at = local_day(now(), own.timezone), now()
    live = [p for p in planned if p.state == "planned"]
    duties = [] if is_sealed(own) else _duties(own, planned, list_marks(own.id), today)
    return page(
        "home.html",
        own,
        today=today,
        duties=[duty for duty in duties if duty.count],
        on_now=[p for p in live if p.start and p.end and p.start <= at < p.end],
        ahead=[p for p in live if p.start and p.start > at and local_day(p.start, own.timezone) == today],
        count_today=sum(1 for p in live if p.start and local_day(p.start, own.timezone) == today),
        weave=_weave(own, live, today),
        total=len(planned),
    )


def _duties(week: Week, planned: list[Line], marks: Mapping[str, Mark], today: date) -> Iterator[Duty]:
    pending = list_waiting(week.id)
    yield _lost(week)
    yield _blocking(week, planned)
    yield _permits(week, planned, today)
    yield _declined(week)
    yield _taken_back(week, planned, marks)
    yield _changes(week, planned, marks)
    yield _proposals(week)
    yield _applications(week, pending)
    yield _queues(week, planned, pending)
    waiting = [p for p in planned if p.state == "unplaced"]
    yield Duty(
        len(waiting),
        _("场次还没排时间和地点"),
        _names(waiting),
        _sessions(week, state="unplaced"),
        _("去排"),
    )
    public = [p for p in planned if p.own.visibility == Visibility.PUBLIC]
    alone = [p for p in public if "people" in p.missing]
    yield Duty(
        len(alone),
        _("公开场次缺人物"),
        _names(alone),
        _sessions(week, missing="people", visibility="public"),
        _("去补"),
    )
    mute = [p for p in public if "english" in p.missing]
    yield Duty(
        len(mute),
        _("公开场次缺英文标题"),
        _names(mute),
        _sessions(week, missing="english", visibility="public"),
        _("去补"),
    )
    yield _invitations()


def _lost(week: Week) -> Duty:
    """Name halls that are lost and wait for a decision; they come before everything else."""
    waiting = [one for one in list_incidents(week.id) if not (one.lifted_at or one.decided_at)]
    names = str(_("、")).join(called_halls(one) for one in waiting[:3])
    desk = url_for("desk.incident_list", week=week.code)
    if len(waiting) == 1:
        desk = url_for("desk.incident", week=week.code, code=waiting[0].code)
    if can(at_work(), Verb.RELEASE_PUBLISH, week.id):
        return Duty(len(waiting), _("场地停用了，等你定"), names, desk, _("去定"))
    return Duty(len(waiting), _("场地停用了，等组委会定"), names, desk, _("去看"))


def _invitations() -> Duty:
    pending = list_open_invitations() if can(at_work(), Verb.USERS_MANAGE) else []
    names = str(_("、")).join(invitation.name for invitation in pending[:3])
    detail = _("%(names)s 还没有用链接设密码。", names=names)
    return Duty(len(pending), _("邀请还没接受"), detail, url_for("desk.user_list"), _("去看"))


def _blocking(week: Week, planned: list[Line]) -> Duty:
    blocking = list_stopping(week, planned)
    detail = " ".join(said(p) for p in blocking[:2])
    compare = url_for("desk.release_new", week=week.code)
    return Duty(len(blocking), _("问题拦住发布"), detail, compare, _("去处理"))


def _changes(week: Week, planned: list[Line], marks: Mapping[str, Mark]) -> Duty:
    changed = sum(1 for p in planned if marks[p.code].publication == "changed")
    fresh = sum(1 for p in planned if marks[p.code].publication == "new" and p.state == "planned")
    detail = _("%(changed)s 场有改动，%(fresh)s 场没发布过。公众看到的还是上次发布的。", changed=changed, fresh=fresh)
    compare = url_for("desk.release_new", week=week.code)
    return Duty(changed + fresh, _("改动还没发布"), detail, compare, _("看改动"))


def _permits(week: Week, planned: list[Line], today: date) -> Duty:
    wanting = [p for p in planned if "permit" in p.missing]
    first = min((due for p in wanting if (due := p.permit_due(week.timezone))), default=None)
    return Duty(
        len(wanting),
        _("安全许可还没批下来"),
        _("预计满 1,000 人的场次，要在开始前 20 天申请。"),
        _sessions(week, missing="permit"),
        _("去处理"),
        by=first,
        late=bool(first and first < today),
    )


def _declined(week: Week) -> Duty:
    parts = list_declined(week.id)
    named = str(_("、")).join(
        _("%(person)s（%(title)s）", person=best(part.person.name), title=best(part.session.title))
        for part in parts[:3]
    )
    detail = _("%(names)s 等", names=named) if len(parts) > 3 else named
    return Duty(len(parts), _("嘉宾回复不能参加"), detail, _sessions(week, reply=str(Reply.DECLINED)), _("换人"))


def _taken_back(week: Week, planned: list[Line], marks: Mapping[str, Mark]) -> Duty:
    told = [p for p in planned if marks[p.code].published and (marks[p.code].action or p.state == "cancelled")]
    lingering = list_lingering(week.id, [p.code for p in told])
    held = [p for p in told if p.code in lingering]
    compare = url_for("desk.release_new", week=week.code)
    return Duty(len(held), _("嘉宾收回了公开的授权，公众还看得到"), _names(held), compare, _("去发布"))


def _proposals(week: Week) -> Duty:
    waiting = count_waiting(week.id, actor=at_work()) if can(at_work(), Verb.PROPOSALS_REVIEW, week.id) else 0
    step = "committee" if can(at_work(), Verb.PROPOSALS_DECIDE, week.id) else "city"
    detail = _("看过以后决定采用、退回或不采用。") if step == "committee" else _("合适的推荐给组委会，要改的退回。")
    href = f"{url_for('desk.proposal_list', week=week.code)}?{urlencode({'state': step})}"
    return Duty(waiting, _("申报等你审"), detail, href, _("去审"))


def _applications(week: Week, pending: list[Waiting]) -> Duty:
    asked = [w for w in pending if w.applied and is_in_reach(w.own, Verb.REGISTRATIONS_REVIEW, at_work())]
    asked.sort(key=lambda w: -w.applied)
    named = [_("%(title)s %(n)s 份", title=title_of(w.own, language()), n=w.applied) for w in asked[:3]]
    reviews = url_for("desk.review_list", week=week.code)
    return Duty(sum(w.applied for w in asked), _("申请等审核"), str(_("、")).join(named), reviews, _("去审核"))


def _queues(week: Week, planned: list[Line], pending: list[Waiting]) -> Duty:
    queued: Counter[str] = Counter()
    for waiting in pending:
        queued.update(dict.fromkeys((session.code for session in waiting.own.sessions), waiting.queued))
    ahead = [(queued[p.code], p) for p in planned if queued[p.code] and p.end and p.end > now()]
    ahead.sort(key=lambda own: -own[0])
    detail = str(_("、")).join(_("%(title)s 候补 %(n)s 人", title=best(p.title), n=n) for n, p in ahead[:3])
    return Duty(len(ahead), _("场次有人候补"), detail, _sessions(week, seats="waiting"), _("去看"))


def _names(planned: list[Line]) -> str:
    """Say the first three by name."""
    names = str(_("、")).join(best(p.title) for p in planned[:3])
    return _("%(names)s 等", names=names) if len(planned) > 3 else names


def _sessions(week: Week, **wanted: str) -> str:
    return f"{url_for('desk.session_list', week=week.code)}?{urlencode(wanted)}"


def _weave(week: Week, live: list[Line], today: date) -> list[dict[str, Any]]:
    drawn = lay([(p.start, p.kind.family) for p in live if p.start], week.timezone)
    return [
        {
            "href": url_for("desk.timetable", week=week.code, day=day),
            "number": day.day,
            "weekday": _("今天") if day == today else format_date(day, "EEE"),
            "name": _("%(day)s，%(n)s 场", day=day_name(day), n=len(drawn.get(day, []))),
            "chosen": day == today,
            "past": day < today,
            "marks": drawn.get(day, []),
        }
        for day in (entry.day for entry in week.days)
        if week.first_day <= day <= week.last_day
    ]
