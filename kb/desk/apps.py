from django.apps import AppConfig
from django.db.models.signals import post_migrate

from kb.desk.roles import make_groups


class DeskConfig(AppConfig):
    """The desk: where editors draft, check and correct before anything is published."""

    name = "kb.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        post_migrate.connect(make_groups, sender=self)
