"""PgBouncer in transaction mode: each transaction may have another session of the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from bench.generate import fill
from kb.record.wall import PUBLIC
from tests.local_server import free_port

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.wall,
    pytest.mark.slow,
    pytest.mark.skipif("connections['default'].vendor != 'postgresql'"),
    pytest.mark.skipif(not PGBOUNCER, reason="pgbouncer is not installed"),
]


@pytest.fixture
def pooler(tmp_path):
    """A pooler in front of the test database; the readers' alias connects through it."""
    desk, public = (connections[alias].settings_dict for alias in ("default", PUBLIC))
    host = desk["OPTIONS"].get("host") or desk["HOST"]
    port, users = free_port(), tmp_path / "users.txt"
    users.write_text(
        "".join(f'"{entry["USER"]}" "{entry["PASSWORD"]}"\n' for entry in (desk, public))
    )
    (tmp_path / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={host} port={desk['PORT'] or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
        # Two sessions, so that neighbouring transactions get different ones.
        f"default_pool_size = 2\nserver_round_robin = 1\nlogfile = {tmp_path}/log\n"
    )
    user = []
    if os.geteuid() == 0:
        # PgBouncer refuses root. The user of the server may enter the folder of its socket.
        owner = Path(host).owner() if host.startswith("/") else "nobody"
        user = ["-u", owner]
        shutil.chown(tmp_path, owner)
        for parent in tmp_path.parents:
            if parent == Path(tempfile.gettempdir()):
                break
            parent.chmod(parent.stat().st_mode | 0o011)
    process = subprocess.Popen(
        [PGBOUNCER, "-q", *user, str(tmp_path / "pgbouncer.ini")], stderr=subprocess.DEVNULL
    )
    saved = dict(public)
    connections[PUBLIC].close()
    public.update(HOST="127.0.0.1", PORT=str(port), OPTIONS={})
    try:
        _connect()
        yield public
    finally:
        connections[PUBLIC].close()
        public.clear()
        public.update(saved)
        process.terminate()
        process.wait(timeout=20)


def _connect() -> None:
    end = time.monotonic() + 20
    while True:
        try:
            connections[PUBLIC].ensure_connection()
            return
        except OperationalError:
            assert time.monotonic() < end
            time.sleep(0.2)


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-events-1.xml",
        "/sitemap-incidents-1.xml",
        "/sitemap-actors-1.xml",
        "/timeline.csv",
        "/timeline.jsonl",
        "/actors.csv",
        "/timeline/",
        "/timeline.json",
    ],
)
def test_pages_and_streams_are_whole(reader, pooler, monkeypatch, path):
    monkeypatch.setattr("kb.site.pages.sitemap.BATCH_SIZE", 2)
    monkeypatch.setattr("kb.record.export.BATCH_SIZES", (2,))
    fill(6)
    for _ in range(6):
        response = reader.get(path)
        assert response.status_code == 200
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert content
        response.close()


def test_role_of_the_desk_connects_and_leaves_the_desk_able_to_write(reader, pooler):
    desk = connections["default"].settings_dict
    connections[PUBLIC].close()
    pooler.update(USER=desk["USER"], PASSWORD=desk["PASSWORD"])
    assert reader.get("/timeline/").status_code == 200
    for _ in range(4):
        with connections[PUBLIC].cursor() as cursor:
            cursor.execute("SHOW default_transaction_read_only")
            assert cursor.fetchone() == ("off",)
