from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk: where editors draft, check and correct before anything is published."""

    name = "kb.desk"
    label = "desk"
    verbose_name = "Desk"
