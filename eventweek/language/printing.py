"""Sentences of printing, and the words of papers."""

from datetime import date, datetime
from functools import cache

from flask_babel import LazyString, force_locale, format_date
from flask_babel import lazy_gettext as _

from eventweek.language import words
from eventweek.language.wrapping import pieces_of
from eventweek.printing.enums import Paper, Sheet, Step
from eventweek.printing.tongue import Tongue

SENTENCES = {
    "print.paper": _("没有这种印品。从列出的里面选一种。"),
    "print.no_draft": _("这种印品只按已发布的日程印，没有草稿。去掉草稿再试。"),
    "print.one_subject": _("选一个报名项或一个场次，一次印一个。"),
    "print.chosen": _("一次选 1 到 100 个人，选了人就不再按场次、城市或身份缩小。"),
    "print.beyond": _("这里有不归你看的场次。选你那座城市、场馆或专题的一场，或请组委会来印。"),
    "print.no_badges": _("这个范围里没有报上名、有入场码的人。换一场，或放宽范围。"),
    "print.nobody": _("还没有人可以印：活动没有结束，或没有人的到场够得上。结束以后再来。"),
    "print.too_many": _("一次最多印 %(most)s 人，这里有 %(count)s 人。分几次印。"),
    "print.sheet": _("这种印品没有这个纸张。选页面上列出的一种。"),
    "print.language": _("选中文或英文。"),
    "print.whole": _("这种印品不能按这一项缩小范围。去掉它，或换一种印品。"),
    "print.unknown": _("这一届里没有它。从页面列出的里面选。"),
    "print.nothing": _("这个范围里没有公开的场次，没有可印的。换一天、一个场馆，或放宽范围。"),
    "print.unreleased": _("还没有发布过日程，没有可印的。先发布，或勾选“印排期草稿”。"),
    "print.too_much": _("一次最多印 %(most)s 份，这里有 %(count)s 份。按天、场馆或类型缩小范围，分几次印。"),
    "print.busy": _("这一届已有 %(most)s 份印品在排队。等它们做好再来。"),
    "print.not_found": _("没有这份印品，或已经过期删除。再印一次就有。"),
    "print.not_ready": _("这份印品还没有做好。等进度走完再下载。"),
    "print.broken": _("没有做成。什么也没有改；再印一次，还不行就把操作记录里的编号告诉管理员。"),
    "print.late": _("排版太久，已经中止。缩小范围，分几次印。"),
    "print.killed": _("做了几次都中途断了，多半是内存不够。缩小范围再印一次。"),
    "book.not_found": _("日程还没有发布，活动手册要等发布以后。先订阅日历，发布后手机会自己收到。"),
}
PAPERS: dict[Paper, LazyString] = {
    Paper.BOOK: _("活动手册"),
    Paper.DOORS: _("门口单"),
    Paper.POSTERS: _("海报"),
    Paper.PROOFS: _("参会证明"),
    Paper.BADGES: _("胸牌"),
}
SHEETS: dict[Sheet, LazyString] = {
    Sheet.A4: _("A4 竖版"),
    Sheet.A4_WIDE: _("A4 横版"),
    Sheet.A3: _("A3 竖版"),
    Sheet.A2: _("A2 竖版"),
    Sheet.CARD: words.BADGE_SHEETS["card"],
    Sheet.LANYARD: words.BADGE_SHEETS["lanyard"],
    Sheet.A6: words.BADGE_SHEETS["a6"],
    Sheet.A4_CARDS: _("A4 一页十张卡片"),
}
STEPS: dict[Step, LazyString] = {
    Step.READING: _("正在取场次"),
    Step.DRAWING: _("正在画二维码"),
    Step.SETTING: _("正在排版"),
    Step.KEEPING: _("正在保存"),
}
WITHIN: words.Words = {
    "day": _("哪一天"),
    "city": _("城市"),
    "venue": _("场馆"),
    "room": _("厅室"),
    "family": _("大类"),
    "kind": _("类型"),
    "session": _("场次"),
    "offering": _("报名项"),
    "role": _("哪种身份"),
    "people": _("哪些人"),
}
BADGE_ROLES: words.Words = {
    "speaker": _("嘉宾"),
    "media": _("媒体"),
    "guest": _("特邀"),
    "visitor": _("参会"),
}
"""To what a paper can be narrowed."""
WORDS: words.Words = {
    "book": _("活动手册"),
    "contents": _("目录"),
    "people": _("人物索引"),
    "organisations": _("单位索引"),
    "release": _("第 %(n)s 版日程，%(at)s 发布"),
    "plan": _("排期草稿，尚未发布"),
    "printed": _("%(at)s 制作"),
    "draft": _("草稿"),
    "cancelled": _("已取消"),
    "elsewhere": _("线上及其他"),
    "count": _("%(n)s 场活动，%(cities)s 座城市"),
    "count_here": _("%(n)s 场活动"),
    "latest": _("日程可能有变，以网页为准"),
    "scan_day": _("扫码看今天的最新安排"),
    "scan_book": _("扫码看最新日程、报名"),
    "scan_session": _("扫码报名"),
    "scan_more": _("扫码看详情"),
    "host": _("主办"),
    "contact": _("联系"),
    "until": _("至"),
    "comma": _("、"),
    "badge": _("胸牌"),
    **{f"badge_{role}": word for role, word in BADGE_ROLES.items()},
    "proof": _("参会证明"),
    "proof_of": _("兹证明"),
    "proof_says": _("参加了%(week)s的以下活动，有入场记录。"),
    "proof_spent": _("共 %(of)s 场，参加 %(n)s 场，%(minutes)s 分钟"),
    "proof_when": _("时间"),
    "proof_where": _("地点"),
    "proof_code": _("证明编号"),
    "proof_check": _("扫码，或到 %(site)s 输入编号，可查真伪"),
}


@cache
def paper_tongue(language: str) -> Tongue:
    """Return the words of papers in a language, `zh` or `en`."""
    locale = "en" if language == "en" else "zh_Hans_CN"

    def written(day: date, english: str, chinese: str) -> str:
        with force_locale(locale):
            return str(format_date(day, english if language == "en" else chinese))

    def span(first: date, last: date) -> str:
        same = (first.year, first.month) == (last.year, last.month)
        if language == "en":
            return f"{written(first, 'd' if same else 'd MMMM', '')}–{written(last, 'd MMMM yyyy', '')}"
        return f"{written(first, '', 'yyyy年M月d日')}—{written(last, '', 'd日' if same else 'M月d日')}"

    def stamp(at: datetime) -> str:
        return f"{written(at.date(), 'd MMM yyyy', 'yyyy年M月d日')} {at:%H:%M}"

    with force_locale(locale):
        said, roles, registration, families = (
            {code: str(word) for code, word in own.items()}
            for own in (WORDS, words.PERSON_ROLES, words.REGISTRATION, words.FAMILIES)
        )
    return Tongue(
        language,
        said,
        roles,
        registration,
        families,
        day=lambda own: written(own, "EEE d MMMM", "M月d日（EEE）"),
        full_day=lambda own: written(own, "d MMMM yyyy", "yyyy年M月d日"),
        span=span,
        stamp=stamp,
        pieces=lambda text: [piece.replace("\u2060", "") for piece in pieces_of(text)],
    )
