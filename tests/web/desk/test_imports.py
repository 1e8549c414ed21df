"""Files in and out on the desk: template, upload, result, file with problems, exports; two roles."""

import html
import io
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from eventweek.kernel.tables import read_tables
from eventweek.worker import work_off
from tests.conftest import SignIn
from tests.scheduling.test_imports import book
from tests.web.desk.sending import post

HERE = "/desk/w/jl2026/imports"


def upload(client: Any, content: bytes, name: str = "week.xlsx") -> Any:
    return post(client, HERE, {"file": (io.BytesIO(content), name)})


@pytest.mark.database
def test_a_file_goes_in_by_upload_and_confirmation(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    answer = upload(client, book("新的一场", kind="项目路演"))
    assert answer.status_code == 303
    waiting = client.get(answer.location)
    assert waiting.headers["Refresh"] == "2" and "正在检查" in waiting.text
    work_off()
    told = client.get(answer.location)
    assert "Refresh" not in told.headers and "新的一场" in told.text, told.text
    assert post(client, f"{answer.location}/confirmation").status_code == 303
    work_off()
    assert "已全部导入" in client.get(answer.location).text
    assert "新的一场" in client.get("/desk/w/jl2026/sessions?q=新的一场").text


def test_a_wrong_file_comes_back_with_the_problem_beside_its_row(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    answer = upload(client, book("甲", "乙", kind="酒会"))
    work_off()
    text = client.get(answer.location).text
    assert "第 2 行" in text and "酒会" in text and "确认导入" not in text
    content = client.get(f"{answer.location}/problems.xlsx").data
    (sheet,) = read_tables(content, "")
    assert [row[:2] for _n, row in sheet.rows[:2]] == [["问题", "编号"], [sheet.rows[1][1][0], "s0"]]
    assert "酒会" in sheet.rows[1][1][0]


def test_files_that_nobody_sent_are_refused_on_the_page(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    assert post(client, HERE).status_code == 422
    assert "没有收下" in upload(client, b"").text


def test_an_upload_may_be_larger_than_a_form_but_not_than_an_import(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    demo_app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    for size, status in ((2_000_000, 303), (21_000_000, 413)):
        body = start + b"x" * size + b"\r\n--b--\r\n"
        assert client.post(HERE, data=body, content_type="multipart/form-data; boundary=b").status_code == status


def test_template_and_exports_are_workbooks(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    sheets = read_tables(client.get("/desk/w/jl2026/template.xlsx").data, "")
    assert [sheet.name for sheet in sheets] == ["场次", "人物", "房间", "单位", "场馆", "#lists"]
    (one,) = read_tables(client.get("/desk/w/jl2026/export?section=people&column=name_zh").data, "")[:1]
    assert (one.name, one.rows[0][1]) == ("人物", ["编号", "姓名"])
    assert client.get("/desk/w/jl2026/export?format=json").json["format"] == "eventweek-programme/1"
    english = read_tables(client.get("/en/desk/w/jl2026/export?format=xlsx").data, "")
    assert {"Sessions", "People", "Rooms"} <= {sheet.name for sheet in english}


def test_who_may_not_edit_sees_none_of_it(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app, "reader")
    for path in (HERE, "/desk/w/jl2026/template.xlsx", "/desk/w/jl2026/export"):
        assert client.get(path).status_code == 403
    assert "导入导出" not in client.get("/desk/w/jl2026/sessions").text


@pytest.mark.database
@pytest.mark.parametrize("keep", [False, True])
def test_a_schedule_cancels_what_it_no_longer_holds_unless_told_to_keep_it(
    demo_app: Flask, sign_in: SignIn, keep: bool
) -> None:
    client = sign_in(demo_app)
    both, one = schedule("甲场", "乙场"), schedule("甲场")
    bring(client, both)
    answer = post(client, HERE, {"file": (io.BytesIO(one), "s.xml")} | ({"keep_missing": "1"} if keep else {}))
    work_off()
    told = client.get(answer.location).text
    assert ("将取消" in told, "乙场" in told) == (not keep, not keep)
    if not keep:
        post(client, f"{answer.location}/confirmation")
        work_off()
        assert "已取消" in client.get(answer.location).text
    found = client.get("/desk/w/jl2026/sessions?q=乙场&state=cancelled").text
    assert ("乙场</a>" in found) != keep


@pytest.mark.parametrize(
    ("format_", "mark"), [("xml", b"<schedule"), ("frab-json", b'"schedule"'), ("json", b'"format"')]
)
def test_a_week_goes_out_in_each_format(demo_app: Flask, sign_in: SignIn, format_: str, mark: bytes) -> None:
    answer = sign_in(demo_app).get(f"/desk/w/jl2026/export?format={format_}")
    assert answer.status_code == 200 and mark in answer.data[:2000]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=jl2026.")


def bring(client: Any, content: bytes) -> None:
    answer = upload(client, content, "s.xml")
    work_off()
    post(client, f"{answer.location}/confirmation")
    work_off()
    assert "已全部导入" in client.get(answer.location).text


def schedule(*titles: str) -> bytes:
    events = "".join(
        f'<event id="{n}" guid="00000000-0000-4000-8000-00000000000{n}"><date>2026-10-16T{9 + n:02}:00:00+08:00</date>'
        f"<start>{9 + n:02}:00</start><duration>00:30</duration><room>新厅</room><title>{title}</title>"
        "<type>talk</type><persons/></event>"
        for n, title in enumerate(titles)
    )
    day = f'<day index="1" date="2026-10-16"><room name="新厅">{events}</room></day>'
    about = "<title>会</title><acronym>hui</acronym><start>2026-10-16</start><end>2026-10-16</end>"
    head = f"<conference>{about}<time_zone_name>Asia/Shanghai</time_zone_name></conference>"
    return f'<?xml version="1.0" encoding="UTF-8"?><schedule>{head}{day}</schedule>'.encode()


def _exported(client: Any, path: str) -> list[str]:
    """Return the first column after the id of an exported list."""
    (sheet,) = read_tables(client.get(path).data, "")[:1]
    return [row[1] for _n, row in sheet.rows[1:]]


def test_a_list_goes_out_as_it_is_sifted_with_the_chosen_columns(demo_app: Flask, sign_in: SignIn) -> None:
    """From the button of the list over the columns to the file: the same rows on all its pages."""
    client = sign_in(demo_app)
    for listed, section, question in (
        ("/desk/w/jl2026/sessions", "sessions", "kind=forum&q=创新"),
        ("/desk/people", "people", "q=示例甲"),
        ("/desk/organisations", "organisations", "type=incubator"),
        ("/desk/rooms", "rooms", "layout=theatre"),
        ("/desk/venues", "venues", "city=220100"),
    ):
        shown = client.get(f"{listed}?{question}").text
        [button] = re.findall(rf'href="(/desk/w/jl2026/exports/{section}[^"]+)"', shown)
        offered = client.get(html.unescape(button)).text
        count = int(re.findall(r"<small>([\d,]+) 条", offered)[0])
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', offered)
        column = "title_zh" if section == "sessions" else "name_zh"
        assert f'name="column" id="column-{column}"' in offered and len(fields) > 1
        sifted = _exported(client, f"/desk/w/jl2026/export?{urlencode([*fields, ('column', column)])}")
        every = _exported(client, f"/desk/w/jl2026/export?section={section}&column={column}")
        assert 0 < len(sifted) == count < len(every) and set(sifted) < set(every)


def test_an_exported_part_is_a_valid_import_that_changes_nothing(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    content = client.get("/desk/w/jl2026/export?section=sessions&q=创新&column=title_zh&column=kind").data
    answer = upload(client, content)
    work_off()
    assert "和现在的一样，没有要改的" in client.get(answer.location).text


def test_nothing_to_export_and_unknown_lists_are_said(demo_app: Flask, sign_in: SignIn) -> None:
    client = sign_in(demo_app)
    assert "没有可以导出的" in client.get("/desk/w/jl2026/exports/people?q=没有这个人").text
    for section in ("holidays", "week", "x"):
        assert client.get(f"/desk/w/jl2026/exports/{section}").status_code == 404
    hostile = client.get("/desk/w/jl2026/exports/people?endpoint=x&week=y&_external=1&section=z&q=%ED%A0%80")
    assert hostile.status_code == 200 and 'href="/desk/people?' in hostile.text
