"""A site below a path of its host: every link works and stays below it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kb.sub_path import SubPath
from tests.crawl import crawl, http_fetch, starts_of
from tests.local_server import ROOT, LocalServer, free_port

pytestmark = [pytest.mark.one_database, pytest.mark.slow]

SITE = "http://record.example/story"
KEY = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnop"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
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


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within 30 seconds")


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
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"""
        pid {tmp_path}/pid; error_log stderr; daemon off; events {{}}
        http {{
          access_log off;
          client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;
          fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
          server {{
            listen 127.0.0.1:{port};
            location /story/ {{
              proxy_set_header Host $http_host;
              proxy_pass http://127.0.0.1:{gunicorn_port}{rest};
            }}
          }}
        }}
        """
    )
    process = subprocess.Popen([str(NGINX), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        report = crawl(http_fetch(port, host="record.example"), SITE, starts_of(SITE))
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert report.errors == []
    assert len(report.paths) > 100
