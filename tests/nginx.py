"""Run a real nginx with the files of ``deploy/nginx/``."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.local_server import ROOT, free_port

FILES = ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running_nginx(
    folder: Path, upstream_port: int, server: str, changes: dict[str, str] | None = None
) -> Iterator[int]:
    """Run nginx inside the block; the value is its port.

    ``server`` is the content of the server block, after its ``listen``. ``changes`` are texts of
    the files in ``deploy/nginx/`` and what stands there instead.
    """
    port, record = free_port(), folder / "record"
    replacements = {
        "/etc/nginx/record": str(record),
        "/var/cache/nginx/record": str(folder / "cache"),
        "server web:8000": f"server 127.0.0.1:{upstream_port}",
        **(changes or {}),
    }
    shutil.copytree(FILES, record)
    for path in record.rglob("*.conf"):
        path.write_text(_replaced(path.read_text(encoding="utf-8"), replacements))
    config = folder / "nginx.conf"
    config.write_text(
        f"""
        {"user root;" if os.geteuid() == 0 else ""}
        pid {folder}/pid; error_log stderr; daemon off; events {{}}
        http {{
          access_log off;
          client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          include {record}/upstream.conf;
          server {{ listen 127.0.0.1:{port}; {_replaced(server, replacements)} }}
        }}
        """
    )
    process = subprocess.Popen([str(NGINX), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _replaced(text: str, replacements: dict[str, str]) -> str:
    for name, value in replacements.items():
        text = text.replace(name, value)
    return text


def wait_for(port: int) -> None:
    """Wait until something answers at this port, for half a minute at most."""
    for _ in range(300):
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within 30 seconds")
