"""The form of an offering: seats, the time in which one can register, the queue."""

from typing import Any

from flask_babel import lazy_gettext as _

from eventweek.language import say
from eventweek.language.words import PURPOSES, REGISTRATION, WORK_MODES, options
from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Moment, Pick, Several, Tick, Whole


class OfferingForm(RecordForm):
    """What organisers decide of an offering; times are on the week's clock, without a zone."""

    room_cap = Whole(_("总席位"), description=_("空着 = 不限。不能少于已经给出的。"))
    class_cap = Whole(_("其中可报名的席位"), description=_("空着 = 和总席位一样。"))
    overbook = Whole(_("超额"), description=_("在席位之上再放多少，记入操作记录。"))
    mode = Pick(_("报名方式"), choices=[(code, word) for code, word in REGISTRATION.items() if code != "none"])
    opens_at = Moment(_("开始报名"), description=_("空着 = 发布以后就能报。"))
    closes_at = Moment(_("截止报名"), description=_("空着 = 到活动开始为止。"))
    max_party = Whole(_("一次最多几人"))
    queue_open = Tick(_("报满以后可以排候补"))
    promote_until_min = Whole(_("补位截止（开始前分钟）"), description=_("再晚就不自动补位，到现场排。"))
    real_name = Tick(_("实名：每人填证件号，一次报一人"))
    consents = Several(
        _("另外要哪些同意"),
        choices=[(code, word) for code, word in PURPOSES.items() if code != "registration"],
        description=_("每样一个单独的框，不预先勾选。实名场次总要敏感信息的同意。"),
    )
    overtakes = Whole(_("候补最多被越过几次"), description=_("席位少时，人少的一组可以先补上。"))
    proven_contact = Tick(_("先用验证码验证手机号或邮箱，才能报名"))
    handover = Tick(_("报上的人可以自己换人"))
    work_mode = Pick(
        _("浏览器验证"),
        choices=options(WORK_MODES, _("按这一届的设置")),
        description=_("挡住抢名额的程序，不打扰人。不能运行脚本的，用验证码报名。"),
    )

    review_steps = Whole(_("几个人审核"), description=_("1 = 一审；2 = 初审、复审，两个人做。"))
    review_holds = Tick(_("待审核的先占着席位"))
    offer_minutes = Whole(
        _("名额保留几分钟"), description=_("补位截止以后先问本人，最多等这么久；0 = 不问，留给现场。")
    )
    offer_requeues = Tick(_("没按时确认的排到候补最后，不直接结束"))
    standby_after_min = Whole(_("开始几分钟后放给现场候补"), description=_("空着 = 没到的人席位一直留着。"))

    GROUPS = (
        Group(_("席位"), (("room_cap", "class_cap", "overbook"),)),
        Group(_("报名时间"), ("mode", ("opens_at", "closes_at"))),
        Group(_("谁能报"), ("proven_contact", "handover", "work_mode")),
        Group(_("实名和同意"), ("real_name", "consents")),
        Group(_("人数和候补"), ("queue_open", ("max_party", "promote_until_min", "overtakes"))),
        Group(
            _("审核和名额"), (("review_steps", "offer_minutes", "standby_after_min"), "review_holds", "offer_requeues")
        ),
    )
    NUMBERS = ("overbook", "max_party", "promote_until_min", "overtakes", "review_steps", "offer_minutes")
    NEEDED = frozenset({"mode", "queue_open", "review_holds", "offer_requeues", "real_name", *NUMBERS})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that the numbers without a natural default are there."""
        good = bool(super().validate(extra_validators))
        for name in self.NUMBERS:
            if self[name].data is None and not self[name].errors:
                self[name].errors = [say("field.required", {})]
                good = False
        return good
