"""The words of a statement for copying: with their kind, speaker, carrier, version and address.

What leaves the page must say for itself what kind of words it has. Plain text, Markdown and HTML
say the same, in the language of the page.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.formats.bibliography import entry_reference
from kb.formats.cited_work import Carrier, Reference, encoded_address, one_line, recorded_sentence
from kb.formats.markdown import escape_line
from kb.formats.view import SiteIdentity
from kb.record.answers import EntryRow
from kb.record.quotation import Quotation, quotation_of
from kb.record.vocabulary import RecordKind, Wording

_LINE_BREAK = SafeString("<br>")


class CopiedQuotation(NamedTuple):
    """A quotation with its caveat in three forms, each of several lines."""

    plain: str
    markdown: str
    html: str


def copied_quotation(row: EntryRow, site: SiteIdentity) -> CopiedQuotation | None:
    """The statement's words for copying; None for a row without words."""
    quotation = quotation_of(row)
    if not quotation.words:
        return None
    reference = entry_reference(row, site)
    lines = [line for line in quotation.marked_words.splitlines() if line.strip()]
    who = ", ".join((_first_capital(reference.speaker_words), reference.issued.span_words()))
    details = [one_line(who), _carrier_line(reference.carrier)]
    recorded = recorded_sentence(reference)
    kind = one_line(quotation.kind_words)
    return CopiedQuotation(
        plain="\n".join([*lines, f"[{kind}]", *details, recorded]),
        markdown=_markdown(lines, kind, details, recorded, encoded_address(reference.url)),
        html=_html(lines, kind, details, recorded, reference, row.get("language", "")),
    )


def quotation_caveat(row: EntryRow, site: SiteIdentity, quotation: Quotation | None = None) -> str:
    """What a part of a quotation must say for itself; "" for exact words and for no words.

    ``quotation`` replaces that of the row where a page shows a part of it.
    """
    quotation = quotation or quotation_of(row)
    if not quotation.words or row["kind"] != RecordKind.STATEMENT:
        return ""
    if quotation.kind == Wording.ORIGINAL and not quotation.note:
        return ""
    reference = entry_reference(row, site)
    kind = one_line(quotation.kind_words).rstrip(".")
    return f"[{kind}. {_carrier_line(reference.carrier)}. {encoded_address(reference.url)}]"


def _carrier_line(carrier: Carrier | None) -> str:
    if carrier is None:
        return _("Carrier not stated")
    title = _("“%(title)s”") % {"title": one_line(carrier.title)} if carrier.title else ""
    parts = [carrier.words, title, one_line(carrier.place)]
    return _("Carrier: %(carrier)s") % {"carrier": ", ".join(part for part in parts if part)}


def _markdown(lines: list[str], kind: str, details: list[str], recorded: str, address: str) -> str:
    quoted = "\n>\n".join(f"> {escape_line(line)}" for line in lines)
    last = f"{escape_line(recorded.removesuffix(address))} <{address}>"
    return "\n\n".join(
        [quoted, f"**{escape_line(kind)}**", *(escape_line(line) for line in details), last]
    )


def _html(
    lines: list[str],
    kind: str,
    details: list[str],
    recorded: str,
    reference: Reference,
    language: str,
) -> str:
    address = encoded_address(reference.url)
    html = format_html(
        "<blockquote{}><p>{}</p></blockquote>\n<p><strong>{}</strong></p>\n"
        '<p>{}<br>{}<a href="{}">{}</a></p>',
        format_html(' lang="{}"', language) if language else "",
        format_html_join(_LINE_BREAK, "{}", ((line,) for line in lines)),
        kind,
        format_html_join(_LINE_BREAK, "{}", ((line,) for line in details)),
        recorded.removesuffix(address),
        address,
        address,
    )
    return "".join((html,))  # as text, so that a page shows the HTML itself


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
