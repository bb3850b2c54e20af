"""The words of a report in the form of a statement that cites the source made of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kb.desk.models import Publishable, Report, Source, Statement
from kb.record.vocabulary import StatementForm


def words_of_source(request: HttpRequest, source: Source) -> str:
    """The words for a citation of a source: those of the address, or of the report."""
    return request.GET.get("exact", "") or _reported_words(request, source)


def initial_from_report(
    request: HttpRequest, model: type[Publishable], source: Source | None, initial: dict[str, Any]
) -> dict[str, Any]:
    """The initial fields of a statement with the words of a report; others are not changed.

    The channel says to readers that the words came to us.
    """
    words = _reported_words(request, source) if source and model is Statement else ""
    if not words:
        return initial
    # Stored texts are in English, whatever the language of the editor.
    channel = f"reply sent to {settings.SITE_NAME}"
    return {"text": words, "form": StatementForm.VERBATIM.value, "channel": channel, **initial}


def _reported_words(request: HttpRequest, source: Source) -> str:
    """The words of the report that a source was made of; "" for accounts that may not read them."""
    if not request.user.has_perm("desk.handle_report"):
        return ""
    report = Report.objects.filter(source=source.public_id).first()
    return report.text if report else ""
