"""Lists of what still wants work: filters beside the lists of the desk."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from kb.record.vocabulary import Bearing, Derivation, StatementForm

SUPPORTING = Q(citations__bearing=Bearing.SUPPORTS)


class TodoFilter(SimpleListFilter):
    """A filter whose values each name one thing that is missing."""

    title = "what it needs"
    parameter_name = "needs"
    # Value: (its words, the rows that want it).
    wants: dict[str, tuple[str, Any]] = {}

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _rows) in self.wants.items()]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        wanted = self.wants.get(self.value() or "")
        return wanted[1](queryset) if wanted else queryset


def single_origin(rows: QuerySet) -> QuerySet:
    """Entries all of whose supporting sources go back to one, or that have none.

    Two steps back: a rewrite of a translation is the article that was translated. What a source
    found out by itself is its own, whatever it also names.
    """
    is_own = Q(citations__source__derivation=Derivation.OWN_REPORTING)
    origin = Case(
        When(is_own, then=F("citations__source")),
        default=Coalesce(
            "citations__source__derives_from__derives_from",
            "citations__source__derives_from",
            "citations__source",
        ),
    )
    origins = Count(origin, filter=SUPPORTING, distinct=True)
    return rows.annotate(origins=origins).filter(origins__lte=1)


def without_source_phrase(date: str) -> Any:
    """Rows whose date has more than one day and no words of a source: ``date`` is the field."""

    def found(rows: QuerySet) -> QuerySet:
        is_exact = Q(**{f"{date}_earliest": F(f"{date}_latest")})
        return rows.exclude(is_exact).filter(**{f"{date}_phrase": ""}).exclude(**{date: ""})

    return found


class SourceTodoFilter(TodoFilter):
    wants = {
        "copy": ("an archived copy", lambda rows: rows.filter(archive_url="").exclude(url="")),
        "date": ("a date", lambda rows: rows.filter(published="")),
        "publisher": ("a publisher", lambda rows: rows.filter(publisher=None)),
    }


class EventTodoFilter(TodoFilter):
    wants = {
        "source": ("a second, independent source", single_origin),
        "phrase": ("the source’s words for its date", without_source_phrase("happened")),
    }


class StatementTodoFilter(TodoFilter):
    wants = {
        "source": ("a second, independent source", single_origin),
        "phrase": ("the source’s words for its date", without_source_phrase("said")),
        "exact": (
            "exact words to check the quotation by",
            lambda rows: rows.filter(form=StatementForm.VERBATIM).exclude(
                pk__in=rows.model.objects.filter(citations__exact__gt="").values("pk")
            ),
        ),
    }
