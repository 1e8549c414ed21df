"""Sentences and words of proposals (申报)."""

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.language.words import Words

STANDINGS: Words = {
    "draft": _("草稿"),
    "city": _("城市初审中"),
    "committee": _("等组委会决定"),
    "returned": _("已退回"),
    "accepted": _("已采用"),
    "rejected": _("未采用"),
    "withdrawn": _("已撤回"),
}
"""Where a proposal stands; a submitted one is called after who looks at it."""
STATES: Words = {**STANDINGS, "submitted": _("已提交")}
NEXT: Words = {
    "draft": _("还没提交，只有你们单位看得到。填好以后点“提交”。"),
    "city": _("活动所在城市先看，合适的推荐给组委会，要改的退回。这段时间不能修改，可以撤回。"),
    "committee": _("组委会决定采用、不采用或退回修改。这段时间不能修改，可以撤回。"),
    "returned": _("按下面的意见改好，再提交一次。"),
    "accepted": _("已成为活动周的一场。时间和厅室由组委会安排；下面列出的内容还可以改。"),
    "rejected": _("这一份不再处理。想调整后再报，请新建一份。"),
    "withdrawn": _("已撤回，不再处理。想再报，请新建一份。"),
}
"""What happens next, told to the proposer."""
WAITS: Words = {
    "draft": _("单位还没提交。"),
    "city": _("活动所在城市先看：合适的推荐给组委会，要改的退回。"),
    "committee": _("等组委会决定采用、不采用或退回。"),
    "returned": _("已退给申报单位修改，等他们再提交。"),
    "accepted": _("已采用，成了一场活动；时间和厅室在排期里定。"),
    "rejected": _("没有采用，不再处理。"),
    "withdrawn": _("申报单位撤回了，不再处理。"),
}
"""Whom it waits for, told to reviewers."""
MOVES: Words = {
    "submit": _("提交了"),
    "withdraw": _("撤回了"),
    "recommend": _("推荐给组委会"),
    "return": _("退回了，请修改"),
    "accept": pgettext("proposal", "采用了"),
    "reject": _("没有采用"),
}
DECIDE: Words = {
    "recommend": _("推荐给组委会"),
    "accept": pgettext("proposal", "采用"),
    "return": _("退回修改"),
    "reject": _("不采用"),
}
SIDES: Words = {"proposer": _("申报单位"), "city": _("城市专班"), "committee": _("组委会")}
SENTENCES = {
    "proposal.not_found": _("没有这份申报。回到申报列表再找。"),
    "proposal.state": _("这份申报现在的状态不能这样做。重新打开，看它到了哪一步。"),
    "proposal.at_city": _("这份申报还在城市初审，先由城市推荐。城市没人处理时，可以先替它点“推荐给组委会”。"),
    "proposal.at_committee": _("这份申报已经推荐给组委会，由组委会决定。有意见写在下面的讨论里。"),
    "proposal.closed": _("申报在 %(day)s 已经截止。确需补报，请联系组委会延长期限。"),
    "proposal.return_closed": _("修改后再提交最晚到 %(day)s，已经过了。请联系组委会延长期限。"),
    "proposal.organisation": _("只能替你自己的单位申报。从列表里选。"),
    "proposal.contact": _("手机和邮箱至少填一个，审核的人要能找到你。"),
    "proposal.files": _("一份申报最多放 %(most)s 个文件。先去掉不用的。"),
    "proposal.nobody": _("没有选申报。回到列表勾选。"),
    "proposal.too_many": _("一次最多处理 %(most)s 份。分几次来。"),
    "proposal.bulk": _("有 %(count)s 份不能这样处理，所以一份也没有处理。下面写着原因，去掉它们再来。"),
    "proposal.not_accepted": _("这份申报还没有采用，或它的场次已经取消，没有场次可改。"),
    "proposal.field_closed": _("组委会没有开放修改这一项。需要改，请在讨论里告诉组委会。"),
    "sheet.too_many": _("一次最多报 %(most)s 份。分成几个文件上传。"),
    "release.tentative": _("“%(title)s”还是暂定的，申报没有采用以前不能公开。先决定这份申报，再发布。"),
}
