"""The WSGI entry point: ``gunicorn kb.wsgi`` serves the demo and production.

WSGI and not ASGI, because the wall (kb.record.wall) needs one context per request, and every page
is a few index reads, for which threads are sufficient.
"""

import os
import sys

from django.core.wsgi import get_wsgi_application

from kb import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")

# To gunicorn, 3 means that a worker cannot start. After any other exit it starts the next worker.
CANNOT_START = 3

try:
    application = get_wsgi_application()
except env.SettingError as error:
    # Caught here because web servers print a traceback for each exception but SystemExit.
    env.print_error(error)
    sys.exit(CANNOT_START)

# Models can be imported now that the application exists.
from kb.record.pending_index import continue_after_restart  # noqa: E402

continue_after_restart()
