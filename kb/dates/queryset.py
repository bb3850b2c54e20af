"""Keeping the columns of a date together where no instance is saved."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from django.core.exceptions import FieldError
from django.db import models

from kb.dates.value import FuzzyDate

Row = TypeVar("Row", bound=models.Model)


class DateField(Protocol):
    """What is needed here of a ``FuzzyDateField``, whose module imports this one."""

    name: str

    def columns(self) -> tuple[str, ...]: ...

    def to_python(self, value: object) -> FuzzyDate: ...


class FuzzyDateQuerySet(models.QuerySet[Row]):
    """``update``, ``bulk_update`` and ``bulk_create`` that take the other columns of a date along.

    ``update(happened="2023-05")`` also writes the bounds, and the phrase and zone that belong to
    the new date, unless they are given. Bounds alone cannot be updated, nor a date from an
    expression: the database does not read EDTF.
    """

    def update(self, **kwargs: Any) -> int:
        given = dict(kwargs)
        for field in self._dates():
            columns = field.columns()
            named = [column for column in columns if column in given]
            if len(named) == len(columns) and all(_is_expression(given[name]) for name in named):
                continue  # bulk_update(), which has made each of them from an instance
            bounds = [column for column in columns[3:] if column in given]
            if bounds:
                raise FieldError(f"{bounds[0]} follows from {field.name}: update that instead.")
            if field.name not in given:
                continue
            if _is_expression(given[field.name]):
                raise FieldError(
                    f"{field.name} cannot be updated from an expression: its bounds are read from "
                    "the text, which the database cannot do."
                )
            when = field.to_python(given[field.name])
            values = (when.edtf, when.phrase, when.zone, when.earliest, when.latest)
            for column, value in zip(columns, values, strict=True):
                if column == field.name or column not in given:
                    given[column] = value
        return super().update(**given)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(
        self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        return super().bulk_update(objs, self._with_companions(fields), batch_size=batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(
        self,
        objs: Iterable[Row],
        *args: Any,
        update_fields: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> list[Row]:
        if update_fields:
            kwargs["update_fields"] = self._with_companions(update_fields)
        return super().bulk_create(objs, *args, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def _dates(self) -> list[DateField]:
        fields: Iterable[Any] = self.model._meta.concrete_fields
        return [field for field in fields if hasattr(field, "companions")]

    def _with_companions(self, names: Iterable[str]) -> list[str]:
        """The names, with all columns of every date of which any column that decides is named."""
        wanted = list(dict.fromkeys(names))
        for field in self._dates():
            columns = field.columns()
            bounds = [column for column in columns[3:] if column in wanted]
            if bounds and field.name not in wanted:
                raise FieldError(f"{bounds[0]} follows from {field.name}: update that instead.")
            if field.name in wanted:
                wanted.extend(column for column in columns if column not in wanted)
        return wanted


def _is_expression(value: object) -> bool:
    return hasattr(value, "resolve_expression")
