"""`eventweek run`, really started: https for phones, demo sign-ins, words for a taken port."""

import os
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import create_engine, text

from eventweek.cli.certificate import certificate_for
from eventweek.kernel.clock import now, travel

RUN = "import sys; from eventweek.cli import main; sys.exit(main(['run']))"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_certificate_names_its_address_and_is_renewed(tmp_path: Path) -> None:
    cert, key = certificate_for("192.0.2.7", tmp_path)
    first = cert.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(ip) for ip in names.value.get_values_for_type(x509.IPAddress)] == ["192.0.2.7"]
    certificate_for("192.0.2.7", tmp_path)
    assert cert.read_bytes() == first
    certificate_for("week.example", tmp_path)
    second = cert.read_bytes()
    assert second != first
    with travel(now() + timedelta(days=89)):
        certificate_for("week.example", tmp_path)
    assert cert.read_bytes() != second


def test_run_serves_https_with_its_own_certificate_and_demo_users(tmp_path: Path) -> None:
    port = free_port()
    own = {"EVENTWEEK_VAR": str(tmp_path), "HOST": "localhost", "PORT": str(port), "TLS": "1"}
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", RUN], env=os.environ | own, stdout=out, stderr=out)
    try:
        page = _ask(f"https://localhost:{port}/sign-in", tmp_path, log, process)
        assert "__Host-eventweek=" in page and "Secure" in page
        taken = subprocess.run([sys.executable, "-c", RUN], env=os.environ | own, capture_output=True, text=True)
        assert taken.returncode == 1 and "cannot be used" in taken.stderr and "PORT=" in taken.stderr
    finally:
        process.terminate()
        process.wait(30)
    said = log.read_text()
    assert f"https://localhost:{port}/sign-in" in said
    passwords = dict(re.findall(r"^  (\w+)@demo\.example +(\S{16})$", said, re.M))
    assert set(passwords) == {"administrator", "committee", "city", "proposer", "door", "reader"}
    assert (tmp_path / "demo_sign_ins").stat().st_mode & 0o777 == 0o600
    engine = create_engine(f"sqlite:///{tmp_path / 'eventweek.db'}")
    with engine.connect() as connection:
        found = connection.execute(text('SELECT email, administrator, demo FROM "user" ORDER BY email')).all()
    engine.dispose()
    assert [(e.split("@")[0], bool(a), bool(d)) for e, a, d in found] == [
        ("administrator", True, True),
        ("city", False, True),
        ("committee", False, True),
        ("door", False, True),
        ("proposer", False, True),
        ("reader", False, True),
    ]


def _ask(url: str, folder: Path, log: Path, process: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + 120
    while True:
        try:
            trust = ssl.create_default_context(cafile=str(folder / "tls_certificate.pem"))
            with urllib.request.urlopen(url, context=trust, timeout=10) as answer:
                return str(answer.headers["Set-Cookie"])
        except (OSError, ssl.SSLError):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(log.read_text())
            time.sleep(0.3)
