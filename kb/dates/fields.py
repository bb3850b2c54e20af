"""``FuzzyDateField``: one date of a model, stored in five columns that always agree.

``happened = FuzzyDateField("happened", blank=True)`` makes these columns::

    happened             the EDTF text, "" if the date is not known
    happened_phrase      the wording of the source
    happened_zone        the time zone given by the source
    happened_earliest    first and last day, for filters and order; computed from the EDTF whenever
    happened_latest      the row is written: assigning them has no effect

``obj.happened`` is a ``FuzzyDate``. You can assign a FuzzyDate, a ``datetime.date``, None, or text
in EDTF or plain language, whose words do not become the phrase. Text that cannot be read is kept as
typed until validation or save raises an error. Use ``FuzzyDateQuerySet``, which keeps the columns
together in ``update``. Filter by the bounds, or by ``happened="2023-04"`` for exactly that EDTF;
``values()`` returns the text.
"""

from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core import checks, exceptions
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from kb.dates.edtf import MAX_EDTF, DateError, not_text
from kb.dates.form_field import FuzzyDateFormField
from kb.dates.queryset import FuzzyDateQuerySet
from kb.dates.reading import MAX_TEXT, parse
from kb.dates.value import UNKNOWN, FuzzyDate

# The field classes are generic for the type checker only.
if TYPE_CHECKING:
    _CharField = models.CharField[Any, Any]
    _DateField = models.DateField[Any, Any]
else:
    _CharField = models.CharField
    _DateField = models.DateField

MAX_ZONE = 40


def fuzzy_date(value: object) -> FuzzyDate:
    """Return the FuzzyDate for a value that may be assigned. Raises DateError.

    Words that are assigned as a date are somebody's shorthand, and so not the phrase.
    """
    if isinstance(value, FuzzyDate):
        return value
    if value is None:
        return UNKNOWN
    if isinstance(value, date) and not isinstance(value, datetime):
        return FuzzyDate(value.isoformat())
    if isinstance(value, str):
        return replace(parse(value), phrase="")
    raise not_text(value)


class StoredEDTF(str):
    """EDTF from the database. Setting it does not change the phrase and the zone."""

    __slots__ = ()


class FuzzyDateDescriptor(DeferredAttribute):
    """``obj.happened``. The instance's ``__dict__`` holds the EDTF, or the unreadable value."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        state, name = instance.__dict__, self.field.attname
        if name not in state:
            super().__get__(instance, cls)
        edtf = state[name]
        if not isinstance(edtf, str):
            return edtf
        try:
            return FuzzyDate(
                edtf, self._companion(instance, "phrase"), self._companion(instance, "zone")
            )
        except DateError:
            return edtf

    def __set__(self, instance: Any, value: Any) -> None:
        state, name = instance.__dict__, self.field.attname
        if isinstance(value, StoredEDTF):
            state[name] = str(value)
            return
        try:
            when = fuzzy_date(value)
        except DateError:
            state[name] = value
            return
        # When an instance is constructed, Django sets every column once, in order. The phrase and
        # the zone of this date must not be overwritten by the defaults that are set next.
        is_constructing = name not in state and instance._state.adding
        state[name] = when.edtf
        for part in ("phrase", "zone"):
            column, text = f"{name}_{part}", getattr(when, part)
            if is_constructing and column not in state:
                state[f"_{column}_from_date"] = text
            else:
                state[column] = text
        if not is_constructing:
            # save() leaves out deferred columns, so none may remain deferred.
            for column, day in (
                (f"{name}_earliest", when.earliest),
                (f"{name}_latest", when.latest),
            ):
                state[column] = day

    def _companion(self, instance: Any, part: str) -> str:
        column = f"{self.field.attname}_{part}"
        from_date = instance.__dict__.get(f"_{column}_from_date")
        return from_date or getattr(instance, column, "") or ""


class PhraseDescriptor(DeferredAttribute):
    """``obj.happened_phrase`` and ``obj.happened_zone``."""

    def __set__(self, instance: Any, value: Any) -> None:
        state, name = instance.__dict__, self.field.attname
        from_date = state.pop(f"_{name}_from_date", "")
        state[name] = value or from_date if name not in state else value


class BoundDescriptor(DeferredAttribute):
    """``obj.happened_earliest`` and ``obj.happened_latest``: always those of the current date."""

    field: "BoundField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        if self.field.of not in instance.__dict__:
            return super().__get__(instance, cls)
        try:
            when = fuzzy_date(instance.__dict__[self.field.of])
        except DateError:
            return None
        return getattr(when, self.field.end)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PhraseField(_CharField):
    """The column of a phrase or a zone. FuzzyDateField creates it."""

    descriptor_class = PhraseDescriptor

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Set the text. An empty box for the zone keeps the one typed with the date itself."""
        typed = instance.__dict__.pop(f"_{self.attname}_from_form", "")
        super().save_form_data(instance, data or typed)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # Overridden without a change: update_or_create() saves, besides the columns it gets, only
        # those whose class overrides pre_save().
        return super().pre_save(model_instance, add)


class BoundField(_DateField):
    """The column of a first or last day. FuzzyDateField creates it; ``of`` is the field's name."""

    descriptor_class = BoundDescriptor

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(null=True, blank=True, editable=False, serialize=False)
        super().__init__(*args, **kwargs)

    @property
    def end(self) -> str:
        """ "earliest" or "latest"."""
        return "earliest" if self.name.endswith("_earliest") else "latest"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank", "editable", "serialize"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)


class FuzzyDateField(_CharField):
    """See the module docstring. Migrations use ``companions=False`` and name each column."""

    descriptor_class = FuzzyDateDescriptor
    description = _("Date that may be only partly known (EDTF)")

    def __init__(self, *args: Any, companions: bool = True, **kwargs: Any) -> None:
        self.companions = companions
        kwargs["max_length"] = MAX_EDTF
        super().__init__(*args, **kwargs)
        # Created here, not in contribute_to_class, so that they follow the date in the order of
        # columns and form fields.
        self._companions: dict[str, PhraseField | BoundField] = {
            "phrase": PhraseField(_("wording of the source"), max_length=MAX_TEXT, blank=True),
            "zone": PhraseField(_("time zone"), max_length=MAX_ZONE, blank=True),
            "earliest": BoundField(),
            "latest": BoundField(),
        }

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        if self.companions:
            for part, column in self._companions.items():
                companion = deepcopy(column)
                if isinstance(companion, BoundField):
                    companion.of = name
                companion.contribute_to_class(cls, f"{name}_{part}")
        if not cls._meta.abstract:
            pre_save.connect(self._before_save, sender=cls)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, {**kwargs, "companions": False}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        messages = super().check(**kwargs)
        manager = self.model._default_manager
        if not isinstance(manager.get_queryset(), FuzzyDateQuerySet):
            messages.append(
                checks.Error(
                    f"update() on {self.model.__name__} would not update the bounds of "
                    f"'{self.name}'.",
                    hint="Use a manager based on kb.dates.FuzzyDateQuerySet.",
                    obj=self,
                    id="dates.E001",
                )
            )
        return messages

    def columns(self) -> tuple[str, ...]:
        """The names of all five columns."""
        return (self.name, *(f"{self.name}_{part}" for part in self._companions))

    def _before_save(
        self,
        instance: models.Model,
        raw: bool = False,
        update_fields: frozenset[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the date before save. Raises ValidationError or ValueError.

        A date that cannot be read raises ValidationError before any query, which would break the
        transaction. save(update_fields=["happened"]) raises ValueError, because it would leave the
        bounds unchanged and Django has no way to add them here. Deferred columns have not changed,
        so they may be left out.
        """
        if raw or self.name not in (update_fields or instance.__dict__):
            return
        if self.name in instance.__dict__:
            self.to_python(instance.__dict__[self.name])
        if not update_fields:
            return
        left_out = [
            column
            for column in self.columns()
            if column not in update_fields and column in instance.__dict__
        ]
        if left_out:
            raise ValueError(
                f"save(update_fields=…) includes {self.name!r} but not {', '.join(left_out)}. The "
                "columns of a date must be saved together."
            )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> StoredEDTF | None:
        return StoredEDTF(value) if value is not None else None

    def to_python(self, value: object) -> FuzzyDate:
        try:
            return fuzzy_date(value)
        except DateError as error:
            raise exceptions.ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        """Return the EDTF. Raises ValidationError for text that cannot be read."""
        value = models.Field.get_prep_value(self, value)
        if isinstance(value, StoredEDTF):
            return str(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.to_python(value).edtf

    def validate(self, value: FuzzyDate, model_instance: models.Model | None) -> None:
        super().validate(value.edtf, model_instance)

    def run_validators(self, value: FuzzyDate) -> None:
        super().run_validators(value.edtf)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.edtf if isinstance(value, FuzzyDate) else str(value)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Set the date. The box shows EDTF: an unchanged date keeps its phrase.

        The words typed as the date are never its phrase: a form sets that in a field of its own.
        """
        before = getattr(instance, self.attname)
        phrase = ""
        if isinstance(before, FuzzyDate) and before.edtf == getattr(data, "edtf", None):
            if not data.zone:
                return
            phrase = before.phrase
        if isinstance(data, FuzzyDate):
            data = replace(data, phrase=phrase)
        super().save_form_data(instance, data)
        if zone := getattr(data, "zone", ""):
            instance.__dict__[f"_{self.attname}_zone_from_form"] = zone

    def formfield(self, **kwargs: Any) -> Any:
        # Not CharField.formfield, which sets the length of the column: a phrase may be longer.
        return models.Field.formfield(
            self, **{"form_class": FuzzyDateFormField, "max_length": MAX_TEXT, **kwargs}
        )


def bounds_constraint(model: str, field: str) -> models.CheckConstraint:
    """Return the CheckConstraint that the first day of ``field`` is not after the last.

    Add one for each FuzzyDateField. ``model`` is the prefix of its name, such as "event". The field
    guarantees the same; the constraint is for rows that are written without it.
    """
    earliest, latest = f"{field}_earliest", f"{field}_latest"
    return models.CheckConstraint(
        condition=models.Q(**{f"{earliest}__isnull": True})
        | models.Q(**{f"{latest}__isnull": True})
        | models.Q(**{f"{earliest}__lte": models.F(latest)}),
        name=f"{model}_{earliest}_not_after_latest",
        violation_error_message=_("The first day of a date cannot be after its last."),
    )
