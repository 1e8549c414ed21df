"""The form that makes invitations; shape only."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.shared import Line, Moment, Pick, Prose, Tick, Whole


class InvitationForm(RecordForm):
    """Whom to invite, to which seats, until when; without guests so many codes to pass on."""

    guests = Prose(
        _("邀请谁"),
        60_000,
        render_kw={"rows": 6},
        description=_("一行一位：姓名，手机号或邮箱，用逗号隔开，例如 王敏，wang@example.org。可以从表格里粘贴。"),
    )
    locked = Tick(_("只许本人的手机号或邮箱使用"))
    send = Tick(_("把链接发给本人"))
    locale = Pick(_("用哪种语言发"), choices=[("zh-CN", _("中文")), ("en", _("英文"))])
    count = Whole(_("不写名单时，做几个邀请码"))
    label = Line(_("邀请码给哪个单位"), 80)
    uses = Whole(_("每个能报几次"))
    seats_of = Pick(_("占哪一类席位"))
    expires_at = Moment(_("有效到"))
    NEEDED = frozenset({"uses", "seats_of", "expires_at", "locale"})
