"""What differs between two published snapshots, as people read it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from eventweek.language.words import ATTACHMENT_KINDS, LANGUAGES, LINK_KINDS, REGISTRATION, VISIBILITY
from eventweek.web.desk.frame import brief
from eventweek.web.public.frame import say

Facts = dict[str, Any]
LONGEST = 90
WORDS = (
    _("时间"),
    _("地点"),
    _("标题"),
    _("英文标题"),
    _("副标题"),
    _("英文副标题"),
    _("类型"),
    _("单位"),
    _("人物"),
    _("人物的单位和称谓"),
    _("人物的简介"),
    _("摘要"),
    _("英文摘要"),
    _("介绍"),
    _("英文介绍"),
    _("链接"),
    _("文件"),
    _("海报"),
    _("肖像"),
    _("标志"),
    _("场馆图片"),
    _("备注"),
    _("标签"),
    _("专题"),
    _("系列"),
    _("语言"),
    _("公开范围"),
    _("报名方式"),
    _("取消原因"),
)
"""What a value is called; looked up only where one differs."""


@dataclass(frozen=True)
class Told:
    """One thing that changes: its word, before (empty: was not there) and after."""

    word: str
    before: str
    after: str


def tell(before: Facts | None, after: Facts | None, zone: str) -> list[Told]:
    """Return what a release changes for the public, time and place first."""
    old, new = ([*_values(facts, zone)] if facts else [] for facts in (before, after))
    if after and after.get("cancelled") and not (before or {}).get("cancelled"):
        new[0] = gettext("已取消")
    if before is None or after is None:
        return [Told(gettext("时间地点"), " · ".join(old[:2]), " · ".join(new[:2]))]
    return [Told(str(word), was, will) for word, was, will in zip(WORDS, old, new, strict=True) if was != will]


def _values(facts: Facts, zone: str) -> Iterator[str]:
    """Yield what is told of a session, in the order of WORDS."""
    yield _time(facts, zone)
    yield " · ".join(say(facts[name]) for name in ("venue", "room"))
    yield facts["title"]["zh"]
    yield facts["title"]["en"]
    yield facts.get("subtitle", {}).get("zh", "")
    yield facts.get("subtitle", {}).get("en", "")
    yield say(facts["kind"])
    yield _names(facts.get("organisations", []))
    yield _names(facts["people"])
    yield _profiles(facts["people"])
    yield _bios(facts["people"])
    yield _cut(facts.get("abstract", {}).get("zh", ""))
    yield _cut(facts.get("abstract", {}).get("en", ""))
    yield _cut(facts.get("text", {}).get("zh", ""))
    yield _cut(facts.get("text", {}).get("en", ""))
    yield _links(facts.get("links", []))
    yield _files(facts.get("attachments", []))
    yield _pictures([facts], "poster")
    yield _pictures(facts["people"], "portrait")
    yield _pictures(facts.get("organisations", []), "logo")
    yield _pictures([facts["venue"]], "photo", "floor_plan")
    yield _cut(say(facts["note"]))
    yield _names(facts.get("tags", []))
    yield say(facts["track"]) if facts.get("track") else ""
    yield _names(facts.get("series", []))
    yield str(LANGUAGES[facts["language"]])
    yield str(VISIBILITY[facts["visibility"]])
    yield str(REGISTRATION[facts["registration"]])
    yield say(facts["reason"]) if facts.get("cancelled") else ""


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
