"""Forms: shape only; sense is checked by the rooms, whose sentences are shown at the fields."""

from flask_wtf import FlaskForm

from eventweek.kernel.errors import Invalid
from eventweek.language import say


def show_errors(form: FlaskForm, invalid: Invalid) -> None:
    """Put each sentence of a refusal at its field; one of an unknown field stands at the top of the form."""
    for error in invalid.errors:
        if error.field in form:
            field = form[error.field]
            field.errors = [*field.errors, say(error.code, error.facts)]
        else:
            form.form_errors.append(say(error.code, error.facts))
