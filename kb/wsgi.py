"""The WSGI entry point: ``gunicorn kb.wsgi`` serves the demo and production alike.

WSGI and not ASGI: the wall (kb.record.wall) rests on one request being one context, and every
page is a few index reads, which threads serve well.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")

application = get_wsgi_application()
