"""What the boxes of further agreements say where a week has no words of its own (pure)."""

from eventweek.kernel.db import Bilingual
from eventweek.registration.enums import Purpose

DAYS = "{days}"
"""Stands in a text for the days after the week within which identity numbers are destroyed."""
STANDARD = {
    Purpose.SENSITIVE: Bilingual(
        "这些场次要核对身份，主办方因此收集您的证件类型和号码等敏感信息，只用于实名核验和安全许可。号码加密保"
        "存，页面上只显示后四位，活动周结束后 {days} 天内销毁。不同意就不能报实名场次，其他场次不受影"
        "响；可以随时在“我的一周”撤回。",
        "These sessions check who comes, so the organiser collects the kind and number of your identity "
        "document and other sensitive answers, only to check real names and for the safety permit. The number "
        "is kept encrypted, only its last four characters are shown, and it is destroyed within {days} days "
        "after the week. Without this you cannot register for real-name sessions; all others stay open to "
        "you. You can withdraw at any time under “My week”.",
    ),
    Purpose.GUARDIAN: Bilingual(
        "参加的人未满 14 周岁。我是其监护人，同意主办方按以上说明收集和使用孩子的信息，只用于报名、入场和"
        "安全。可以随时在“我的一周”撤回，撤回后孩子的报名一并取消。",
        "The person who comes is under 14. I am the guardian and agree that the organiser collects and uses "
        "the child's information as said above, only to register, check in and keep the child safe. I can "
        "withdraw at any time under “My week”; the child's registrations then end.",
    ),
    Purpose.SHARING: Bilingual(
        "同意主办方把我的姓名、单位和联系方式提供给这些场次的合办单位，用于会后联系。不同意不影响报名；可以随"
        "时撤回，撤回后不再提供。",
        "The organiser may give my name, organisation and contact to the organisations that co-host these "
        "sessions, so that they can contact me afterwards. Without this I can register all the same; I can "
        "withdraw at any time, and nothing is passed on from then.",
    ),
    Purpose.PUBLISHING: Bilingual(
        "同意主办方公布我的姓名、单位和活动照片，用于报道和总结。不同意不影响报名；可以随时撤回，撤回后不再公布。",
        "The organiser may publish my name, organisation and pictures of me at the event in reports. Without "
        "this I can register all the same; I can withdraw at any time, and nothing is published from then.",
    ),
}
