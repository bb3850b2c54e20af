"""`make demo` as a newcomer runs it: one command, a page, and a second run that keeps it all."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent
SIGN_IN = re.compile(
    r"^Sign in at http://127\.0\.0\.1:\d+/admin/ as editor, password \S{12,}$", re.M
)

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A folder to run the demo in, as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "KB_DATA_DIR": str(folder),
            "PORT": str(self.port),
        }

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def served(self):
        """The demo while it serves; what it has printed is in ``log``."""
        log = self.folder.parent / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                self.wait(process, log)
                yield log
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=30)

    def wait(self, process: subprocess.Popen, log: Path) -> None:
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            try:
                if self.get("/healthz").status == 200:
                    return
            except URLError:
                time.sleep(0.1)
        raise AssertionError("the demo did not answer within a minute:\n" + log.read_text())

    def get(self, path: str):
        return urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10)


@pytest.fixture
def demo(tmp_path) -> Demo:
    return Demo(tmp_path / "var")


def test_it_works(demo):
    with demo.served() as log:
        said = log.read_text()
        assert len(SIGN_IN.findall(said)) == 1, said
        timeline = demo.get("/timeline/").read().decode()
        assert "ByteDance" in timeline
        stylesheet = re.search(r'href="(/static/[^"]+\.css)"', timeline)
        assert stylesheet
        assert demo.get(stylesheet[1]).status == 200
    assert demo.folder.stat().st_mode & 0o777 == 0o700


def test_a_second_run_keeps_everything(demo):
    assert SIGN_IN.search(demo.manage("demo", "--no-serve"))
    key = (demo.folder / "secret.key").read_text()
    topic = "from kb.desk.models import *; Topic.objects.create(name='Ours', slug='ours'); "
    count = "from kb.desk.models import *; print('!', Topic.objects.count(), Event.objects.count())"
    before = demo.manage("shell", "-c", topic + count).split("!")[1]
    again = demo.manage("demo", "--no-serve")
    assert "Sign in" not in again, "the password is printed once"
    assert demo.manage("shell", "-c", count).split("!")[1] == before
    assert (demo.folder / "secret.key").read_text() == key


def test_a_port_in_use_is_said_before_anything_is_done(demo):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        refused = subprocess.run(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=demo.environment,
            capture_output=True,
            text=True,
        )
    assert refused.returncode != 0
    assert f"PORT={demo.port + 1} make demo" in refused.stderr
    assert [path.name for path in demo.folder.iterdir()] == ["secret.key"]
