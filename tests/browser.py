"""A live server over the test's database, Chromium with a fake camera, and the pictures that the camera sees."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import qrcode
from flask import Flask
from PIL import Image
from werkzeug.serving import make_server

from eventweek.kernel.clock import travel

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
SIZE = (640, 480)
FRAMES_A_SECOND = 5
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@contextmanager
def live(app: Flask, time: Callable[[], datetime] | None = None) -> Iterator[str]:
    """Serve the application on a free port of loopback, with threads; give its address.

    With `time`, each request sees that time instead of the real one.
    """
    server = make_server("127.0.0.1", 0, _at(app, time) if time else app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def _at(app: Flask, time: Callable[[], datetime]) -> Callable[..., Iterable[bytes]]:
    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        with travel(time()):
            return app(environ, start_response)

    return answer


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Give a Chromium that is driven by playwright; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


def shows(page: Any, *texts: str) -> bool:
    """Wait until the page says each of these texts, whatever page a click is still on its way to; fails after 20 s."""
    from playwright.sync_api import expect

    for text in texts:
        expect(page.locator("body")).to_contain_text(text, timeout=20_000)
    return True


def camera_flags(film: Path) -> list[str]:
    """Return the flags that let Chromium's camera show a film in a loop."""
    return [*CAMERA, f"--use-file-for-fake-video-capture={film}"]


def film(path: Path, scenes: Sequence[tuple[str, float]]) -> Path:
    """Write a film (YUV4MPEG2, 640 x 480, 5 frames a second): each scene shows a QR of its text, empty = nothing.

    The second value of a scene is its length in seconds.
    """
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for text, seconds in scenes:
            frame = _frame(text)
            file.writelines([b"FRAME\n", frame] * round(seconds * FRAMES_A_SECOND))
    return path


def _frame(text: str) -> bytes:
    picture = Image.new("L", SIZE, 200)
    if text:
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=4)
        code.add_data(text)
        drawn = code.make_image().get_image().convert("L")
        picture.paste(drawn, ((SIZE[0] - drawn.width) // 2, (SIZE[1] - drawn.height) // 2))
    grey = bytes([128]) * (SIZE[0] * SIZE[1] // 4)
    return picture.tobytes() + grey + grey
