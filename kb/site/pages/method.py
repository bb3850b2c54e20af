"""The contexts of the pages about the method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.dates import RULES, RULES_VERSION, FuzzyDate
from kb.dates.proposals import EXAMPLE_DAY
from kb.record.vocabulary import Change
from kb.site.pages.contact import Contact, contact
from kb.site.pages.glossary import CHANGES, VOCABULARIES, Vocabulary
from kb.site.pages.page_meta import Head, page_head


class MethodContext(TypedDict):
    """``description`` is shown below the title and is also the description in the metadata."""

    title: str
    description: str
    head: Head
    nav: str


class DatesContext(MethodContext):
    rules: Sequence[object]
    version: int | str
    example_day: str


class GlossaryContext(MethodContext):
    vocabularies: Sequence[Vocabulary]


class ChangeMeaning(TypedDict):
    word: str
    meaning: str
    id: str


class CorrectionsContext(MethodContext):
    changes: list[ChangeMeaning]
    contact: Contact | None


def method_context(request: HttpRequest) -> MethodContext:
    description = _(
        "We confirm that something was said or published, and by whom. We do not confirm that it "
        "is true."
    )
    return _method_page(request, _("Method"), description)


def dates_context(request: HttpRequest) -> DatesContext:
    description = _(
        "No date is shown more precisely than its source gives it. Each date is read by one of "
        "these rules, and the wording of the source is kept with it."
    )
    page = _method_page(request, _("How dates are read"), description)
    example_day = FuzzyDate(EXAMPLE_DAY.isoformat()).words()
    return {**page, "rules": RULES, "version": RULES_VERSION, "example_day": example_day}


def glossary_context(request: HttpRequest) -> GlossaryContext:
    description = _("The terms used to label entries, sources and claims.")
    return {**_method_page(request, _("Glossary"), description), "vocabularies": VOCABULARIES}


def corrections_context(request: HttpRequest) -> CorrectionsContext:
    description = _("Every change to a published record is listed.")
    return {
        **_method_page(request, _("How corrections work"), description),
        "changes": [
            {"word": str(change.label), "meaning": str(CHANGES[change]), "id": change.value}
            for change in Change
        ],
        "contact": contact(),
    }


def _method_page(request: HttpRequest, title: str, description: str) -> MethodContext:
    head = page_head(request, title, description)
    return {"title": title, "description": description, "head": head, "nav": "method"}
