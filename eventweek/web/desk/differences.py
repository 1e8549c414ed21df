"""What differs between two published snapshots, as people read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.language.words import ATTACHMENT_KINDS, LANGUAGES, LINK_KINDS, REGISTRATION, VISIBILITY
from eventweek.web.desk.frame import brief
from eventweek.web.public.frame import say

Facts = dict[str, Any]
LONGEST = 90


@dataclass(frozen=True)
class Told:
    """One thing that changes: its word, before (empty: was not there) and after."""

    word: str
    before: str
    after: str


def tell(before: Facts | None, after: Facts | None, zone: str) -> list[Told]:
    """Return what a release changes for the public, time and place first; nothing is put into words that stays."""
    off = bool(after and after.get("cancelled") and not (before or {}).get("cancelled"))
    if before is None or after is None:
        old, new = (_slot(facts, zone) if facts else "" for facts in (before, after))
        return [Told(gettext("时间地点"), old, new)]
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    found = []
    for word, names, value in _VALUES:
        if differing.intersection(names):
            was, will = value(before, zone), value(after, zone)
            if off and names[0] == "start":
                will = gettext("已取消")
            if was != will:
                found.append(Told(str(word), was, will))
    return found


def _slot(facts: Facts, zone: str) -> str:
    return f"{_time(facts, zone)} · {_place(facts, zone)}"


def _place(facts: Facts, _zone: str) -> str:
    return " · ".join(say(facts[name]) for name in ("venue", "room"))


def _time(facts: Facts, zone: str) -> str:
    start = datetime.fromisoformat(facts["start"]).astimezone(ZoneInfo(zone))
    end = start + timedelta(minutes=facts["minutes"])
    return f"{brief(start.date())} {start:%H:%M}—{end:%H:%M}"


def _files(files: list[Facts]) -> str:
    return _cut(_listed(f"{ATTACHMENT_KINDS[own['kind']]} {say(own) or own['name']}" for own in files))


def _pictures(holders: list[Facts], *names: str) -> str:
    """Return the pictures under these names by their words and the beginning of their content's digest."""
    found = [holder[name] for holder in holders for name in names if name in holder]
    nameless = str(_("没有说明的图"))
    return _listed(f"{say(own['alt']) or nameless} · {own['sizes'][-1]['file'][:6]}" for own in found)


def _names(parts: list[Facts]) -> str:
    return _listed(say(part) for part in parts)


def _profiles(people: list[Facts]) -> str:
    told = [[say(person[name]) for name in ("affiliation", "honour") if say(person[name])] for person in people]
    pairs = [f"{say(person)}（{' · '.join(own)}）" for person, own in zip(people, told, strict=True) if own]
    return _listed(dict.fromkeys(pairs))


def _bios(people: list[Facts]) -> str:
    """Return the beginnings of the biographies with their length, so that a change further on shows too."""
    told = [
        gettext(
            "%(name)s：%(bio)s（%(n)s 字）", name=say(person), bio=_cut(say(person["bio"])), n=len(say(person["bio"]))
        )
        for person in people
        if say(person["bio"])
    ]
    return " ".join(dict.fromkeys(told))


def _links(links: list[Facts]) -> str:
    return _cut(_listed(f"{LINK_KINDS[link['kind']]} {say(link) or link['url']}" for link in links))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _listed(parts: Iterable[str]) -> str:
    told = list(parts)
    return gettext("、").join(told) if told else ""


Value = Callable[[Facts, str], str]


def _text(name: str, tongue: str) -> Value:
    return lambda facts, _zone: _cut(facts.get(name, {}).get(tongue, ""))


def _of(name: str, told: Callable[[list[Facts]], str]) -> Value:
    return lambda facts, _zone: told(facts.get(name, []))


_VALUES: tuple[tuple[LazyString, tuple[str, ...], Value], ...] = (
    (_("时间"), ("start", "minutes", "cancelled"), _time),
    (_("地点"), ("venue", "room"), _place),
    (_("标题"), ("title",), lambda facts, _zone: facts["title"]["zh"]),
    (_("英文标题"), ("title",), lambda facts, _zone: facts["title"]["en"]),
    (_("副标题"), ("subtitle",), lambda facts, _zone: facts.get("subtitle", {}).get("zh", "")),
    (_("英文副标题"), ("subtitle",), lambda facts, _zone: facts.get("subtitle", {}).get("en", "")),
    (_("类型"), ("kind",), lambda facts, _zone: say(facts["kind"])),
    (_("单位"), ("organisations",), _of("organisations", _names)),
    (_("人物"), ("people",), _of("people", _names)),
    (_("人物的单位和称谓"), ("people",), _of("people", _profiles)),
    (_("人物的简介"), ("people",), _of("people", _bios)),
    (_("摘要"), ("abstract",), _text("abstract", "zh")),
    (_("英文摘要"), ("abstract",), _text("abstract", "en")),
    (_("介绍"), ("text",), _text("text", "zh")),
    (_("英文介绍"), ("text",), _text("text", "en")),
    (_("链接"), ("links",), _of("links", _links)),
    (_("文件"), ("attachments",), _of("attachments", _files)),
    (_("海报"), ("poster",), lambda facts, _zone: _pictures([facts], "poster")),
    (_("肖像"), ("people",), lambda facts, _zone: _pictures(facts["people"], "portrait")),
    (_("标志"), ("organisations",), lambda facts, _zone: _pictures(facts.get("organisations", []), "logo")),
    (_("场馆图片"), ("venue",), lambda facts, _zone: _pictures([facts["venue"]], "photo", "floor_plan")),
    (_("备注"), ("note",), lambda facts, _zone: _cut(say(facts["note"]))),
    (_("标签"), ("tags",), _of("tags", _names)),
    (_("专题"), ("track",), lambda facts, _zone: say(facts["track"]) if facts.get("track") else ""),
    (_("系列"), ("series",), _of("series", _names)),
    (_("语言"), ("language",), lambda facts, _zone: str(LANGUAGES[facts["language"]])),
    (_("公开范围"), ("visibility",), lambda facts, _zone: str(VISIBILITY[facts["visibility"]])),
    (_("报名方式"), ("registration",), lambda facts, _zone: str(REGISTRATION[facts["registration"]])),
    (
        _("取消原因"),
        ("reason", "cancelled"),
        lambda facts, _zone: say(facts["reason"]) if facts.get("cancelled") else "",
    ),
)
"""What a value is called, from which facts of a snapshot it is put into words, and how."""
