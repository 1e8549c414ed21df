"""Each Chinese sentence in the source has an English one."""

import re
from collections import Counter
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]


CATALOGUE = ROOT / "eventweek/translations/en/LC_MESSAGES/messages.po"


def test_english_catalogue_is_complete() -> None:
    """The catalogue holds all that the source says and nothing else, nothing empty or fuzzy."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    said = {
        (message[4], message[2])
        for folder in ("eventweek", "templates")
        for message in extract_from_dir(
            ROOT / folder, [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods], {}
        )
    }
    assert len(said) > 20
    with CATALOGUE.open("rb") as po:
        catalogue = [message for message in read_po(po) if message.id]
    assert said ^ {(message.context, message.id) for message in catalogue} == set()
    assert [message.id for message in catalogue if not message.string or message.fuzzy] == []


def test_no_sentence_stands_twice_in_the_catalogue() -> None:
    """Two branches may have added it; the catalogue is merged by union."""
    pattern = r'^((?:msgctxt .*\n)?msgid ".*"(?:\n".*")*)'
    said = Counter(re.findall(pattern, CATALOGUE.read_text(), flags=re.M))
    assert [sentence for sentence, times in said.items() if times > 1] == []
