"""Proposals for words typed as a date that depend on the day of a source of the form.

The refusal of such words names the reading, with a button that fills it in. Nothing is stored then:
the editor sees the date in the form and saves it. The words become the wording of the source only
if the exact words of a citation of the form have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.dates.relative import certain_day
from kb.desk.admin.forms import is_primary_key
from kb.desk.models import Source
from kb.desk.relative_dates import DateProposal, proposed_date
from kb.text.cited_words import contains_words

# The name of the button that fills a reading in. Its value is "happened:2023-12-18": the field, and
# the day of the source.
USE_READING = "_use_reading"
_CITATION = re.compile(r"(citations-\d+)-exact")


@dataclass(frozen=True)
class TypedCitation:
    """A citation as it was sent with a form. ``source`` is the key of the source that was read."""

    source: str
    exact: str


def typed_citations(data: Mapping[str, object]) -> Iterator[TypedCitation]:
    """The citations of a form that are not deleted with it."""
    for name, text in data.items():
        match = _CITATION.fullmatch(name)
        if match and f"{match[1]}-{DELETION_FIELD_NAME}" not in data:
            source = data.get(f"{match[1]}-via") or data.get(f"{match[1]}-source") or ""
            yield TypedCitation(str(source), str(text))


def proposals_in_form(
    text: str, citations: Iterable[TypedCitation], address_source: str
) -> list[DateProposal]:
    """What a text means in the sources that have it among their words, or else in all of them.

    ``address_source`` is the key that ``?source=`` names, for a form without another source.
    """
    citations = list(citations)
    cited = [citation for citation in citations if contains_words(citation.exact, text)]
    keys = [citation.source for citation in cited or citations if citation.source]
    return proposals_from_sources(text, keys or [address_source])


def proposals_from_sources(text: str, keys: Iterable[str]) -> list[DateProposal]:
    """What a text means in each of these sources that has an exact day; once for each day."""
    valid_keys = list(dict.fromkeys(int(key) for key in keys if is_primary_key(key)))
    sources = Source.objects.in_bulk(valid_keys)
    days = [certain_day(sources[key].published) for key in valid_keys if key in sources]
    proposals = (proposed_date(text, day) for day in dict.fromkeys(days) if day)
    return [proposal for proposal in proposals if proposal]


def refusal_with_proposals(field: str, proposals: Iterable[DateProposal]) -> SafeString:
    """The proposals as sentences, each with its button."""
    return format_html(
        _("{} Or enter another date."),
        format_html_join(
            " ",
            '{} <button type="submit" class="use-reading" name="{}" value="{}">{}</button>',
            (
                (
                    proposal.sentence(),
                    USE_READING,
                    f"{field}:{proposal.day.isoformat()}",
                    _("Use this reading"),
                )
                for proposal in proposals
            ),
        ),
    )
