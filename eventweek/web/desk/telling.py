"""Fields and their values in words: what a history shows instead of codes and JSON."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.audit.histories import map_last_names
from eventweek.checkin.enums import Unknown
from eventweek.checkin.rules import GATE
from eventweek.language import proposals, words
from eventweek.programme import enums
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.subjects import SUBJECTS
from eventweek.programme.rules.values import Choice, Day, Flag, Line, Moment, Ref, Rows, Several, Type, Whole
from eventweek.registration.enums import About, Asked, QuestionType
from eventweek.registration.forms import ASKING
from eventweek.web.forms.calendar import HolidayForm
from eventweek.web.forms.kinds import KindForm
from eventweek.web.forms.messages import MessageTextForm
from eventweek.web.forms.offerings import OfferingForm
from eventweek.web.forms.parties import OrganisationForm, PersonForm
from eventweek.web.forms.places import CityForm, FeatureForm, RoomForm, VenueForm
from eventweek.web.forms.proposals import ProposalForm
from eventweek.web.forms.series import SeriesForm
from eventweek.web.forms.sessions import SessionForm
from eventweek.web.forms.tags import TagForm, TagSetForm, TrackForm
from eventweek.web.forms.texts import NoticeForm, PageForm
from eventweek.web.forms.weeks import WeekForm
from eventweek.web.frame import best
from eventweek.web.public.frame import day_name

FORMS: dict[str, Any] = {
    "venue": VenueForm,
    "room": RoomForm,
    "feature": FeatureForm,
    "city": CityForm,
    "holiday": HolidayForm,
    "organisation": OrganisationForm,
    "person": PersonForm,
    "kind": KindForm,
    "tag_set": TagSetForm,
    "tag": TagForm,
    "track": TrackForm,
    "series": SeriesForm,
    "page": PageForm,
    "notice": NoticeForm,
    "week": WeekForm,
    "session": SessionForm,
    "offering": OfferingForm,
    "message_text": MessageTextForm,
    "proposal": ProposalForm,
}
OTHER_FIELDS: dict[str, LazyString] = {
    "archived": _("归档"),
    "tentative": _("暂定场次"),
    "session": _("场次"),
    "cancelled": _("取消"),
    "cancel_reason_zh": _("取消的原因"),
    "cancel_reason_en": _("取消的原因（英文）"),
    "state": _("状态"),
    "stopped": _("暂停放行"),
    "minutes": _("路上的分钟数"),
    "opens_before_min": _("开场前几分钟放行"),
    "unknown": _("不认识的码"),
    "start": _("开始时间"),
    "room": _("厅室"),
    "pin_time": _("时间固定"),
    "pin_room": _("厅室固定"),
    "closed": _("停止报名"),
    "mode": _("报名方式"),
    "venue": _("场馆"),
    "name_zh": _("名称"),
    "name_en": _("英文名称"),
    "days": _("活动的日子"),
    "position": _("次序"),
    "code": _("代码"),
    "replies": _("答复"),
    "consents": _("公开的授权"),
    "questions": _("报名时的问题"),
    "dropped": _("不问的问题"),
    "override": _("理由"),
    "reason": _("原因"),
}
OTHER_TYPES: dict[str, Mapping[str, Type]] = {
    "person": {"consents": Rows({"item": Choice(enums.ConsentItem), "given": Flag()}, key=("item",))},
    "session": {"replies": Rows({"person": Ref("person"), "answer": Choice(enums.Reply)}, key=("person",))},
    "placement": {"start": Moment(), "room": Ref("room"), "pin_time": Flag(), "pin_room": Flag()},
    "offering": {
        "mode": Choice(enums.RegistrationMode),
        "opens_at": Moment(),
        "closes_at": Moment(),
        "queue_open": Flag(),
        "closed": Flag(),
        "real_name": Flag(),
        "consents": Several(Choice(Asked)),
        **ASKING.fields,
    },
    "kind": dict(ASKING.fields),
    "week": dict(ASKING.fields),
    "travel_time": {"minutes": Whole(0, 24 * 60)},
    "gate": {"venue": Ref("venue"), **GATE.fields, "stopped": Flag()},
    "proposal": {"state": Choice(enums.ProposalState), "session": Ref("session")},
}
EVERY_TYPE: dict[str, Type] = {"state": Choice(enums.WeekState)}
EVERY_TYPE |= dict.fromkeys(("archived", "cancelled", "tentative"), Flag())
CHOICES: dict[type[StrEnum], words.Words] = {
    enums.Visibility: words.VISIBILITY,
    enums.RegistrationMode: words.REGISTRATION,
    enums.Language: words.LANGUAGES,
    enums.PermitStatus: words.PERMITS,
    enums.PersonRole: words.PERSON_ROLES,
    enums.OrganisationRole: words.ORGANISATION_ROLES,
    enums.RelationKind: words.RELATIONS,
    enums.LinkKind: words.LINK_KINDS,
    enums.AttachmentKind: words.ATTACHMENT_KINDS,
    enums.CityRole: words.CITY_ROLES,
    enums.Phase: words.PHASES,
    enums.Layout: words.LAYOUTS,
    enums.Standing: words.STANDINGS,
    enums.SeriesKind: words.SERIES_KINDS,
    enums.Family: words.FAMILIES,
    enums.DayType: words.DAY_TYPES,
    enums.WeekState: words.WEEK_STATES,
    enums.ProposalState: proposals.STATES,
    enums.NoticeLevel: words.NOTICE_LEVELS,
    enums.Reply: words.REPLIES,
    Unknown: words.UNKNOWN_CODES,
    enums.ConsentItem: words.CONSENTS,
    Asked: words.PURPOSES,
    QuestionType: words.QUESTION_TYPES,
    About: words.ABOUT,
}
LINES: dict[tuple[str, str], words.Words] = {
    ("organisation", "type"): words.ORGANISATION_TYPES,
    ("organisation", "level"): words.LEVELS,
}
Part = tuple[str, str]
"""A piece of a text and what became of it: `ins`, `del`, or nothing."""
MOST = 1500
NEAR = 30


def word_of(subject: str, name: str) -> str:
    """Return a field's name as its form says it."""
    unbound = getattr(FORMS.get(subject), name, None)
    labels = [one for one in getattr(unbound, "args", ()) if isinstance(one, str | LazyString)]
    return str(labels[0] if labels else OTHER_FIELDS.get(name, name))


def fields_of(subject: str) -> list[str]:
    """Return the names of the fields that a history of the subject can hold."""
    own = SUBJECTS[subject].fields if subject in SUBJECTS else OTHER_TYPES.get(subject, {})
    return list(own)


def type_of(subject: str, name: str) -> Type:
    """Return the type of a field's values."""
    own = SUBJECTS[subject].fields if subject in SUBJECTS else {}
    return own.get(name) or OTHER_TYPES.get(subject, {}).get(name) or EVERY_TYPE.get(name) or Line(200)


class Telling:
    """Says values in words; the names of other rows are read at once, with one statement for each kind of row."""

    def __init__(self, week_id: int | None, zone: str) -> None:
        self.directory, self.zone = Directory(week_id), ZoneInfo(zone)
        self.gone: dict[tuple[str, str], str] = {}

    def look_up(self, values: Iterable[tuple[str, str, Any]]) -> None:
        """Read whatever these values of (subject, field) refer to."""
        wanted: dict[str, set[str]] = {}
        for subject, name, value in values:
            for to, code in _references(type_of(subject, name), value):
                wanted.setdefault(to, set()).add(code)
        for to in sorted(wanted):
            self.directory.load(to, wanted[to])
            lost = [code for code in wanted[to] if self.directory.find(to, code) is None]
            self.gone |= {(to, code): name for code, name in map_last_names(to, lost).items()}

    def tell(self, subject: str, name: str, value: Any) -> str:
        """Return a value as people read it, empty where there is none."""
        if (subject, name) in LINES and value:
            return str(LINES[subject, name].get(value, value))
        return self._tell(type_of(subject, name), value)

    def _tell(self, type_: Type, value: Any) -> str:
        if isinstance(type_, Choice) and isinstance(value, str):
            return str(CHOICES.get(type_.options, {}).get(value, value))
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return str(gettext("是") if value else gettext("否"))
        if isinstance(type_, Several) and isinstance(value, list):
            return str(gettext("、")).join(self._tell(type_.of, one) for one in value)
        if isinstance(type_, Rows) and isinstance(value, list):
            return "\n".join(self._row(type_, row) for row in value)
        return self._one(type_, value)

    def _one(self, type_: Type, value: Any) -> str:
        if isinstance(type_, Ref):
            return self._name(type_.subject, str(value))
        if isinstance(type_, Moment):
            return f"{datetime.fromisoformat(value).astimezone(self.zone):%Y-%m-%d %H:%M}"
        if isinstance(type_, Day):
            return str(day_name(date.fromisoformat(value)))
        return str(value)

    def lost(self, subject: str, name: str, value: Any) -> list[str]:
        """Return what a value of a field names that is there no more."""
        named = _references(type_of(subject, name), value)
        return [self._name(to, code) for to, code in named if self.directory.find(to, code) is None]

    def _row(self, type_: Rows, row: Mapping[str, Any]) -> str:
        parts = (self._tell(own, row.get(name)) for name, own in type_.fields.items())
        return " · ".join(part for part in parts if part)

    def _name(self, subject: str, code: str) -> str:
        row = self.directory.find(subject, code)
        if row is None:
            return str(gettext("%(code)s（已删除）", code=self.gone.get((subject, code), code)))
        name = row.title if hasattr(row, "title") else row.name
        return name if isinstance(name, str) else best(name)


def _references(type_: Type, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(type_, Ref) and value:
        yield type_.subject, str(value)
    elif isinstance(type_, Several):
        for one in value or ():
            yield from _references(type_.of, one)
    elif isinstance(type_, Rows):
        for row in value or ():
            for name, own in type_.fields.items():
                yield from _references(own, row.get(name))


def compared(old: str, new: str) -> list[Part]:
    """Return the pieces of two texts, word by word, in Chinese character by character; long equal parts are cut."""
    one, two = _tokens(old), _tokens(new)
    if not old or not new or len(one) + len(two) > MOST:
        return _by_line(old, new)
    return _matched(one, two)


def _by_line(old: str, new: str) -> list[Part]:
    if not old or not new:
        return [part for part in ((old, "del"), (new, "ins")) if part[0]]
    return _matched(old.splitlines(keepends=True), new.splitlines(keepends=True))


def _matched(one: list[str], two: list[str]) -> list[Part]:
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    if matcher.ratio() < 0.3:
        return [("".join(one), "del"), ("".join(two), "ins")]
    parts: list[Part] = []
    codes = matcher.get_opcodes()
    for n, (kind, a, b, c, d) in enumerate(codes):
        text, fresh = "".join(one[a:b]), "".join(two[c:d])
        if kind != "equal" or (not text.strip() and 0 < n < len(codes) - 1):
            parts += [(text, "del"), (fresh, "ins")]
        else:
            parts.append((_cut(text, a > 0, b < len(one)), ""))
    return _joined(parts)


def _joined(parts: list[Part]) -> list[Part]:
    """Put together what stands between two equal parts: all that is gone, then all that came."""
    result: list[Part] = []
    for same, group in groupby(parts, lambda part: not part[1]):
        own = list(group)
        marks = ("",) if same else ("del", "ins")
        joined = [("".join(text for text, of in own if of == mark), mark) for mark in marks]
        result += [part for part in joined if part[0]]
    return result


def _cut(text: str, before: bool, after: bool) -> str:
    """Keep of an equal part only what stands beside a change."""
    if len(text) <= 3 * NEAR:
        return text
    return (text[:NEAR] if before else "") + " … " + (text[-NEAR:] if after else "")


def _tokens(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9_]+|\s+|.", text, re.DOTALL)
