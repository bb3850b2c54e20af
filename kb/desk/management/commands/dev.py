"""``manage.py dev``: the sample stories on a server that restarts when the code changes.

``manage.py`` gives this command debug pages and a data folder of its own, unless ``KB_DEBUG`` and
``KB_DATA_DIR`` say otherwise.
"""

from __future__ import annotations

from django.conf import settings

from kb.desk.management.commands import demo


class Command(demo.Command):
    """What ``demo`` does, with Django's development server."""

    name = "dev"
    help = "Set up the database and serve the sample data for development on port PORT."

    def collect_static_files(self) -> None:
        """Do nothing: with debug pages on, static files are served from their folders."""

    def server(self) -> list[str]:
        """The arguments with which Python runs the web server."""
        return ["manage.py", "runserver", f"127.0.0.1:{settings.PORT}"]
