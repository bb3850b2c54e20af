"""A site below a path of its host: every link works and stays below it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kb.sub_path import SubPath
from tests.crawl import crawl, http_fetch, starts_of
from tests.local_server import ROOT, LocalServer, free_port
from tests.nginx import NGINX, running_nginx, wait_for

pytestmark = [pytest.mark.one_database, pytest.mark.slow]

SITE = "http://record.example/story"
KEY = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnop"
# The proxy passes the path on, or removes it.
PROXY_PASS = {"passed on": "", "removed": "/"}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/story/timeline/", ("/story", "/timeline/")),
        ("/story/", ("/story", "/")),
        ("/story", ("/story", "/")),
        ("/timeline/", ("/story", "/timeline/")),
        ("/storyboard/", ("/story", "/storyboard/")),
        ("/", ("/story", "/")),
    ],
)
def test_path_of_the_site_becomes_the_script_name(path, seen):
    requests = []

    def application(environ, start_response):
        requests.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        return []

    SubPath(application, "/story")({"PATH_INFO": path}, lambda *arguments: None)
    assert requests == [seen]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> LocalServer:
    """The sample story and the static files, for a site with a path."""
    folder = tmp_path_factory.mktemp("site") / "var"
    variables = {"KB_SITE_URL": SITE, "KB_SECRET_KEY": KEY}
    server = LocalServer(folder, **variables, DJANGO_SETTINGS_MODULE="kb.settings")
    server.copy_tables()
    for arguments in (
        ["loaddata", "bytedance-openai", "--verbosity=0"],
        ["collectstatic", "--noinput", "--verbosity=0"],
    ):
        server.manage(*arguments)
    return server


def test_every_link_works_below_the_path(server):
    result = subprocess.run(
        [sys.executable, "-m", "tests.crawl"],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["errors"] == []
    assert len(report["paths"]) > 100


@pytest.fixture(scope="module")
def gunicorn_port(server) -> int:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "kb.wsgi", "--threads=4", f"--bind=127.0.0.1:{port}",
         "--worker-class=kb.worker.Worker", "--no-control-socket"],
        cwd=ROOT, env=server.environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=40)


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
@pytest.mark.parametrize("rest", PROXY_PASS.values(), ids=PROXY_PASS)
def test_every_link_works_behind_nginx(gunicorn_port, tmp_path: Path, rest):
    server = "include /etc/nginx/record/below-path.conf;"
    # The crawl asks faster than one visitor may.
    changes = {"rate=20r/s": "rate=100000r/s", "http://record;": f"http://record{rest};"}
    with running_nginx(tmp_path, gunicorn_port, server, changes) as port:
        report = crawl(http_fetch(port, host="record.example"), SITE, starts_of(SITE))
    assert report.errors == []
    assert len(report.paths) > 100
