"""What the picture of a shared link shows, and its text alternative."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import data_path
from kb.record.citation_words import relay_name
from kb.record.headlines import headline
from kb.record.models import Revision
from kb.record.name_lists import join_names
from kb.record.quotation import carrier_citation, quotation_of
from kb.record.rows import Row
from kb.record.vocabulary import (
    CONTESTED_LABELS,
    RELIABILITY_NOTES,
    REQUEST_OUTCOME_LABELS,
    STATEMENT_FORM_LABELS,
    RecordKind,
)
from kb.record.voice_words import voice_names
from kb.site.cards.card import Card, Foot, Heading, Words
from kb.site.cards.typefaces import is_drawable
from kb.site.pages.incident import IncidentCard
from kb.site.pages.sentences import as_sentence, joined_sentences, labelled
from kb.text.markdown import markdown_to_text
from kb.text.quoting import shorten_quotation
from kb.text.quoting.sentences import sentence_spans

MAX_WORDS = 220  # characters; longer words are cut where the meaning allows it
MAX_NOTE = 160
MAX_TITLE = 300
MAX_SUMMARY = 200


class CardLink(NamedTuple):
    """The path of a picture with its version and language, and its text alternative."""

    path: str
    alt: str


def card_link(kind: str, slug: str, card: Card, **parameters: str) -> CardLink:
    """The link to the picture of a record in the language of the page."""
    language = get_language() or settings.LANGUAGE_CODE
    if language != settings.LANGUAGE_CODE:
        parameters["lang"] = language
    path = data_path(reverse(f"{kind}-card", args=[slug]))
    return CardLink(f"{path}?{urlencode(sorted(parameters.items()))}", card_alt(card))


def entry_card(row: Row) -> Card:
    """The card of an event, a statement or a request: its words, or else its headline.

    Words that are too long to be cut safely, or that no typeface can draw, give way to the
    headline, and a headline that cannot be drawn to the card of the site.
    """
    return _words_card(row) or _heading_card(row) or site_card()


def incident_card_of(revision: Revision, facts: IncidentCard, known: FuzzyDate | None) -> Card:
    """The card of an incident; ``facts`` is its head, as known on the day ``known``."""
    if not _is_title(revision.title):
        return site_card()
    kind = _("Incident")
    if known:
        kind = _("Incident, as known on %(day)s") % {"day": known.words()}
    values = [fact["value"] for fact in facts["facts"][:2]]
    claims = next((view["count"] for view in facts["views"][1:2] if view["count"]), 0)
    claims_words = ngettext("%(n)d claim", "%(n)d claims", claims) % {"n": claims}
    return Card(
        site=settings.SITE_NAME,
        kind=kind,
        heading=Heading(revision.title, summary="" if known else _summary(revision)),
        foot=Foot(
            left=(values[0], ""),
            right=(values[1], claims_words if claims else ""),
        ),
    )


def incident_picture_link(
    revision: Revision, facts: IncidentCard, known: FuzzyDate | None
) -> CardLink:
    """The link to the picture of an incident, as known on a day if there is one."""
    card = incident_card_of(revision, facts, known)
    parameters = {"known": known.edtf} if known else {}
    return card_link("incident", revision.slug, card, v=str(revision.number), **parameters)


def site_card() -> Card:
    """The card of the site, for what has none of its own."""
    title = settings.SITE_NAME if is_drawable(settings.SITE_NAME) else ""
    return Card(
        site="",
        heading=Heading(title, summary=_("Who said what, when, and how we know")),
    )


def picture_language(language: str) -> str:
    """The language of a picture: the given one if it can be drawn, else that of the site."""
    with override(language):
        labels = [_("Event"), _("Statement"), _("Quotation"), _("Request for comment")]
    return language if all(map(is_drawable, labels)) else settings.LANGUAGE_CODE


def card_alt(card: Card) -> str:
    """The text alternative: the same words with their kind."""
    parts = [card.kind]
    if card.words:
        # The kind of a paraphrase is its label too.
        parts += [card.words.label, card.words.note, card.words.text]
    if card.heading:
        before, after = card.heading.before, card.heading.after
        title = labelled(before, card.heading.title) if before else card.heading.title
        account = _("%(title)s, %(account)s") % {"title": title, "account": after}
        parts += [account if after else title, card.heading.summary, *card.foot.left]
    else:
        parts.append(", ".join(part for part in card.foot.left if part))
    parts.append(card.foot.right[0])
    return as_sentence(joined_sentences(*dict.fromkeys(part for part in parts if part)))


def _words_card(row: Row) -> Card | None:
    quotation = quotation_of(row)
    whole = " ".join(quotation.words.split())
    if not whole or len(quotation.note) > MAX_NOTE or not _is_label(quotation.note):
        return None
    text = shorten_quotation(whole, MAX_WORDS, language=row.get("language", ""))
    if len(text) > MAX_WORDS + 2 or not is_drawable(text) or not _is_label(quotation.label):
        return None
    kind = str(STATEMENT_FORM_LABELS[row["form"]])
    words = Words(
        quotation.with_words(text).marked_words,
        quotation.shape,
        quotation.is_serif,
        quotation.label,
        quotation.note,
    )
    return Card(
        site=settings.SITE_NAME,
        kind=_("%(kind)s, cut") % {"kind": kind} if text != whole else kind,
        words=words,
        mark=row["kind"],
        foot=_statement_foot(row),
    )


def _heading_card(row: Row) -> Card | None:
    parts = headline(row)
    if not _is_label(parts.account) or not _is_title(parts.title):
        return None
    card = Card(
        site=settings.SITE_NAME,
        kind=_kind(row),
        heading=Heading(parts.title, parts.before.strip(" :："), parts.after.strip(" ,，")),
        date=row["date"],
        mark=row["kind"],
        foot=_entry_foot(row),
    )
    return card if row["kind"] != RecordKind.STATEMENT else replace(card, foot=_statement_foot(row))


def _kind(row: Row) -> str:
    if row["kind"] == RecordKind.STATEMENT:
        return _("Statement")
    return _("Request for comment") if row["kind"] == RecordKind.REQUEST else _("Event")


def _statement_foot(row: Row) -> Foot:
    voice = row["voice"]
    principals = voice["principals"] if voice["principals"] != voice["speakers"] else []
    who = [voice_names(voice) or _("An unnamed speaker"), voice["role"]]
    who.append(join_names([actor["name"] for actor in principals]))
    to = join_names([actor["name"] for actor in voice["to"]])
    parts = [_("to %(name)s") % {"name": to} if to else "", _carrier(row, to)]
    return Foot(
        left=(", ".join(part for part in who if part), ", ".join(part for part in parts if part)),
        right=(row["date"]["words"], _version(row)),
    )


def _carrier(row: Row, addressee: str) -> str:
    """Where the words are printed, unless that is whom they were said to."""
    citation = carrier_citation(row)
    if citation is None:
        return ""
    source = citation["source"]
    name = relay_name(citation["via"] or source)
    if name == addressee:
        return ""
    words = _("as cited in %(name)s") if citation["via"] else _("as printed in %(name)s")
    return words % {"name": name}


def _entry_foot(row: Row) -> Foot:
    if row["kind"] == RecordKind.REQUEST:
        standing = str(REQUEST_OUTCOME_LABELS.get(row["outcome"], ""))
        standing = standing[:1].upper() + standing[1:]
    elif row["contested"]:
        standing = str(CONTESTED_LABELS[row["contested"][0]["question"]])
    else:
        standing = str(RELIABILITY_NOTES.get(row["standing"], ""))
    read, origins = row["origins"]["read"], row["origins"]["origins"]
    sources = ngettext("%(n)d source", "%(n)d sources", read) % {"n": read}
    origin_words = ngettext("%(n)d origin", "%(n)d origins", origins) % {"n": origins}
    return Foot(
        left=(row["date"]["words"], standing),
        right=(f"{sources}, {origin_words}", _version(row)),
    )


def _version(row: Row) -> str:
    return _("%(id)s, version %(n)d") % {"id": row["id"], "n": row["version"]}


def _summary(revision: Revision) -> str:
    """The first sentences of an incident's summary; "" if the first one is too long."""
    whole = " ".join(markdown_to_text(revision.document["summary"]).split())
    ends = [end for _start, end in sentence_spans(whole) if end <= MAX_SUMMARY]
    text = whole[: ends[-1]].strip() if ends else ""
    return text if is_drawable(text) else ""


def _is_title(title: str) -> bool:
    return bool(title) and len(title) <= MAX_TITLE and is_drawable(title)


def _is_label(text: str) -> bool:
    """Whether the words around the data can be drawn, in this language or in that of the site."""
    language = get_language() or settings.LANGUAGE_CODE
    return is_drawable(text) or picture_language(language) != language
