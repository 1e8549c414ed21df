"""What may be asked for, where lines may end, how names stand in an index, how far a paper is."""

import pytest

from eventweek.printing.enums import Paper, Step
from eventweek.printing.rules import SHEETS, Wish, alphabet, breakable, initial, list_faults, share_of


@pytest.mark.parametrize(
    ("wish", "faults"),
    [
        (Wish("book"), []),
        (Wish("doors", "a4", "en", part={"day": "2026-10-15", "venue": "v", "room": "r", "city": "c"}), []),
        (Wish("posters", "a2", part={"session": "s", "family": "meet", "kind": "k"}), []),
        (Wish("leaflet", "a9", "fr"), [("paper", "print.paper")]),
        (Wish(""), [("paper", "print.paper")]),
        (Wish("book", "a3"), [("sheet", "print.sheet")]),
        (Wish("doors", language="fr"), [("language", "print.language")]),
        (Wish("book", part={"day": "2026-10-15"}), [("day", "print.whole")]),
        (Wish("doors", part={"session": "s"}), [("session", "print.whole")]),
        *(
            (Wish("doors", part={"day": day}), [("day", "print.unknown")])
            for day in ("", "20261015", "2026-02-30", "x")
        ),
    ],
)
def test_a_wish_is_looked_at(wish: Wish, faults: list[tuple[str, str]]) -> None:
    assert list_faults(wish) == faults


def test_each_paper_has_a_usual_sheet() -> None:
    usual = {"book": "a4", "doors": "a4-wide", "posters": "a3", "proofs": "a4-wide", "badges": "card"}
    assert {paper: Wish(paper).size for paper in Paper} == usual
    assert Wish("doors", "a4").size == "a4" and SHEETS.keys() == set(Paper)


def test_only_words_longer_than_any_are_broken() -> None:
    assert breakable("创新创业大赛 forum 2026") == "创新创业大赛 forum 2026"
    assert breakable("字" * 500) == "字" * 500
    broken = breakable("https://example.org/" + "x" * 500)
    assert max(map(len, broken.split("\u200b"))) == 24 and broken.replace("\u200b", "").endswith("x" * 500)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        *(
            ("阿里", "A"),
            ("白城", "B"),
            ("张三", "Z"),
            ("李四", "L"),
            ("王五", "W"),
            ("吉林省科技厅", "J"),
            ("闫某", "Y"),
        ),
        *(
            ("单某", "S"),
            ("覃某", "Q"),
            ("重庆大学", "C"),
            ("重点实验室", "Z"),
            ("“创客中国”组委会", "C"),
            ("坐标", "Z"),
        ),
        *(
            ("alpha", "A"),
            ("Zhang San", "Z"),
            ("Šimon", "S"),
            ("Émile", "E"),
            ("3icity", "#"),
            ("㛃某", "#"),
            ("مرحبا", "#"),
            ("", "#"),
            ("🎉", "#"),
        ),
    ],
)
def test_a_name_stands_under_the_letter_of_its_sound(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_an_index_is_in_order_and_has_each_name_once() -> None:
    letters = alphabet(["王五", "李四", "㛃某", "王二", "Li Si", "王五"])
    assert [(own.letter, list(own.names)) for own in letters] == [
        ("L", ["Li Si", "李四"]),
        ("W", ["王二", "王五"]),
        ("#", ["㛃某"]),
    ]
    [own] = alphabet(["Szabó", "Šimon", "Sara"])
    assert list(own.names) == ["Sara", "Šimon", "Szabó"] and alphabet([]) == []


def test_a_paper_only_grows() -> None:
    steps = [
        (Step.READING, 0, 0),
        *((Step.DRAWING, n, 9) for n in range(10)),
        (Step.SETTING, 0, 0),
        (Step.KEEPING, 0, 0),
    ]
    shares = [share_of(*step) for step in steps]
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] < 100 and share_of("", 0, 0) == 0
