"""A Django app without tables that registers the system checks."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Registers ``kb.checks`` when Django starts."""

    name = "kb"
    label = "wiring"

    def ready(self) -> None:
        from kb import checks  # noqa: F401 (the import registers them; models must be loaded)
