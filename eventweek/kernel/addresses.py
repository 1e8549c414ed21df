"""E-mail addresses as people type them, brought to one form."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line


def parse_address(text: str) -> str:
    """Return an address in lower case; full-width signs are read as plain ones.

    Raises: Refusal email.invalid.
    """
    try:
        line = clean_line(unicodedata.normalize("NFKC", text[:1000]), 254).replace("。", ".")
        return validate_email(line, check_deliverability=False).normalized.lower()
    except (EmailNotValidError, Refusal) as error:
        raise Refusal("email.invalid") from error
