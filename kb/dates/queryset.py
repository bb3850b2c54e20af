"""A QuerySet that keeps the columns of a date together."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from django.core.exceptions import FieldError
from django.db import models

from kb.dates.value import FuzzyDate

Row = TypeVar("Row", bound=models.Model)
Method = TypeVar("Method", bound=Callable[..., object])


class DateField(Protocol):
    """The part of ``FuzzyDateField`` that is used here. Its module imports this one."""

    name: str

    def columns(self) -> tuple[str, ...]: ...

    def to_python(self, value: object) -> FuzzyDate: ...


def alters_data(method: Method) -> Method:
    """Mark a method so that Django's templates do not call it."""
    method.__dict__["alters_data"] = True
    return method


class FuzzyDateQuerySet(models.QuerySet[Row]):
    """``update``, ``bulk_update`` and ``bulk_create`` that also write the other columns of a date.

    ``update(happened="2023-05")`` also writes the bounds, and the phrase, zone and time of the new
    date unless they are given. Bounds cannot be updated alone, nor a date from an expression,
    because the database cannot read EDTF: both raise FieldError.
    """

    @alters_data
    def update(self, **kwargs: Any) -> int:
        values = dict(kwargs)
        for field in self._dates():
            columns = field.columns()
            present = [column for column in columns if column in values]
            if len(present) == len(columns) and all(
                _is_expression(values[name]) for name in present
            ):
                continue  # bulk_update(), which sets every column from an instance
            bounds = [column for column in columns[-2:] if column in values]
            if bounds:
                raise FieldError(
                    f"{bounds[0]} is computed from {field.name}. Update {field.name} instead."
                )
            if field.name not in values:
                continue
            if _is_expression(values[field.name]):
                raise FieldError(
                    f"{field.name} cannot be updated from an expression, because its bounds are "
                    "computed in Python."
                )
            when = field.to_python(values[field.name])
            parts = (when.edtf, when.phrase, when.zone, when.time, when.earliest, when.latest)
            for column, part in zip(columns, parts, strict=True):
                if column == field.name or column not in values:
                    values[column] = part
        return super().update(**values)

    @alters_data
    def bulk_update(
        self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        return super().bulk_update(objs, self._with_companions(fields), batch_size=batch_size)

    @alters_data
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

    def _dates(self) -> list[DateField]:
        fields: Iterable[Any] = self.model._meta.concrete_fields
        return [field for field in fields if hasattr(field, "companions")]

    def _with_companions(self, names: Iterable[str]) -> list[str]:
        """Return the names, with all columns of each date whose EDTF column is named."""
        columns_to_write = list(dict.fromkeys(names))
        for field in self._dates():
            columns = field.columns()
            bounds = [column for column in columns[-2:] if column in columns_to_write]
            if bounds and field.name not in columns_to_write:
                raise FieldError(
                    f"{bounds[0]} is computed from {field.name}. Update {field.name} instead."
                )
            if field.name in columns_to_write:
                columns_to_write.extend(
                    column for column in columns if column not in columns_to_write
                )
        return columns_to_write


def _is_expression(value: object) -> bool:
    return hasattr(value, "resolve_expression")
