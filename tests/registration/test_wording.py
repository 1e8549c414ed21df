"""Words of organisers filled with facts of people: nothing is code, nothing of a person becomes a link."""

import pytest

from eventweek.programme.rules.placeholders import fill
from eventweek.registration.kinds import KINDS, Wording, usual_wording
from eventweek.registration.wording import LONGEST_SMS, compose, inert, list_bad_fields, list_missing, list_unknown

FACTS = {"name": "王敏", "session": "开幕式", "link": "https://week.example/m/TOKEN", "waiting": "", "reason": ""}


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_usual_words_name_only_what_is_known_and_all_that_must(code: str, language: str) -> None:
    kind, own = KINDS[code], usual_wording(code, language)
    assert own.subject and own.body and own.sms
    assert list_unknown([own.subject, own.body, own.sms, own.wechat], kind.placeholders) == []
    assert list_missing(own.body, kind.must) == list_missing(own.sms, kind.must) == []
    assert list_bad_fields(own.wechat) == []


def test_a_paragraph_of_nothing_is_left_out() -> None:
    own = compose(Wording("{session}", "{name}：您好。\n\n候补：\n{waiting}\n\n原因：{reason}\n\n{link}", ""), FACTS)
    assert own.body == "王敏：您好。\n\nhttps://week.example/m/TOKEN"


def test_facts_are_filled_once_and_texts_are_no_code() -> None:
    facts = FACTS | {"session": "{link} {name.__class__} {{7*7}}"}
    own = compose(Wording("{session}", "{name.__class__.__mro__} {{ config }} {% x %}", "{session}"), facts)
    assert own.subject == own.sms == "{link} {name.__class__} {{7*7}}"
    assert own.body == "{name.__class__.__mro__} {{ config }} {% x %}"
    assert list_unknown([own.body, "{nmae}"], KINDS["confirmed"].placeholders) == [
        "name.__class__.__mro__",
        " config ",
        "% x %",
        "nmae",
    ]
    assert fill("{a}", {"a": "{b}", "b": "no"}) == "{b}"


@pytest.mark.parametrize("name", ["www.evil.cn", "http://evil.cn/x", "【银行】王敏", "a@evil.cn", "王敏 13800138000"])
def test_a_name_is_no_link_and_no_signature(name: str) -> None:
    shown = inert(name)
    assert not set("【】:/@") & set(shown) and ".cn" not in shown and not any(c.isdigit() for c in shown)


def test_an_sms_is_cut_but_never_its_link() -> None:
    words = Wording("", "", "{name}，您已报名：{session}。{link}")
    own = compose(words, FACTS | {"session": "很长的名称" * 200}, "双创周")
    assert len(own.sms) <= LONGEST_SMS and own.sms.startswith("【双创周】王敏") and own.sms.endswith(FACTS["link"])
    assert own.sms_fields["link"] == FACTS["link"] and set(own.sms_fields) == {"name", "session", "link"}


def test_fields_of_wechat_are_short() -> None:
    own = compose(Wording("", "", "", "thing1={session}\ntime2：{name}\n"), FACTS | {"session": "长" * 50})
    assert own.wechat_fields == {"thing1": "长" * 19 + "…", "time2": "王敏"}
    assert list_bad_fields("thing1={session}\nno field\n1x=a") == ["no field", "1x=a"]
