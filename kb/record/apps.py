from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The record: append-only revisions and the read index that readers are served from."""

    name = "kb.record"
    label = "record"
