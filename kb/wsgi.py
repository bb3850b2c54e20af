"""The WSGI entry point: ``gunicorn kb.wsgi`` serves the demo and production.

WSGI and not ASGI, because the wall (kb.record.wall) needs one context per request, and every page
is a few index reads, for which threads are sufficient.
"""

import os
import sys
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kb import env
from kb.sub_path import SubPath

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")

# To gunicorn, 3 means that a worker cannot start. After any other exit it starts the next worker.
CANNOT_START = 3


def make_application() -> WSGIApplication:
    """Return Django, with stored responses in front of it unless ``KB_KEPT_ANSWERS_MB`` is 0."""
    application: WSGIApplication = get_wsgi_application()
    if settings.KEPT_ANSWERS_MB:
        # It reads models and settings, which are ready only now.
        from kb.response_cache.application import ResponseCache

        max_bytes = settings.KEPT_ANSWERS_MB * 1024 * 1024
        application = ResponseCache(application, max_bytes=max_bytes)
    return SubPath(application, settings.SITE_PATH) if settings.SITE_PATH else application


try:
    application = make_application()
except env.SettingError as error:
    # Caught here because web servers print a traceback for each exception but SystemExit.
    env.print_error(error)
    sys.exit(CANNOT_START)

# Models can be imported now that the application exists.
from kb.record.pending_index import continue_after_restart  # noqa: E402

continue_after_restart()
