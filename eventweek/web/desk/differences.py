"""What differs between two published snapshots, as people read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

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
    """Return what a release changes for the public, time and place first."""
    old = dict(_lines(before, zone)) if before else {}
    new = dict(_lines(after, zone)) if after else {}
    if after and after.get("cancelled") and not (before or {}).get("cancelled"):
        new[_("时间")] = _("已取消")
    words = list(dict.fromkeys([*new, *old]))
    if before is None or after is None:
        return [Told(_("时间地点"), _placed(old), _placed(new))]
    return [
        Told(word, old.get(word, ""), new.get(word, "")) for word in words if old.get(word, "") != new.get(word, "")
    ]


def _placed(lines: dict[str, str]) -> str:
    return " · ".join([*lines.values()][:2])


def _lines(facts: Facts, zone: str) -> Iterator[tuple[str, str]]:
    yield _("时间"), _time(facts, zone)
    yield _("地点"), " · ".join(say(facts[name]) for name in ("venue", "room"))
    yield _("标题"), facts["title"]["zh"]
    yield _("英文标题"), facts["title"]["en"]
    yield _("副标题"), facts.get("subtitle", {}).get("zh", "")
    yield _("英文副标题"), facts.get("subtitle", {}).get("en", "")
    yield _("类型"), say(facts["kind"])
    yield _("单位"), _names(facts.get("organisations", []))
    yield _("人物"), _names(facts["people"])
    yield _("人物的单位和称谓"), _profiles(facts["people"])
    yield _("人物的简介"), _bios(facts["people"])
    yield _("摘要"), _cut(facts.get("abstract", {}).get("zh", ""))
    yield _("英文摘要"), _cut(facts.get("abstract", {}).get("en", ""))
    yield _("介绍"), _cut(facts.get("text", {}).get("zh", ""))
    yield _("英文介绍"), _cut(facts.get("text", {}).get("en", ""))
    yield _("链接"), _links(facts.get("links", []))
    yield _("文件"), _files(facts.get("attachments", []))
    yield _("海报"), _pictures([facts], "poster")
    yield _("肖像"), _pictures(facts["people"], "portrait")
    yield _("标志"), _pictures(facts.get("organisations", []), "logo")
    yield _("场馆图片"), _pictures([facts["venue"]], "photo", "floor_plan")
    yield _("备注"), _cut(say(facts["note"]))
    yield _("标签"), _names(facts.get("tags", []))
    yield _("专题"), say(facts["track"]) if facts.get("track") else ""
    yield _("系列"), _names(facts.get("series", []))
    yield _("语言"), str(LANGUAGES[facts["language"]])
    yield _("公开范围"), str(VISIBILITY[facts["visibility"]])
    yield _("报名方式"), str(REGISTRATION[facts["registration"]])
    yield _("取消原因"), say(facts["reason"]) if facts.get("cancelled") else ""


def _time(facts: Facts, zone: str) -> str:
    start = datetime.strptime(facts["start"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    end = start + timedelta(minutes=facts["minutes"])
    return f"{brief(start.date())} {start:%H:%M}—{end:%H:%M}"


def _files(files: list[Facts]) -> str:
    return _cut(str(_("、")).join(f"{ATTACHMENT_KINDS[own['kind']]} {say(own) or own['name']}" for own in files))


def _pictures(holders: list[Facts], *names: str) -> str:
    """Return the pictures under these names by their words and the beginning of their content's digest."""
    found = [holder[name] for holder in holders for name in names if name in holder]
    nameless = str(_("没有说明的图"))
    return str(_("、")).join(f"{say(own['alt']) or nameless} · {own['sizes'][-1]['file'][:6]}" for own in found)


def _names(parts: list[Facts]) -> str:
    return str(_("、")).join(say(part) for part in parts)


def _profiles(people: list[Facts]) -> str:
    told = [[say(person[name]) for name in ("affiliation", "honour") if say(person[name])] for person in people]
    pairs = [f"{say(person)}（{' · '.join(own)}）" for person, own in zip(people, told, strict=True) if own]
    return str(_("、")).join(dict.fromkeys(pairs))


def _bios(people: list[Facts]) -> str:
    """Return the beginnings of the biographies with their length, so that a change further on shows too."""
    told = [
        _("%(name)s：%(bio)s（%(n)s 字）", name=say(person), bio=_cut(say(person["bio"])), n=len(say(person["bio"])))
        for person in people
        if say(person["bio"])
    ]
    return " ".join(dict.fromkeys(told))


def _links(links: list[Facts]) -> str:
    return _cut(str(_("、")).join(f"{LINK_KINDS[link['kind']]} {say(link) or link['url']}" for link in links))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
