"""A citation in words: what the source is called, and how its words relate to those shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kb.record.answers import Citation, EntryRow, RelayingSource
from kb.record.comparisons import DIFFERS, SHOWN, SHOWN_WITH_CUT
from kb.record.languages import language_words
from kb.record.vocabulary import Labels

_COMPARISONS: Labels = {
    SHOWN: gettext_lazy("the words shown"),
    SHOWN_WITH_CUT: gettext_lazy("the words shown, with a cut"),
    "same": gettext_lazy("same words"),
    "same_with_cuts": gettext_lazy("same words, with a cut"),
    "paraphrase": gettext_lazy("paraphrase"),
    "no_words": gettext_lazy("no words recorded"),
    "relayed": gettext_lazy("not read by us"),
}


def relay_name(via: RelayingSource | Mapping[str, Any]) -> str:
    """What the source is called that relays another: its publisher, or its title."""
    publisher = via["publisher"]
    return str(publisher["name"] if publisher else via["title"])


def as_cited_in(name: str, citation: Citation | Mapping[str, Any]) -> str:
    """A name of the cited source, with the source that relays it if it was not read itself."""
    via = citation.get("via")
    if not via:
        return name
    return _("%(name)s, as cited in %(via)s") % {"name": name, "via": relay_name(via)}


def cited_title(citation: Citation | Mapping[str, Any]) -> str:
    """The title of the cited source, for every list of sources."""
    return as_cited_in(citation["source"]["title"], citation)


def comparison_words(citation: Citation | Mapping[str, Any]) -> str:
    """How the words of a citation relate to those shown; "" where nothing is compared."""
    comparison = citation.get("comparison")
    if not comparison:
        return ""
    if comparison["verdict"] == DIFFERS:
        count = comparison["count"]
        words = ngettext("differs in %(count)d word", "differs in %(count)d words", count)
        return words % {"count": count}
    if comparison["verdict"] == "other_language":
        language = language_words(citation["language"]) or _("another language")
        return _("in %(language)s") % {"language": language}
    return str(_COMPARISONS[comparison["verdict"]])


def difference_words(citation: Citation | Mapping[str, Any]) -> str:
    """The passages that differ, as “was” → “is”; "" if none do."""
    comparison = citation.get("comparison")
    steps = comparison["words"] if comparison else []
    return "; ".join(f"“{step['was']}” → “{step['is']}”" for step in steps)


def comparison_sentence(citation: Citation | Mapping[str, Any]) -> str:
    """The comparison with the words that differ, for plain text."""
    parts = (comparison_words(citation), difference_words(citation))
    return ": ".join(part for part in parts if part)


def citations_by_source(row: EntryRow) -> list[Citation]:
    """One citation of each source, in the order of the row: the one whose words are shown."""
    first: dict[str, Citation] = {}
    for citation in row["citations"]:
        key = citation["source"]["id"]
        if key not in first or citation.get("quoted"):
            first[key] = citation
    return list(first.values())
