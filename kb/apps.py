"""The wiring as a Django app: it has no tables, it only brings the system checks along."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Registers ``kb.checks`` when Django starts."""

    name = "kb"
    label = "wiring"

    def ready(self) -> None:
        from kb import checks  # noqa: F401 (importing registers; not before the models are loaded)
