"""The forms of holds and of classes inside an offering; shape only."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.shared import Line, Moment, Pick, Tick, Whole


class HoldForm(RecordForm):
    """Seats kept back: of which class, how many, for whom, why, until when on the week's clock."""

    seats_of = Pick(_("哪一类"))
    seats = Whole(_("几席"))
    owner = Line(_("给谁"), 80)
    reason = Line(_("为什么"), 200)
    expires_at = Moment(_("保留到"), description=_("到时没有释放，自动给候补的人。"))
    NEEDED = frozenset({"seats_of", "seats", "owner", "reason", "expires_at"})


class AllotmentForm(HoldForm):
    """Seats for a unit, which fills them by a link until a time on the week's clock."""

    seats_of = Pick(_("哪一类"), id="allotted_of")
    seats = Whole(_("几席"), id="allotted")
    owner = Line(_("哪个单位"), 80, id="allotted_to")
    reason = Line(_("为什么"), 200, id="allotted_for")
    expires_at = Moment(_("截止"), id="allotted_until", description=_("不晚于开始。到时没用完的席位自动给候补的人。"))
    contact = Line(_("把链接发给"), 254, description=_("手机号或邮箱。空着 = 链接由你自己转给单位。"))
    locale = Pick(_("用哪种语言发"), choices=[("zh-CN", _("中文")), ("en", _("英文"))])


class HoldEdit(RecordForm):
    """Seats kept back, or an allotment, as they shall be."""

    seats = Whole(_("几席"))
    owner = Line(_("给谁"), 80)
    reason = Line(_("为什么"), 200)
    expires_at = Moment(_("保留到"))
    NEEDED = frozenset({"seats", "owner", "reason", "expires_at"})


class LinkForm(RecordForm):
    """To whom a new link goes."""

    contact = Line(_("把链接发给"), 254, description=_("手机号或邮箱。空着 = 链接由你自己转给单位。"))
    locale = Pick(_("用哪种语言发"), choices=[("zh-CN", _("中文")), ("en", _("英文"))])


class ClassForm(RecordForm):
    """A class of seats: its size, its place in the order, whether who waits is asked first."""

    seats_of = Pick(_("哪一类"), id="class_of")
    cap = Whole(_("最多几席"), description=_("空着 = 和总席位一样。"))
    rank = Whole(_("补位顺序"), description=_("0 到 9，小的先补。空出的席位先给同一类。"))
    consent = Tick(_("补位前先问本人"))
    NEEDED = frozenset({"seats_of", "rank"})
