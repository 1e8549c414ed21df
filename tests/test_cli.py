"""The commands, run as a person runs them."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventweek.cli import main
from eventweek.cli.serve import reachable_host
from tests.conftest import share
from tests.scheduling.test_importing import SMALL

PRESENT = "The demo week is loaded already. To load it again, run eventweek demo remove first."

SECRETS = {
    "EVENTWEEK_SECRET_KEY": "k" * 40,
    "EVENTWEEK_PASS_KEYS": f"1:{'a1' * 32}",
    "EVENTWEEK_CONTACT_KEY": "b2" * 32,
    "EVENTWEEK_IDENTITY_KEYS": f"1:{'c3' * 32}",
}


def run(var: Path, *words: str, **env: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, words, env={"EVENTWEEK_VAR": str(var), **env})
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory whose database holds the demo week."""
    var = tmp_path_factory.mktemp("loaded")
    assert run(var, "migrate")[0] == 0 and run(var, "demo", "load", "--start", "2026-10-15")[0] == 0
    return var


@pytest.fixture
def var(loaded: Path, tmp_path: Path) -> Path:
    """Give a copy of it that a test may change."""
    return shutil.copytree(loaded, tmp_path / "var")


def test_demo_goes_in_once_and_comes_out(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate")[0] == 0
    assert run(tmp_path, "demo", "load", "--start", "2026-10-15") == (0, "loaded jl2026, 2026-10-15 to 2026-10-21\n")
    assert run(tmp_path, "demo", "load") == (
        1,
        "Error: The demo week is loaded already. To load it again, run eventweek demo remove first.\n",
    )
    assert run(tmp_path, "demo", "remove")[0] == 0
    assert run(tmp_path, "demo", "remove") == (1, "Error: There is no demo week to remove.\n")


def test_a_database_that_nobody_migrated_is_said(tmp_path: Path) -> None:
    code, said = run(tmp_path, "programme", "export", "jl2026")
    assert (code, said) == (1, "Error: The database is not at the newest schema. Run: eventweek migrate\n")


@pytest.mark.parametrize("words", [["run"], ["migrate"], ["demo", "load"], ["demo", "remove"]])
def test_production_without_a_secret_is_said(tmp_path: Path, words: list[str]) -> None:
    code, said = run(tmp_path, *words, EVENTWEEK_PRODUCTION="1")
    assert code == 1 and said.startswith("Error: EVENTWEEK_SECRET_KEY")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVENTWEEK_PASS_KEYS", ""),
        ("EVENTWEEK_PASS_KEYS", "1:abcd"),
        ("EVENTWEEK_PASS_KEYS", f"1:{'a1' * 32},1:{'a2' * 32}"),
        ("EVENTWEEK_PASS_KEYS", "a1" * 32),
        ("EVENTWEEK_CONTACT_KEY", ""),
        ("EVENTWEEK_CONTACT_KEY", "z" * 64),
        ("EVENTWEEK_IDENTITY_KEYS", ""),
        ("EVENTWEEK_IDENTITY_KEYS", "1:abcd"),
    ],
)
def test_a_wrong_key_is_said(tmp_path: Path, name: str, value: str) -> None:
    code, said = run(tmp_path, "migrate", **{"EVENTWEEK_PRODUCTION": "1", **SECRETS, name: value})
    assert code == 1 and said.startswith("Error: EVENTWEEK_") and name in said


def test_production_refuses_the_demo(tmp_path: Path) -> None:
    code, said = run(tmp_path, "demo", "load", EVENTWEEK_PRODUCTION="1", **SECRETS)
    assert code == 1 and "production never loads the demo" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "week.example"])
def test_a_named_host_is_the_one_to_call(host: str) -> None:
    assert reachable_host(host) == host


def test_everywhere_is_no_address_to_call() -> None:
    assert reachable_host("0.0.0.0") != "0.0.0.0"


def test_a_workbook_goes_out_and_comes_in_again(var: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "week.xlsx")
    assert run(var, "programme", "export", "jl2026", file) == (0, "")
    code, said = run(var, "programme", "import", file, "--dry-run", "--week", "jl2026")
    assert (code, "sessions: 0 new, 0 changed, 170 unchanged" in said) == (0, True), said
    assert run(var, "programme", "export", "jl2026", str(tmp_path / "week.xml")) == (0, "")
    assert (tmp_path / "week.xml").read_bytes().startswith(b"<?xml")


def test_programme_is_exported_and_taken_in_again(var: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "week.json")
    assert run(var, "programme", "export", "jl2026", file, "--source", "demo") == (0, "")
    code, said = run(var, "programme", "import", file, "--dry-run")
    assert code == 0 and "sessions: 0 new, 0 changed, 170 unchanged\n" in said and " 1 changed" not in said
    text = Path(file).read_text(encoding="utf-8").replace('"capacity": 1500', '"capacity": -3')
    Path(file).write_text(text, encoding="utf-8")
    code, said = run(var, "programme", "import", file)
    assert code == 1 and "rooms[0].capacity: -3  Enter a number from 1 to 200000." in said
    assert said.endswith("nothing was imported. Correct them and try again.\n")
    Path(file).write_text("{", encoding="utf-8")
    assert run(var, "programme", "import", file)[1].startswith("Error: Line 1, column 2 is not valid JSON.")


def test_an_edition_is_copied_by_command(tmp_path: Path) -> None:
    """Settings always, more on wish; what is wrong is said at its field and makes nothing."""
    file = tmp_path / "week.json"
    file.write_text(json.dumps(SMALL), encoding="utf-8")
    assert run(tmp_path, "migrate")[0] == 0 and run(tmp_path, "programme", "import", str(file))[0] == 0
    copy = ("week", "copy", "w", "autumn", "--title-zh", "秋季双创周")
    code, said = run(tmp_path, *copy, "--first-day", "2027-09-13")
    assert code == 0 and "kind: 1\n" in said and "session" not in said
    whole = ("week", "copy", "w", "whole", "--title-en", "Autumn", "--with", "sessions", "--with", "plan")
    code, said = run(tmp_path, *whole, "--first-day", "2027-09-14", "--last-day", "2027-09-15", "--anchor", "weekday")
    assert code == 0 and "session: 2\n" in said and re.search(r"^not placed: \w+ 甲$", said, re.M), said
    for words, says in (
        ((*copy, "--first-day", "2027-09-13"), "code: "),
        ((*copy[:3], "other", "--title-zh", "x", "--first-day", "2027-09-14"), "Choose"),
        ((*copy[:3], "other", "--title-zh", "x", "--first-day", "2027-09-13", "--with", "plan"), "sessions"),
        (("week", "copy", "none", "x", "--title-zh", "x", "--first-day", "2027-09-13"), "Error: "),
    ):
        code, said = run(tmp_path, *words)
        assert code == 1 and says in said, said
    assert run(tmp_path, "week", "copy", "w", "x")[0] == 2
    for made in ("autumn", "whole"):
        assert run(tmp_path, "programme", "export", made)[0] == 0
    assert run(tmp_path, "programme", "export", "other")[0] == 1


def test_the_first_administrator_gets_a_link_and_no_password(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate")[0] == 0
    code, said = run(tmp_path, "user", "create-admin", "Root@Example.org", EVENTWEEK_BASE_URL="https://week.example")
    assert code == 0 and re.search(r"^https://week\.example/invitations/[\w-]{32}$", said, re.M)
    assert "root@example.org" in said and "7 days" in said
    code, said = run(tmp_path, "user", "create-admin", "root@example.org")
    assert code == 1 and "already has an unused invitation" in said
    code, said = run(tmp_path, "user", "create-admin", "root")
    assert code == 1 and "This e-mail address is not right" in said


TABLE = "编号,标题,没有这一列\n,启动仪式,1\n"
SCHEDULE = b'<?xml version="1.0"?><schedule><conference><title>W</title></conference></schedule>'
RUBBISH = [
    ("empty.xlsx", b"", "The file is empty. Choose the right file"),
    ("blank.csv", b" \r\n\n", "The file is empty. Choose the right file"),
    ("huge.json", b" " * 21_000_000, "The file is larger than 20 MB. Split it"),
    ("binary.xlsx", b"\x00\x01\xfe\x9c" * 500, "This file is of no known format. Use an Excel workbook"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), "This file is of no known format. Use an Excel workbook"),
    ("cut.xlsx", b"PK\x03\x04" + b"\x14" * 900, "The file is damaged or incomplete"),
    ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000), "old .xls or .et file. Save it as .xlsx"),
    ("entity.xml", b'<!DOCTYPE s [<!ENTITY a "b">]><schedule>&a;</schedule>', "Line 1 declares a document type"),
    ("conflict.xml", b"<schedule>\n<<<<<<< HEAD\n=======\n>>>>>>> other\n</schedule>", "Line 2 is the mark of a merge"),
    ("cut.xml", SCHEDULE[:60], "or the file is cut off. Download it again or correct it"),
    ("other.xml", b"<rss/>", "This is no conference schedule (line 1: rss)"),
    ("hollow.xml", b"<schedule/>", "This is no conference schedule (line 1: schedule)"),
    ("twice.json", b'{"week": {}, "week": {}}', '"week" stands twice in one object. Remove one.'),
    ("cut.json", b'{"week": {', "is not valid JSON. Correct it"),
    ("deep.json", b"[" * 90_000, "Brackets are nested too deeply"),
    ("other.json", b"[1]", "The file must be one object that says"),
    ("gbk.xlsx", TABLE.encode("gbk"), 'gbk row 1 没有这一列: 没有这一列  There is no field named "没有这一列".'),
    ("utf16.csv", TABLE.encode("utf-16"), 'There is no field named "没有这一列". Check the spelling'),
    ("open.csv", '编号,标题\n,"没有关上\n'.encode(), "A quotation mark in row 2 is not closed. Correct it"),
]


@pytest.mark.parametrize(("name", "content", "says"), share(RUBBISH, 0), ids=share([row[0] for row in RUBBISH], 0))
def test_rubbish_is_answered_with_what_to_do(loaded: Path, name: str, content: bytes, says: str) -> None:
    file = loaded / name
    file.write_bytes(content)
    for dry in ([], ["--dry-run"]):
        code, said = run(loaded, "programme", "import", str(file), "--week", "jl2026", *dry)
        assert code == 1 and says in said and "Traceback" not in said, said


def test_sheets_want_to_know_their_week(loaded: Path) -> None:
    file = loaded / "plain.csv"
    file.write_text("编号,标题\n,启动仪式\n", encoding="utf-8")
    for dry in ([], ["--dry-run"]):
        code, said = run(loaded, "programme", "import", str(file), *dry)
        assert code == 1 and "Sheets do not say which week they are for. Add --week" in said, said


def test_what_cannot_be_read_or_written_is_said(loaded: Path) -> None:
    """A directory, nothing at all, what breaks while it is read, and what never ends."""
    (loaded / "folder.xlsx").mkdir()
    for name, code, says in (
        ("folder.xlsx", 2, "is a directory"),
        ("nowhere.xlsx", 2, "does not exist"),
        ("/proc/self/mem", 1, "The file cannot be read ("),
        ("/dev/zero", 1, "The file is larger than 20 MB"),
    ):
        assert (got := run(loaded, "programme", "import", str(loaded / name), "--dry-run"))[0] == code, got
        assert says in got[1] and "Traceback" not in got[1], got
    code, said = run(loaded, "programme", "export", "jl2026", str(loaded / "nowhere" / "week.json"))
    assert code == 1 and "The file cannot be written (No such file or directory)." in said
