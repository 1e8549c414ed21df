"""The form of a question, and the words of a box of agreement."""

from typing import Any

from flask_babel import lazy_gettext as _

from eventweek.language import say
from eventweek.language.words import ABOUT, QUESTION_TYPES
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Line, Pick, Prose, Several, Tick


class ChoiceRow(Row):
    """One choice."""

    zh = Line(_("选项"), 120)
    en = Line(_("英文"), 120)
    code = Line(_("代码（可空）"), 40)


class QuestionForm(RecordForm):
    """What is asked, how it is answered, and when."""

    label_zh = Line(_("问什么"), 200)
    label_en = Line(_("问什么（英文）"), 200)
    help_zh = Prose(_("说明"), 500, description=_("写在问题下面，例如为什么要问。"))
    help_en = Prose(_("说明（英文）"), 500)
    type = Pick(_("怎么答"), choices=list(QUESTION_TYPES.items()))
    about = Pick(_("问几次"), choices=list(ABOUT.items()))
    required = Tick(_("必须回答"))
    choices = Rows(ChoiceRow, _("选项"), description=_("只有单选和多选才填。"))
    when = Several(
        _("只在这些回答时问"), description=_("从前面的一个问题里选。都不选 = 总是问。条件不满足时不问，也不收答案。")
    )

    GROUPS = (
        Group(_("问题"), ("label", "help")),
        Group(_("回答"), (("type", "about"), "required", "choices")),
        Group(_("条件"), ("when",)),
    )
    NEEDED = frozenset({"label_zh", "type", "about", "required"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that a condition is about one question."""
        good = bool(super().validate(extra_validators))
        if len({one.partition(":")[0] for one in self.when.data or ()}) > 1:
            self.when.errors = [say("question.condition_two", {})]
            good = False
        return good


class ConsentForm(RecordForm):
    """The words of one box."""

    text_zh = Prose(_("中文"), 2000)
    text_en = Prose(_("英文"), 2000)

    GROUPS = (Group(_("文字"), ("text",)),)
    NEEDED = frozenset({"text_zh", "text_en"})
