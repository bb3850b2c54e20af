"""The fields of a document in words: titles for ids, labels for stored values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.claim_accounts import with_live_accounts
from kb.record.document_diff import Piece, WordsOf, document_differences, document_texts
from kb.record.documents import Document, referenced_ids
from kb.record.filters import FORM_CHOICES, STANDING_CHOICES
from kb.record.headlines import ACCOUNT_STANDINGS, entry_headline
from kb.record.languages import language_words
from kb.record.named_records import Names
from kb.record.role_words import role_words
from kb.record.vocabulary import (
    ACTOR_KIND_LABELS,
    ATTRIBUTION_LABELS,
    BEARING_LABELS,
    DERIVATION_LABELS,
    ENTRY_KINDS,
    NAME_KIND_LABELS,
    POSITION_LABELS,
    REQUEST_OUTCOME_LABELS,
    ROLE_LABELS,
    SAID,
    SOURCE_KIND_LABELS,
    WORDING_LABELS,
    Certainty,
    LinkKind,
    NumberBound,
    RecordKind,
)
from kb.site.pages.labels import FIELD_LABELS

# The labels of stored values, by the name of the field or of a part of it.
VALUE_LABELS: Mapping[str, Mapping[str, str | Promise]] = {
    "standing": STANDING_CHOICES,
    "form": FORM_CHOICES,
    "wording": WORDING_LABELS,
    "outcome": {**REQUEST_OUTCOME_LABELS, SAID: gettext_lazy("said")},
    "attribution": ATTRIBUTION_LABELS,
    "role": ROLE_LABELS,
    "bearing": BEARING_LABELS,
    "identity": dict(Certainty.choices),
    "same_speaker_certainty": dict(Certainty.choices),
    "bound": dict(NumberBound.choices),
    "position": POSITION_LABELS,
    "derivation": DERIVATION_LABELS,
    "actor_kind": ACTOR_KIND_LABELS,
    "source_kind": SOURCE_KIND_LABELS,
    "kind": {**NAME_KIND_LABELS, **dict(LinkKind.choices)},
    "quoted": {"quoted": gettext_lazy("the words shown")},
    "inferred": {"inferred": gettext_lazy("inferred by the editor")},
}


class FieldText(TypedDict):
    label: str
    text: str


class FieldChange(TypedDict):
    label: str
    pieces: list[Piece]


def field_label(name: str) -> str:
    """The name of a field of a document, as readers see it."""
    return str(FIELD_LABELS.get(name, name))


def field_texts(
    document: Document, names: Names, *, without: Collection[str] = ()
) -> list[FieldText]:
    """The fields of a document that have a value, in words; ``without`` are left out."""
    (document,) = _shown([document])
    return [
        {"label": field_label(name), "text": text}
        for name, text in document_texts(document, words_of([document], names)).items()
        if text and name not in without
    ]


def field_changes(old: Document, new: Document, names: Names) -> list[FieldChange]:
    """The fields in which two versions of a document differ, in words."""
    old, new = _shown([old, new])
    return [
        {"label": field_label(difference.field), "pieces": difference.pieces}
        for difference in document_differences(old, new, words_of([old, new], names))
    ]


def _shown(documents: list[Document]) -> list[Document]:
    """The versions of a record without the words of records that were withdrawn since."""
    is_claim = documents[0]["kind"] == RecordKind.PROPOSITION
    return with_live_accounts(documents) if is_claim else documents


def words_of(documents: Sequence[Document], names: Names) -> WordsOf:
    """Titles for the public ids in the documents, labels for stored values, other text as it is.

    An id without a document in ``names`` is that of a record that was withdrawn.
    """
    public_ids = {public_id for document in documents for public_id in referenced_ids(document)}
    standing = next((document["standing"] for document in documents if _is_account(document)), "")

    def words_of_value(name: str, text: str) -> str:
        if name == "role" and standing:
            return role_words(text, standing)
        if text in public_ids:
            document = names.documents.get(text)
            return _title(document, names) if document else _("(withdrawn)")
        if name in ("language", "original_language"):
            return language_words(text)
        return str(VALUE_LABELS.get(name, {}).get(text, text))

    return words_of_value


def _title(document: Document, names: Names) -> str:
    is_entry = document["kind"] in ENTRY_KINDS
    return entry_headline(document, names.documents).words if is_entry else str(document["title"])


def _is_account(document: Document) -> bool:
    return document.get("standing", "") in ACCOUNT_STANDINGS
