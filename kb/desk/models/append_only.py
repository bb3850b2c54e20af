"""Logs: tables whose rows are only added."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from kb.record.models import AppendOnly

Row = TypeVar("Row", bound=models.Model)


class LogQuerySet(models.QuerySet[Row]):
    """Rows of a log. They can be read and added; updates and deletions raise AppendOnly."""

    def update(self, **values: Any) -> int:
        raise AppendOnly("The log cannot be edited.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Log entries cannot be deleted.")


class LogModel(models.Model):
    """A row of a log. Changing or deleting it raises AppendOnly."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("The log cannot be edited.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Log entries cannot be deleted.")
