"""A model with a date, so that these tests need no other room."""

import pytest
from django.apps.registry import Apps
from django.db import connection, models

from kb.dates import FuzzyDateField, FuzzyDateQuerySet, bounds_constraint, time_constraint

registry = Apps()


class Happening(models.Model):
    """A thing with a name and a date."""

    name = models.CharField(max_length=50, default="it")
    happened = FuzzyDateField("happened", blank=True)
    note = models.CharField(max_length=50, blank=True)

    objects = FuzzyDateQuerySet.as_manager()

    class Meta:
        apps = registry
        app_label = "dates_tests"
        constraints = [
            bounds_constraint("dates_tests_happening", "happened"),
            time_constraint("dates_tests_happening", "happened"),
        ]

    def __str__(self):
        return self.name


class Dated(models.Model):
    """An abstract model. A subclass must have its field with all columns."""

    happened = FuzzyDateField("happened")

    objects = FuzzyDateQuerySet.as_manager()

    class Meta:
        abstract = True
        app_label = "dates_tests"

    def __str__(self):
        return str(self.happened)


class Release(Dated):
    class Meta:
        apps = registry
        app_label = "dates_tests"


TABLES = [Happening, Release]


@pytest.fixture(scope="session")
def _tables(django_db_setup, django_db_blocker):
    # Outside the transaction of a test, because SQLite cannot change its schema inside one.
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in TABLES:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in TABLES:
                editor.delete_model(model)


@pytest.fixture
def rows(_tables, db):
    """The queryset of an empty table of ``Happening``."""
    return Happening.objects.all()


@pytest.fixture
def known_models(monkeypatch):
    """Serializers and pickles look models up by name in the registry of the installed apps."""

    class Known:
        @staticmethod
        def get_model(label, name=None):
            return registry.all_models["dates_tests"][(name or label.split(".")[1]).lower()]

    for place in ("django.core.serializers.python", "django.db.models.base"):
        monkeypatch.setattr(f"{place}.apps", Known)
