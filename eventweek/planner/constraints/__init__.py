"""The rules, one file each, in the order in which people read them."""

from eventweek.planner.constraints.audience_single import AudienceSingle
from eventweek.planner.constraints.capacity import Capacity
from eventweek.planner.constraints.common_audience import CommonAudience
from eventweek.planner.constraints.daily_limit import DailyLimit
from eventweek.planner.constraints.feature_missing import FeatureMissing
from eventweek.planner.constraints.headline_limit import HeadlineLimit
from eventweek.planner.constraints.kind_hours import KindHours
from eventweek.planner.constraints.late_end import LateEnd
from eventweek.planner.constraints.level_order import LevelOrder
from eventweek.planner.constraints.lunch import Lunch
from eventweek.planner.constraints.odd_start import OddStart
from eventweek.planner.constraints.parallel_limit import ParallelLimit
from eventweek.planner.constraints.person_away import PersonAway
from eventweek.planner.constraints.person_overlap import PersonOverlap
from eventweek.planner.constraints.plenary import Plenary
from eventweek.planner.constraints.pool import PoolExceeded
from eventweek.planner.constraints.preference import PreferredRoom, PreferredTime, UndesiredRoom, UndesiredTime
from eventweek.planner.constraints.presence import Presence
from eventweek.planner.constraints.published import PublishedRoom, PublishedTime
from eventweek.planner.constraints.registered import Registered
from eventweek.planner.constraints.relation import (
    Adjacent,
    ConsecutiveDays,
    DifferentDay,
    NotParallel,
    Precedence,
    SameDay,
    SameRoom,
    SameStart,
)
from eventweek.planner.constraints.room_closed import RoomClosed
from eventweek.planner.constraints.room_fill import RoomFill
from eventweek.planner.constraints.room_overlap import RoomOverlap
from eventweek.planner.constraints.room_unsuitable import RoomUnsuitable
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.constraints.same_subject import AudienceOverlap, ContentOverlap, SectorOverlap, ThemeOverlap
from eventweek.planner.constraints.series import StrictSeries
from eventweek.planner.constraints.series_spread import SeriesDays, SeriesRoom
from eventweek.planner.constraints.session_window import SessionWindow
from eventweek.planner.constraints.size_order import SizeOrder
from eventweek.planner.constraints.team_city import TeamCity
from eventweek.planner.constraints.track_room import TrackRoom
from eventweek.planner.constraints.travel_time import TravelTime
from eventweek.planner.constraints.unplaced import Unplaced
from eventweek.planner.constraints.unstreamed_overlap import UnstreamedOverlap
from eventweek.planner.constraints.variety import LanguageVariety, LevelVariety

RULES: tuple[Rule, ...] = (
    RoomOverlap(),
    RoomClosed(),
    PersonOverlap(),
    TravelTime(),
    PersonAway(),
    DailyLimit(),
    SessionWindow(),
    KindHours(),
    Lunch(),
    RoomUnsuitable(),
    FeatureMissing(),
    Capacity(),
    Registered(),
    PoolExceeded(),
    ParallelLimit(),
    Precedence(),
    NotParallel(),
    SameRoom(),
    SameDay(),
    DifferentDay(),
    ConsecutiveDays(),
    Adjacent(),
    SameStart(),
    Plenary(),
    StrictSeries(),
    TeamCity(),
    Unplaced(),
    PublishedTime(),
    PublishedRoom(),
    ThemeOverlap(),
    SectorOverlap(),
    ContentOverlap(),
    AudienceOverlap(),
    CommonAudience(),
    UnstreamedOverlap(),
    LevelOrder(),
    TrackRoom(),
    SeriesDays(),
    SeriesRoom(),
    PreferredTime(),
    PreferredRoom(),
    UndesiredTime(),
    UndesiredRoom(),
    RoomFill(),
    SizeOrder(),
    AudienceSingle(),
    Presence(),
    HeadlineLimit(),
    OddStart(),
    LateEnd(),
    LevelVariety(),
    LanguageVariety(),
)
