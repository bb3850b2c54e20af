"""The text of a source as the workbench shows it: numbered paragraphs with marked passages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kb.desk.models.source_texts import PassageKind
from kb.record.vocabulary import Label
from kb.text.article_text import Paragraph, article_paragraphs, paragraph_sentences

# The letter and the name of each kind of fact, in the order of the buttons.
KIND_LETTERS: dict[str, str] = {
    PassageKind.STATEMENT: "S",
    PassageKind.EVENT: "E",
    PassageKind.POSITION: "P",
    PassageKind.REQUEST: "R",
}
KIND_NAMES: dict[str, Label] = {
    PassageKind.STATEMENT: _("Statement"),
    PassageKind.EVENT: _("Event"),
    PassageKind.POSITION: _("Position"),
    PassageKind.REQUEST: _("Request"),
}


@dataclass(frozen=True)
class MarkedSpan:
    """A passage to mark: its kind, or "selected" or "proposed"; and the page of its fact."""

    start: int
    end: int
    kind: str
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class MarginLetter:
    """A letter beside a paragraph, with a link to what was made from it."""

    kind: str
    letter: str
    url: str
    title: str


@dataclass
class MarkedParagraph:
    """A paragraph: its number, its marked text, its letters, where its sentences are."""

    paragraph: Paragraph
    html: SafeString
    letters: list[MarginLetter]
    sentences: str = field(default="")


def marked_paragraphs(text: str, spans: Iterable[MarkedSpan]) -> list[MarkedParagraph]:
    """Return the paragraphs of a text with these passages marked, each character once."""
    spans = sorted(spans, key=lambda span: (span.start, span.end))
    shown = []
    for paragraph in article_paragraphs(text):
        inside = [
            span for span in spans if span.start < paragraph.end and span.end > paragraph.start
        ]
        sentences = paragraph_sentences(text, paragraph)
        shown.append(
            MarkedParagraph(
                paragraph,
                _paragraph_html(text, paragraph, inside),
                [
                    MarginLetter(span.kind, KIND_LETTERS[span.kind], span.url, span.title)
                    for span in inside
                    if span.kind in KIND_LETTERS
                ],
                " ".join(f"{start}-{end}" for start, end in sentences),
            )
        )
    return shown


def _paragraph_html(text: str, paragraph: Paragraph, spans: list[MarkedSpan]) -> SafeString:
    edges = {paragraph.start, paragraph.end}
    for span in spans:
        edges |= {max(span.start, paragraph.start), min(span.end, paragraph.end)}
    places = sorted(edges)
    pieces = []
    for start, end in zip(places, places[1:], strict=False):
        kinds = [span.kind for span in spans if span.start <= start and span.end >= end]
        piece = format_html("{}", text[start:end])
        if kinds:
            names = " ".join(dict.fromkeys(kinds))
            piece = format_html('<mark class="passage {}">{}</mark>', names, piece)
        pieces.append((piece,))
    return format_html_join("", "{}", pieces)
