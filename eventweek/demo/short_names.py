"""Short names (简称) of the demo's venues: what the given names leave when the city and the kind of house are known.

Lists, grids and passes use them; the whole name stands on the pages of the session and the venue.
"""

SHORT_NAMES = {
    "s-hub": ("双创中心", "Innovation Centre"),
    "s-hwxr": ("海外学人园", "Overseas Scholars Park"),
    "s-zgc": ("中关村中心", "Zhongguancun Centre"),
    "s-kjdsc": ("科技大市场", "S&T Marketplace"),
    "s-bdgc": ("摆渡工场", "Ferry Works"),
    "s-3ic": ("3icity", "3icity"),
    "s-cdb": ("长东北中心", "Changdongbei Centre"),
    "s-jlu": ("吉林大学", "Jilin University"),
    "s-cust": ("长春理工", "Changchun UST"),
    "s-qmy": ("侨梦苑", "Dream Garden"),
    "s-220200": ("吉林市分会场", "Jilin City sub-venue"),
    "s-220300": ("四平市分会场", "Siping sub-venue"),
    "s-220400": ("辽源市分会场", "Liaoyuan sub-venue"),
    "s-220500": ("通化市分会场", "Tonghua sub-venue"),
    "s-220600": ("白山市分会场", "Baishan sub-venue"),
    "s-220700": ("松原市分会场", "Songyuan sub-venue"),
    "s-220800": ("白城市分会场", "Baicheng sub-venue"),
    "s-222400": ("延边州分会场", "Yanbian sub-venue"),
    "s-cloud": ("云会场", "Online"),
}
