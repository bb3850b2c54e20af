"""The words of a statement with their kind: every page and every format shows them from here.

Whose words they are is a property of the carrier that is quoted, and not of the statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.answers import Citation, EntryRow, QuotationAnswer
from kb.record.removal_marker import is_removal_marker
from kb.record.vocabulary import Bearing, Labels, RecordKind, StatementForm, Wording
from kb.record.voice_words import words_notice
from kb.text.quoting import QuotationError, negation_guard

# Kinds of words besides those of ``Wording``.
REPORTED = "reported"  # an outlet ascribes it to the speaker
NOT_STATED = "not_stated"
Shape = Literal["solid", "double", "dashed", "dotted"]

LABELS: Labels = {
    Wording.ORIGINAL: "",
    Wording.TRANSLATED: gettext_lazy("Translated by the carrier"),
    Wording.BACK_TRANSLATED: gettext_lazy("Back-translated: not the exact words"),
    Wording.REWORDED: gettext_lazy("Reworded by the carrier"),
    Wording.PARAPHRASE: gettext_lazy("Paraphrase"),
    REPORTED: gettext_lazy("Reported speech: not the speaker’s words"),
    NOT_STATED: gettext_lazy("As printed, wording not stated"),
}
# The same with words for the exact ones, where kinds are chosen from.
KIND_LABELS: Labels = {**LABELS, Wording.ORIGINAL: gettext_lazy("Exact words")}
_MARKED = (Wording.ORIGINAL, Wording.TRANSLATED, Wording.BACK_TRANSLATED)
_SHAPES: dict[str, Shape] = {
    Wording.ORIGINAL: "solid",
    Wording.PARAPHRASE: "dashed",
    REPORTED: "dotted",
}
_MARKS = (("“", "”"), ("「", "」"), ('"', '"'))


@dataclass(frozen=True)
class Quotation:
    """What a statement says, and whose words that are.

    ``kind`` is a value of ``Wording``, REPORTED or NOT_STATED; ``label`` names it in the active
    language and is "" for the exact words. ``note`` says which turning words are left out, and why.
    """

    words: str
    kind: str
    label: str
    note: str = ""

    @property
    def has_marks(self) -> bool:
        """Whether the words stand in quotation marks: exact or translated, never in other words."""
        return self.kind in _MARKED and not is_removal_marker(self.words)

    @property
    def shape(self) -> Shape:
        """The shape of the rule beside the words."""
        return _SHAPES.get(self.kind, "double")

    @property
    def is_serif(self) -> bool:
        return self.kind not in (Wording.PARAPHRASE, REPORTED)

    @property
    def marked_words(self) -> str:
        """The words, in quotation marks if they may stand in such."""
        return f"“{self.words}”" if self.words and self.has_marks else self.words

    @property
    def kind_words(self) -> str:
        """What kind of words they are, exact words too, and the note: for what leaves its page."""
        if is_removal_marker(self.words):
            return _("Removed by order")
        return " ".join(part for part in (self.label or _("Exact words"), self.note) if part)

    @property
    def labels(self) -> str:
        """Label and note in one text; "" if there is nothing to say."""
        return " ".join(part for part in (self.label, self.note) if part)

    @property
    def text(self) -> str:
        """The words and, in brackets, what kind of words they are: for plain text."""
        if not self.words:
            return ""
        return f"{self.marked_words} [{self.labels}]" if self.labels else self.marked_words

    def with_words(self, words: str) -> Quotation:
        """The same quotation with a part of its words."""
        return replace(self, words=words)


NO_QUOTATION = Quotation("", NOT_STATED, "")


def quotation_of(row: EntryRow | Mapping[str, Any]) -> Quotation:
    """The words of a statement's row with their kind; without words for any other row."""
    words = without_quotation_marks(row.get("text") or "")
    if not words or row["kind"] != RecordKind.STATEMENT:
        return NO_QUOTATION
    kind = _words_kind(row)
    answer = row.get("quotation")
    # Of a row with a part of its words, the note is still that of the whole.
    note = answer["note"] if answer else _override_note(row)
    return Quotation(words, kind, _label(row, kind), note)


def printed_words(words: str) -> Quotation:
    """Words of a source itself that no statement has."""
    return Quotation(words, NOT_STATED, str(LABELS[NOT_STATED]))


def quotation_answer(row: EntryRow) -> QuotationAnswer | None:
    """The quotation as programs get it; None for a row without words."""
    quotation = quotation_of(row)
    if not quotation.words:
        return None
    cited = quoted_citation(row)
    return {
        "words": quotation.words,
        "kind": quotation.kind,
        "label": quotation.label,
        "note": quotation.note,
        "cited": cited["source"]["id"] if cited else None,
    }


def quoted_citation(row: EntryRow | Mapping[str, Any]) -> Citation | None:
    """The citation from whose exact words the quotation is composed."""
    return next((citation for citation in row["citations"] if citation.get("quoted")), None)


def carrier_citation(row: EntryRow | Mapping[str, Any]) -> Citation | None:
    """The citation of the source that has the words or facts: the quoted one where there is one.

    Otherwise the first that supports the entry and was read, or the first that supports it.
    """
    citations: list[Citation] = list(row["citations"])
    supporting = [
        citation for citation in citations if citation["bearing"] in ("", Bearing.SUPPORTS)
    ]
    read = [citation for citation in supporting if not citation["via"]]
    return quoted_citation(row) or next(iter([*read, *supporting, *citations]), None)


def without_quotation_marks(text: str) -> str:
    """The words without marks around the whole, because the reader of the words sets its own."""
    text = text.strip()
    for opening, closing in _MARKS:
        inner = text[1:-1]
        whole = len(text) > 1 and text[0] == opening and text[-1] == closing
        if whole and opening not in inner and closing not in inner:
            return inner
    return text


def _words_kind(row: EntryRow | Mapping[str, Any]) -> str:
    form = row.get("form")
    if form == StatementForm.ATTRIBUTED:
        return REPORTED
    if form == StatementForm.PARAPHRASE:
        return Wording.PARAPHRASE
    cited = quoted_citation(row)
    # On an earlier day the quoted source may not have been public yet; the document knows it.
    wording = (cited and cited["wording"]) or row.get("wording") or NOT_STATED
    return wording if wording in LABELS else NOT_STATED


def _label(row: EntryRow | Mapping[str, Any], kind: str) -> str:
    voice: Any = row.get("voice")
    if kind == REPORTED and voice and "attributed_to" in voice:  # a document names ids only
        return words_notice(voice) or str(LABELS[kind])
    return str(LABELS[kind])


def _override_note(row: EntryRow | Mapping[str, Any]) -> str:
    """Which turning words the quotation leaves out, and the editor's reason."""
    reason, cited = row.get("override_reason") or "", quoted_citation(row)
    if not reason or not cited:
        return ""
    try:
        guard = negation_guard(row["text"], cited["exact"], cited["language"])
    except QuotationError:
        return ""
    omitted = list(dict.fromkeys(finding.word for finding in guard.refusals))
    if not omitted:
        return ""
    words = ", ".join(f"“{word}”" for word in omitted)
    return _("Shown without %(words)s: %(reason)s") % {"words": words, "reason": reason}
