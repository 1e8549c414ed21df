"""On English pages nothing is Chinese but what organisers wrote: every page that links lead to, of the demo week."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, String, select
from werkzeug.exceptions import HTTPException

from eventweek.kernel.db import Base, db
from tests.conftest import SignIn, scaled

HAN = re.compile("[\u3400-\u9fff]")
VOID = {"meta", "link", "img", "input", "br", "hr", "wbr", "source", "path", "circle", "rect", "line", "use"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "content", "data-word")
STARTS = ("/en/", "/en/w/jl2026/", "/en/desk/", "/en/my", "/en/my/finding", "/en/sign-in", "/en/nowhere", "/en/gate/")
PER_PAGE = 2
"""How many addresses of one endpoint are opened."""


@pytest.mark.usefixtures("at_demo_noon")
def test_english_pages_hold_no_chinese_but_data(demo_app: Flask, sign_in: SignIn) -> None:
    client, data = sign_in(demo_app), _written()
    opened: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    waiting = list(STARTS)
    while waiting:
        address = waiting.pop(0)
        own = opened.setdefault(_endpoint(demo_app, address), [])
        if address in own or len(own) >= scaled(PER_PAGE):
            continue
        own.append(address)
        answer = client.get(address)
        if answer.location:
            waiting.append(answer.location)
        elif answer.mimetype == "text/html":
            page = Page(answer.text)
            waiting += [link for link in page.links if link.startswith("/en/")]
            if left := [text for text in page.texts if HAN.search(_without(text, data))]:
                found[address] = left[:3]
    assert len(opened) > 60
    assert found == {}


class Page(HTMLParser):
    """The links of a page, and its texts and spoken attributes that are not marked as Chinese."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.texts: list[str] = []
        self._inside: list[tuple[str, bool]] = []
        self._text = ""
        self.feed(html)
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        if tag != "wbr":
            self._end()
        own = {name: value or "" for name, value in attrs}
        chinese = own.get("lang", "zh" if self._chinese else "en").startswith("zh") or tag in ("script", "textarea")
        if not chinese:
            self.texts += [own[name] for name in SPOKEN if HAN.search(own.get(name, ""))]
        if "href" in own:
            self.links.append(own["href"].partition("#")[0])
        if tag not in VOID:
            self._inside.append((tag, chinese))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._end()
        while tag not in VOID and self._inside and self._inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Take in a piece of text."""
        self._text += "" if self._chinese else data

    @property
    def _chinese(self) -> bool:
        return bool(self._inside) and self._inside[-1][1]

    def _end(self) -> None:
        if HAN.search(self._text):
            self.texts.append(" ".join(self._text.split()))
        self._text = ""


def _written() -> list[str]:
    """Return every Chinese text in the database, the longest first."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
        for row in db.session.execute(select(*columns)) if columns else ():
            found |= {" ".join(line.split()) for value in row for text in _strings(value) for line in text.split("\n")}
    return sorted((text for text in found if HAN.search(text)), key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _without(text: str, data: list[str]) -> str:
    for written in data:
        text = text.replace(written, "")
    return text


def _endpoint(app: Flask, address: str) -> str:
    try:
        return str(app.url_map.bind("").match(address.partition("?")[0].removeprefix("/en"))[0])
    except HTTPException:
        return "nowhere"
