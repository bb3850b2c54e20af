"""`make demo`: one command serves a page, and a second run keeps everything."""

from __future__ import annotations

import socket

import pytest

from tests.local_server import SIGN_IN, LocalServer, stylesheet_of

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path) -> LocalServer:
    return LocalServer(tmp_path / "var")


def test_demo_serves_the_sample_story(demo):
    with demo.served("demo") as log:
        printed = log.read_text()
        assert len(SIGN_IN.findall(printed)) == 1, printed
        assert "rights changed" not in printed
        timeline = demo.get("/timeline/").read().decode()
        assert "ByteDance" in timeline
        assert demo.get(stylesheet_of(timeline)).status == 200
    assert demo.folder.stat().st_mode & 0o777 == 0o700


def test_second_run_of_demo_keeps_everything(demo):
    demo.copy_tables()
    assert SIGN_IN.search(demo.manage("demo", "--no-serve"))
    key = (demo.folder / "secret.key").read_text()
    topic = "from kb.desk.models import *; Topic.objects.create(name='Ours', slug='ours'); "
    count = "from kb.desk.models import *; print('!', Topic.objects.count(), Event.objects.count())"
    before = demo.manage("shell", "-c", topic + count).split("!")[1]
    again = demo.manage("demo", "--no-serve")
    assert "Sign in" not in again, "the password is printed once"
    assert demo.manage("shell", "-c", count).split("!")[1] == before
    assert (demo.folder / "secret.key").read_text() == key


@pytest.mark.parametrize("command", ["demo", "dev"])
def test_port_in_use_is_reported_before_any_work(demo, command):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", demo.port))
        listener.listen()
        refused = demo.run(command)
    assert refused.returncode != 0
    assert f"PORT={demo.port + 1} make {command}" in refused.stderr
    assert [path.name for path in demo.folder.iterdir()] == ["secret.key"]
