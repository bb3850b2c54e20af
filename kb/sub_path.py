"""A site below a path of its host, such as https://example.org/story: its requests.

``FORCE_SCRIPT_NAME`` puts the path of ``KB_SITE_URL`` in front of every link. A proxy may pass it
on or remove it: both kinds of requests are for the same page.
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class SubPath:
    """Wraps a WSGI application: moves the path of the site from PATH_INFO to SCRIPT_NAME.

    ``path`` has a slash at its beginning and none at its end.
    """

    def __init__(self, application: WSGIApplication, path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._path or path.startswith(f"{self._path}/"):
            environ["PATH_INFO"] = path[len(self._path) :] or "/"
        environ["SCRIPT_NAME"] = self._path
        return self._application(environ, start_response)
