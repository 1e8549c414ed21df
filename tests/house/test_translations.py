"""Each Chinese sentence in the source has an English one."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]


def test_english_catalogue_is_complete() -> None:
    """The catalogue holds all that the source says, nothing empty or fuzzy."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    said = {
        message[2]
        for folder in ("eventweek", "templates")
        for message in extract_from_dir(
            ROOT / folder, [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods], {}
        )
    }
    assert len(said) > 20
    with (ROOT / "eventweek/translations/en/LC_MESSAGES/messages.po").open("rb") as po:
        catalogue = [message for message in read_po(po) if message.id]
    assert said - {message.id for message in catalogue} == set()
    assert [message.id for message in catalogue if not message.string or message.fuzzy] == []
