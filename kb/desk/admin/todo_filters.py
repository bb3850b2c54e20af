"""Filters of the admin's lists for what is still missing: a source, a date, exact words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kb.desk.models import Actor, AuditEntry, Citation, Source, SourceCheck, SourceRelation
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.models.source_checks import CheckState, CheckTarget
from kb.desk.quoting import COMPOSED_FORMS
from kb.record.origins import SourceLink, SupportingSource, origin_groups
from kb.record.vocabulary import Label, RequestOutcome

# How the notes of migration 0011 in the audit log begin.
CLEARED_NOTE = "The wording “"
# Selects, of the rows of a list, those that lack something.
RowSelection = Callable[[QuerySet[Any]], QuerySet[Any]]


class TodoFilter(SimpleListFilter):
    """A filter for rows that lack something. Each value is one thing that they may lack."""

    title = _("to do")
    parameter_name = "needs"
    # By value: (label, the rows that lack it).
    selections: ClassVar[dict[str, tuple[Label, RowSelection]]] = {}

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, (label, _select) in self.selections.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        selection = self.selections.get(self.value() or "")
        return selection[1](queryset) if selection else queryset


def single_origin(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Entries whose supporting sources have one independent origin, or that have none.

    A source that was not read does not count. Reads all citations of the table, so that the count
    is the one that readers see.
    """
    kind = rows.model.kind
    supporting = Citation.objects.supporting()
    cited: dict[int, list[SupportingSource]] = {}
    for entry, source in supporting.exclude(**{kind: None}).values_list(f"{kind}_id", "source_id"):
        cited.setdefault(entry, []).append(SupportingSource(str(source)))
    links = [
        SourceLink(str(source), str(parent), derivation)
        for source, parent, derivation in SourceRelation.objects.values_list(
            "source_id", "parent_id", "derivation"
        )
    ]
    owners = publisher_owners()
    several = [
        entry
        for entry, sources in cited.items()
        if len(sources) > 1 and len(origin_groups(sources, links, owners)) > 1
    ]
    return rows.exclude(pk__in=several)


def publisher_owners() -> dict[str, str]:
    """The topmost owner of the publisher of each source that has one, by keys as text."""
    wholes = dict(Actor.objects.exclude(part_of=None).values_list("pk", "part_of_id"))
    owners: dict[str, str] = {}
    for source, owner in Source.objects.exclude(publisher=None).values_list("pk", "publisher_id"):
        visited = {owner}
        while wholes.get(owner, owner) not in visited:
            owner = wholes[owner]
            visited.add(owner)
        owners[str(source)] = str(owner)
    return owners


def without_source_phrase(date: str) -> RowSelection:
    """Rows whose date is longer than one day and has no words of a source.

    ``date`` is the name of the field.
    """

    def select(rows: QuerySet[Any]) -> QuerySet[Any]:
        is_exact = Q(**{f"{date}_earliest": F(f"{date}_latest")})
        return rows.exclude(is_exact).filter(**{f"{date}_phrase": ""}).exclude(**{date: ""})

    return select


def with_cleared_phrase(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that lost the wording of a date in migration 0011 and were not saved since."""
    later = AuditEntry.objects.filter(
        public_id=OuterRef("public_id"), pk__gt=OuterRef("pk"), done=Action.SAVED
    )
    cleared = AuditEntry.objects.filter(note__startswith=CLEARED_NOTE).exclude(
        Exists(later.exclude(note__startswith=CLEARED_NOTE))
    )
    return rows.filter(public_id__in=cleared.values("public_id"))


CLEARED_PHRASE: tuple[Label, RowSelection] = (
    _("a checked wording of the date"),
    with_cleared_phrase,
)


def with_check(*states: CheckState) -> RowSelection:
    """Sources of which the last check found one of these states. Withdrawn ones are left out."""

    def select(rows: QuerySet[Any]) -> QuerySet[Any]:
        checks = SourceCheck.objects.current().filter(state__in=states)
        checked = rows.filter(public_id__in=checks.values("public_id"))
        return checked.exclude(state=WorkflowState.WITHDRAWN)

    return select


def without_check(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Sources whose link was never checked."""
    links = SourceCheck.objects.current().filter(target=CheckTarget.PAGE)
    return rows.exclude(url="").exclude(public_id__in=links.values("public_id"))


class SourceTodoFilter(TodoFilter):
    selections = {
        "copy": (_("an archived copy"), lambda rows: rows.filter(archive_url="").exclude(url="")),
        "date": (_("a date"), lambda rows: rows.filter(published="")),
        "publisher": (_("a publisher"), lambda rows: rows.filter(publisher=None)),
        "found": (_("a page that was found at the last check"), with_check(CheckState.NOT_FOUND)),
        "opened": (
            _("a page that could be opened at the last check"),
            with_check(CheckState.REFUSED, CheckState.UNREACHABLE),
        ),
        "moved": (_("the new address of a page that moved"), with_check(CheckState.MOVED)),
        "words": (_("their cited words on the page"), with_check(CheckState.WORDS_NOT_FOUND)),
        "check": (_("a check of the link"), without_check),
    }


class EventTodoFilter(TodoFilter):
    selections = {
        "source": (_("a second, independent source"), single_origin),
        "phrase": (_("the wording of the date in the source"), without_source_phrase("happened")),
        "cleared": CLEARED_PHRASE,
    }


class StatementTodoFilter(TodoFilter):
    selections = {
        "source": (_("a second, independent source"), single_origin),
        "phrase": (_("the wording of the date in the source"), without_source_phrase("said")),
        "cleared": CLEARED_PHRASE,
        "exact": (
            _("the words of a source for the quotation"),
            lambda rows: rows.filter(form__in=COMPOSED_FORMS).exclude(
                pk__in=rows.model.objects.filter(citations__quoted=True).values("pk")
            ),
        ),
    }


class ClaimTodoFilter(TodoFilter):
    selections = {"cleared": CLEARED_PHRASE}


class RequestTodoFilter(TodoFilter):
    selections = {
        "source": (_("a second, independent source"), single_origin),
        "phrase": (_("the wording of the date in the source"), without_source_phrase("asked_on")),
        "answer": (
            _("the statement that answers it"),
            lambda rows: rows.filter(outcome=RequestOutcome.ANSWERED, answer=None),
        ),
        "asker": (_("who asked"), lambda rows: rows.filter(asked_by=None)),
    }
