"""The shared macros and shells render what the README promises, in both languages."""

import re

import pytest
from flask import Flask, render_template, render_template_string
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

MARKS = '{% from "shared/marks.html" import seal, badge, seats, notice, empty, pages %}'
FORM = '{% from "shared/form.html" import field, check, summary %}'


class Person(FlaskForm):  # type: ignore[misc]
    """Two fields that must be filled."""

    phone = StringField("手机号", [InputRequired("填手机号")])
    consent = BooleanField("同意", [InputRequired("勾选同意")])


@pytest.mark.parametrize(("path", "expected"), [("/", "会"), ("/en/", "<circle")])
def test_seal_is_a_letter_or_in_english_a_shape(app: Flask, path: str, expected: str) -> None:
    """Families are told apart without colour."""
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": path.rstrip("/")}):
        assert expected in render_template_string(MARKS + "{{ seal('meet') }}")


def test_marks_escape_and_repeat_the_words(app: Flask) -> None:
    """What a person typed stays text; the meter is never wider than full."""
    source = """{{ badge('wait', word) }}{{ seats('余 0 席', 140, 'full') }}{{ pages('共 9', after='/?page=2') }}
    {% call notice('no', word, alert=true) %}<a href="/">去</a>{% endcall %}
    {% call empty(word, gone='camp') %}x{% endcall %}"""
    with app.test_request_context("/"):
        page = render_template_string(MARKS + source, word="<b>满</b>")
    assert page.count("&lt;b&gt;满") == 3 and "<b>满" not in page
    assert 'width="100"' in page and 'rel="next"' in page and 'role="alert"' in page and 'class="is-gone"' in page


def test_errors_stand_at_the_field_and_in_the_summary(app: Flask) -> None:
    """The summary links to the field, and the field names its error to a screen reader."""
    source = "{{ summary(form) }}{{ field(form.phone, hint='11 位', inputmode='tel') }}{{ check(form.consent) }}"
    with app.test_request_context("/", method="POST", data={}):
        form = Person(meta={"csrf": False})
        assert not form.validate()
        page = render_template_string(FORM + source, form=form)
    assert '<a href="#phone"><b>手机号</b>：填手机号</a>' in page and page.count("填手机号") == 2
    field = re.search(r"<input[^>]*phone[^>]*>", page)
    assert field and 'aria-describedby="phone-h phone-e"' in field[0] and 'inputmode="tel"' in field[0]
    assert 'aria-describedby="consent-e"' in page


def test_shells_load_their_own_sheet(app: Flask) -> None:
    """The desk has its rail, the door its verdict."""
    rail = [("办", [{"href": "/x", "icon": "list", "word": "场次", "here": True, "count": 170}])]
    with app.test_request_context("/"):
        desk = render_template("shared/desk.html", rail=rail)
        night = render_template("shared/night.html", verdict="ask")
    assert (
        "css/desk.css" in desk and 'aria-current="page"' in desk and ">170<" in desk and '<body class="desk">' in desk
    )
    assert "css/gate.css" in night and "verdict--ask" in night


def test_weave_draws_one_mark_a_session(app: Flask) -> None:
    """Each day is a link with a text name."""
    day = {
        "href": "?day=1",
        "number": 15,
        "weekday": "周四",
        "name": "10月15日，2 场",
        "marks": [(0, 1, "meet"), (1, 1, "camp")],
    }
    source = '{% from "shared/week.html" import weave, days %}{{ weave([day]) }}{{ days([day]) }}'
    with app.test_request_context("/"):
        page = render_template_string(source, day=day)
    assert page.count('class="mark') == 2 and 'aria-label="10月15日，2 场"' in page and 'href="?day=1"' in page
