"""Fill in a form of the desk as a browser does: what stands in the page is sent, with what was changed."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Pairs = list[tuple[str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pairs: Pairs = []
        self.select = ""
        self.options: list[tuple[str, bool]] = []
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name = own.get("name") or ""
        if tag == "input" and name and name != "q" and (own.get("type") != "checkbox" or "checked" in own):
            self.pairs.append((name, own.get("value") or ""))
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option":
            self.options.append((own.get("value") or "", "selected" in own))
        elif tag == "textarea":
            self.area = name
            self.pairs.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            self.pairs[-1] = (self.area, self.pairs[-1][1] + data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None
        elif tag == "select" and self.options:
            chosen = [value for value, selected in self.options if selected]
            self.pairs.append((self.select, (chosen or [self.options[0][0]])[0]))


def filled(page: str) -> dict[str, list[str]]:
    """Return what the page's form would send."""
    reader = _Reader()
    reader.feed(page[page.index('<form class="sheetform"') :].split("</form>")[0])
    result: dict[str, list[str]] = {}
    for name, value in reader.pairs:
        result.setdefault(name, []).append(value)
    return result


def submit(client: FlaskClient, path: str, do: str = "save", **changes: Any) -> TestResponse:
    """Open a form, change fields (a list for boxes) and send it; `__` in a name stands for `-`."""
    fields: dict[str, Any] = filled(client.get(path).text) | {"do": do}
    fields |= {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(path, data=fields)


def press(client: FlaskClient, page: str, action: str, forged: bool = False) -> TestResponse:
    """Press a button that stands alone: the form of that action, which the page must have unless it is forged."""
    text = client.get(page).text
    token = filled(text)["csrf_token"]
    assert forged or f'action="{action}"' in text
    return client.post(action, data={"csrf_token": token})
