"""The rules of a good programme (pure): one list, by which the desk names its findings and the planner its matches.

The planner's titles stand here again, because importing its rules takes seconds; a test holds both together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eventweek.kernel.db import Bilingual
from eventweek.planner.presets import CHANGES
from eventweek.scheduling.enums import Group, Level, Preset

MOST_WEIGHT = 10_000
STRICTEST = tuple(Level)
ASK_FOR_MORE = ("unplaced", "audience_single", "series_days")
"""Rules that a plan in the making breaks in every case."""


@dataclass(frozen=True)
class Rule:
    """A rule: what it is called, its usual level, the loosest (`floor`) and the strictest (`ceiling`) one allowed.

    `findings`: the words of what the desk finds against it; `planner`: the planner's rules that stand for the same.
    `usual`: how the planner takes it where the week says nothing; `weight`: what one breach then costs.
    """

    code: str
    title: Bilingual
    group: Group
    level: Level
    floor: Level = Level.IGNORE
    ceiling: Level = Level.BLOCK
    findings: tuple[str, ...] = ()
    planner: tuple[str, ...] = ()
    usual: str = "hard"
    weight: int = 1

    @property
    def choices(self) -> tuple[Level, ...]:
        """Return the levels that a week may choose; where only the planner looks, nothing stops just a release."""
        allowed = STRICTEST[STRICTEST.index(self.ceiling) : STRICTEST.index(self.floor) + 1]
        return tuple(level for level in allowed if self.findings or level != Level.BLOCK_RELEASE)

    @property
    def weighs(self) -> bool:
        """Say whether the planner weighs it where the week says nothing, instead of holding to it."""
        return bool(self.planner) and self.usual != "hard"

    def planned(self, level: Level) -> str:
        """Return the planner's word for a level that the week has chosen."""
        if level == Level.WARN:
            return "medium" if self.usual == "medium" else "soft"
        return "ignore" if level == Level.IGNORE else "hard"


def _found(code: str, zh: str, en: str, findings: str, planner: str = "", floor: Level = Level.IGNORE) -> Rule:
    """Return a rule that the desk watches: usually it warns; what cannot be at all stops a release."""
    level = Level.WARN if floor == Level.IGNORE else floor
    named, known = tuple(findings.split()), tuple(planner.split())
    return Rule(code, Bilingual(zh, en), Group.MUST, level, floor, findings=named, planner=known)


def _held(code: str, zh: str, en: str) -> Rule:
    """Return a rule to which only the planner holds."""
    return Rule(code, Bilingual(zh, en), Group.MUST, Level.BLOCK, planner=(code,))


def _weighed(code: str, zh: str, en: str, weight: int, group: Group = Group.WISH, usual: str = "soft") -> Rule:
    """Return a rule that the planner weighs against others; one that asks for more sessions cannot be a must."""
    floor = Level.WARN if code == "unplaced" else Level.IGNORE
    ceiling = Level.WARN if code in ASK_FOR_MORE else Level.BLOCK
    return Rule(code, Bilingual(zh, en), group, Level.WARN, floor, ceiling, (), (code,), usual, weight)


RULES: tuple[Rule, ...] = (
    _found(
        "room_overlap",
        "同一厅室同一时间只有一场",
        "One session at a time in a room",
        "room_overlap",
        "room_overlap",
        floor=Level.BLOCK_RELEASE,
    ),
    _found(
        "changeover",
        "同一场地的场次之间留足转场时间",
        "Sessions of one room leave time to change over",
        "changeover",
        "room_overlap",
    ),
    _found(
        "room_closed", "场地开放时间", "Opening hours of the room", "room_closed room_hours room_lost", "room_closed"
    ),
    _found(
        "person_overlap",
        "同一人员不能同时参加两场",
        "Nobody is in two sessions at once",
        "person_overlap",
        "person_overlap",
        floor=Level.BLOCK_RELEASE,
    ),
    _found("travel_time", "两场之间来得及赶路", "Time to travel between two sessions", "travel", "travel_time"),
    _found("person_away", "人员可到场时间", "People are there", "person_away", "person_away"),
    _found("person_declined", "答复不能来的人不在场次里", "Nobody takes part who declined", "person_declined"),
    _found("daily_limit", "每人每日场次上限", "Sessions a day for one person", "person_daily", "daily_limit"),
    _found(
        "session_window",
        "场次可以在的日期和时段",
        "Days and hours of a session",
        "day hours",
        "session_window kind_hours",
    ),
    _found("start_grid", "按取整的刻度开始", "Starts on the grid", "start"),
    _found("fixed", "固定的时间和厅室", "Fixed times and rooms", "fixed"),
    _found("lunch", "避开午休", "Lunch stays free", "lunch", "lunch"),
    _found("room_unsuitable", "场地符合要求", "The room is one that may be used", "place", "room_unsuitable"),
    _found("feature_missing", "场地设施齐备", "The room has what is needed", "features", "feature_missing"),
    _found("capacity", "容量不少于预计人数", "The room holds the expected audience", "capacity", "capacity"),
    _held("registered", "容量不少于已报名人数", "The room holds everybody who registered"),
    _held("pool_exceeded", "共用设备和团队不超数量", "Shared equipment and teams suffice"),
    _held("parallel_limit", "同类活动同时进行的上限", "Sessions of a kind at once"),
    _found("precedence", "先后顺序", "Order of sessions", "order", "precedence"),
    _found("not_parallel", "不能同时进行", "Not at once", "exclusive", "not_parallel"),
    _found("same_start", "同时开始", "One start", "together", "same_start"),
    _found("plenary", "全体性活动期间不排其他场次", "Nothing runs beside a plenary", "plenary", "plenary"),
    _found("series", "系列活动连续、同场地、同时段", "A series keeps its days, room and time", "linked", "series"),
    _found("team_city", "巡回团队一天只在一个城市", "A touring team is in one city a day", "tour", "team_city"),
    _weighed("unplaced", "每场都有安排", "Every session has a place", 10_000, Group.MUST, "medium"),
    _weighed("published_time", "已公布的时间不变", "A published time stays", 1, Group.PUBLISHED, "medium"),
    _weighed("published_room", "已公布的场地不变", "A published room stays", 1, Group.PUBLISHED, "medium"),
    _weighed("theme_overlap", "同一主题不撞期", "One theme at a time", 2),
    _weighed("sector_overlap", "同一行业不撞期", "One sector at a time", 2),
    _weighed("content_overlap", "同一内容不撞期", "One subject at a time", 4),
    _weighed("audience_overlap", "同一受众不撞期", "One audience at a time", 1),
    _weighed("common_audience", "共同观众的场次不撞期", "No common audience at once", 1),
    _weighed("unstreamed_overlap", "同一主题没有直播的场次错开", "What is not streamed does not overlap", 1),
    _weighed("level_order", "同一主题先易后难", "The easier before the harder", 3),
    _weighed("track_room", "同一专题当天不换场地", "A track keeps its room through the day", 5),
    _weighed("series_days", "系列活动分布的天数", "A series has its number of days", 5),
    _weighed("series_room", "系列活动不换场地", "A series keeps its room", 3),
    _weighed("preferred_time", "偏好的时间", "A preferred time", 2),
    _weighed("preferred_room", "偏好的场地", "A preferred room", 2),
    _weighed("undesired_time", "避免的时间", "A time to avoid", 4),
    _weighed("undesired_room", "避免的场地", "A room to avoid", 4),
    _weighed("size_order", "热门场次用较大的场地", "The larger room for the more popular", 1),
    _weighed("audience_single", "同一受众的场次集中安排", "No audience comes for one session", 2),
    _weighed("headline_limit", "重点场次不扎堆", "Few headlines at once", 2),
    _weighed("odd_start", "整点或半点开始", "Starts on the hour or half past", 1),
    _weighed("late_end", "不过晚结束", "No late ends", 1),
    _weighed("level_variety", "各时段难度多样", "Every level at every time", 1),
    _weighed("language_variety", "各时段语言多样", "Every language at every time", 1),
    _weighed("room_fill", "场地大小合适", "The room is the right size", 1),
    _weighed("presence", "人员到场天数少", "Few days of presence", 1),
)
UNWRITTEN = ("same_room", "same_day", "different_day", "consecutive_days", "adjacent")
"""Relations of the planner's files that no session of a week has."""
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
BY_FINDING: Mapping[str, Rule] = {word: rule for rule in RULES for word in rule.findings}
LEVELS: Mapping[str, Level] = {rule.code: rule.level for rule in RULES}
"""The usual level of each rule."""
CLASHES = ("room_overlap", "person_overlap")
"""What cannot take place at all: rules that always stop a release."""


def weight_of(rule: Rule, preset: Preset) -> int:
    """Return what one breach of a rule costs by a preset."""
    return CHANGES[preset].get(rule.code, rule.weight)


def only_clashes_stop(levels: Mapping[str, Level]) -> bool:
    """Say whether no rule stops a release but those of what cannot take place at all."""
    return not any(level.stops and BY_CODE[code].findings and code not in CLASHES for code, level in levels.items())


def blocks_edits(levels: Mapping[str, Level]) -> bool:
    """Say whether an edit may be refused for a rule that the desk watches."""
    return any(level == Level.BLOCK and BY_CODE[code].findings for code, level in levels.items())
