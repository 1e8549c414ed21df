"""Every filter is an address, says what it would leave, and can be taken away again."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

CHOICE = re.compile(
    r'<a href="([^"]*)"( aria-current="true")? class="[^"]*">(?:(?!</a>).)*<span>(\d+)</span></a>', re.S
)


def rows(client: FlaskClient, path: str) -> int:
    return client.get(unescape(path)).text.count('<li class="line')


def choices(client: FlaskClient, path: str) -> list[tuple[str, bool, int]]:
    sieve = client.get(path).text.split('class="sieve only-wide"')[1].split("</aside>")[0]
    return [(href, bool(chosen), int(count)) for href, chosen, count in CHOICE.findall(sieve)]


@pytest.mark.parametrize("query", ["", "?city=220100&family=contest", "?kind=salon&day=2026-10-17"])
def test_the_count_of_a_choice_is_what_its_address_shows(demo_client: FlaskClient, query: str) -> None:
    found = choices(demo_client, f"/w/jl2026/programme{query}")
    assert len(found) > 40
    for href, chosen, count in found[::3]:
        if not chosen:
            assert rows(demo_client, href) == count, href


def test_a_chosen_filter_is_removed_by_its_own_link(demo_client: FlaskClient) -> None:
    page = demo_client.get("/en/w/jl2026/programme?city=220200&family=meet&q=jilin").text
    tokens = page.split('class="tokens"')[1].split("</p>")[0]
    assert 'aria-label="Remove: Jilin City"' in tokens and 'aria-label="Remove: jilin"' in tokens
    removed = re.search(r'<a href="([^"]*)" aria-label="Remove: Jilin City"', tokens)
    assert removed and "city=" not in removed[1] and "family=meet" in removed[1] and "q=jilin" in removed[1]


def test_a_choice_that_leaves_nothing_stays_and_says_so(demo_client: FlaskClient) -> None:
    found = choices(demo_client, "/w/jl2026/programme?city=220700&day=2026-10-15")
    assert any(count == 0 and "family=camp" in href for href, _chosen, count in found)
    empty = demo_client.get("/w/jl2026/programme?city=220700&family=camp").text
    assert "没有符合这些条件的场次" in empty and 'class="is-gone"' in empty


def test_kinds_stand_beside_families_and_replace_them(demo_client: FlaskClient) -> None:
    found = [href for href, _chosen, _count in choices(demo_client, "/w/jl2026/programme?family=contest")]
    kinds = [href for href in found if "kind=" in href]
    assert len(kinds) == 19
    assert not any("family=" in href for href in kinds)


def test_search_keeps_the_filters(demo_client: FlaskClient) -> None:
    page = demo_client.get("/w/jl2026/programme?city=220100&day=2026-10-16").text
    form = page.split('role="search"')[1].split("</form>")[0]
    assert '<input type="hidden" name="city" value="220100">' in form
    assert '<input type="hidden" name="day" value="2026-10-16">' in form


def test_unknown_values_leave_nothing_and_never_a_fault(demo_client: FlaskClient) -> None:
    for name in ("day", "city", "venue", "family", "kind", "industry", "audience", "seats"):
        answer = demo_client.get("/w/jl2026/programme", query_string={name: "\u202e<b>'\x00"})
        assert answer.status_code == 200 and 'class="line"' not in answer.text and "<b>'" not in answer.text
