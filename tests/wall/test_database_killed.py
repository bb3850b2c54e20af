"""PostgreSQL is killed and started again: no status 500, no lost text, no other restart."""

from __future__ import annotations

import json
import re
import shutil
import time

import pytest
from django.db import connections  # noqa: F401 (the condition below)

from tests.clusters import Server, binaries_for_replicas
from tests.local_server import LocalServer
from tests.wall.test_replicas import KEY, PASSWORD, TOKEN, Visitor, prepared, served  # noqa: F401

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("connections['default'].vendor != 'postgresql'"),
    pytest.mark.skipif(not binaries_for_replicas(), reason="pg_basebackup is not installed"),
]
WORDS = "What I typed while the database was killed."


def test_killed_database_gives_503_and_the_text_and_needs_no_restart(prepared, record_property):  # noqa: F811
    server = Server(prepared.data.parent / "killed")
    shutil.copytree(prepared.data, server.data, copy_function=shutil.copy)
    user, group = prepared.data.stat().st_uid, prepared.data.stat().st_gid
    for path in (server.data, *server.data.rglob("*")):
        shutil.chown(path, user, group)
    server.start()
    local = LocalServer(
        prepared.data.parent / "var",
        KB_SECRET_KEY=KEY,
        KB_DATABASE_URL=f"postgres://postgres@{server.address}/postgres",
        KB_PUBLIC_DB_USER="kb_replica_reader",
    )
    log = local.folder.parent / "killed.log"
    with served(local, log):
        editor, reader = Visitor(local.port), Visitor(local.port)
        editor.post("/admin/login/", {"login": "editor", "password": PASSWORD})
        key = server.sql("SELECT min(id) FROM desk_event")[0][0]
        address = f"/admin/desk/event/{key}/review/"
        form = editor.get(address).text
        remark = {
            "_comment": "1",
            "comment": WORDS,
            "csrfmiddlewaretoken": TOKEN.search(form)[1],
            "_whose": re.search(r'name="_whose" value="([^"]+)"', form)[1],
        }
        for _worker in range(8):  # each keeps its own answers
            reader.get("/timeline/")
        server.stop("immediate")
        kept = [reader.get("/timeline/").status for _worker in range(8)]
        new = [reader.get(f"/timeline/?q=x{number}") for number in range(4)]
        lost = editor.get(address, remark)
        ready = reader.get("/readyz")
        # One of the two workers may not have been asked before.
        assert 200 in kept and set(kept) <= {200, 503}
        assert {answer.status for answer in new} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in new)
        assert lost.status == 503 and lost.text.count(WORDS) == 2
        assert int(lost.headers["retry-after"]) > 0
        assert reader.get("/healthz").status == 200
        expected = {200: "degraded", 503: "unavailable"}
        assert json.loads(ready.text)["status"] == expected[ready.status]
        server.start()
        try:
            started = time.monotonic()
            until = started + 20
            while reader.get("/timeline/?q=back").status != 200 and time.monotonic() < until:
                time.sleep(0.2)
            record_property(
                "largest seconds until it answers", round(time.monotonic() - started, 1)
            )
            assert reader.get("/timeline/?q=again").status == 200
            assert editor.get(address, remark).status == 200
            assert WORDS in editor.get(address).text
        finally:
            server.stop("immediate")
    assert '"Internal Server Error"' not in log.read_text()
