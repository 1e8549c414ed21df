"""How templates read what all of them share: globals in one dictionary, Chinese words without a catalogue."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


class Templates(Environment):
    """Templates with one dictionary of globals: of two in a chain each import compares every name with every other."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template, which are those of all where it has none of its own."""
        return {**self.globals, **d} if d else self.globals


def compile_templates(app: Flask) -> None:
    """Compile every template, two seconds for all: who serves does so at the start, and no visitor waits for it."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


@pass_eval_context
def say(context: EvalContext, text: str, **facts: Any) -> str:
    """Return a sentence of a template in the language of the request with its facts; the source is Chinese."""
    locale = get_locale()
    said = text if locale is None or locale.language == "zh" else get_translations().ugettext(text)
    return (Markup(said) if context.autoescape else said) % facts
