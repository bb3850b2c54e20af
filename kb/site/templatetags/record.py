"""Template filters and tags for the readers' pages: labels, icons and year strips.

Nothing here queries the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from kb.formats.copying import quotation_caveat
from kb.record.addresses import in_language
from kb.record.answers import (
    ActorLink,
    Citation,
    ContestedClaim,
    EntryLink,
    NumberedCitation,
    Voice,
)
from kb.record.citation_words import cited_title, comparison_words, relay_name
from kb.record.documents import Date
from kb.record.filter_fields import DateBound
from kb.record.headlines import headline
from kb.record.name_lists import join_names
from kb.record.past.serving import served_time
from kb.record.quotation import (
    Quotation,
    carrier_citation,
    printed_words,
    quotation_of,
    without_quotation_marks,
)
from kb.record.role_words import role_heading
from kb.record.rows import Row
from kb.record.vocabulary import (
    BEARING_LABELS,
    CONTESTED_LABELS,
    POSITION_LABELS,
    RELIABILITY_NOTES,
    REQUEST_OUTCOME_LABELS,
    STATEMENT_FORM_LABELS,
    Attribution,
    Position,
    Question,
    RecordKind,
    Reliability,
)
from kb.record.voice_words import ascribed_words, voice_names
from kb.site.charts.year_strip import STRIP_WIDTH, shared_axes, year_strip
from kb.site.http.representations import site_identity
from kb.site.pages.date_words import mid_sentence
from kb.text.quoting import shorten_quotation

register = template.Library()
register.filter("unquoted", without_quotation_marks)
register.filter("mid_sentence", mid_sentence)
register.filter("quotation", quotation_of)
register.filter("printed_words", printed_words)
register.filter("comparison_words", comparison_words)
register.filter("relay_name", relay_name)
register.filter("cited_title", cited_title)

STANDING_ICONS: dict[str, str] = {
    Reliability.ONE_PARTY: "half",
    Reliability.REPORTED: "report",
    Reliability.ANNOUNCED: "clock",
}
POSITION_ICONS: dict[str, str] = {
    Position.REPORTS: "report",
    Position.ALLEGES: "alleges",
    Position.ASSERTS: "asserts",
    Position.DENIES: "denies",
    Position.CONFIRMS: "confirms",
    Position.CONFIRMS_IN_PART: "part",
    Position.UNDECIDED: "maybe",
}
MAX_LINE_QUOTATION_LENGTH = 240


class LanguageLink(TypedDict):
    """This page in another language."""

    code: str
    name: str
    url: str


class HeadlineContext(TypedDict):
    """The context of ``_headline.html``."""

    title: str
    before: str
    after: str
    url: str
    rel: str


class StripContext(TypedDict):
    """The context of ``timeline/_strip.html``. ``strip`` is None for an unknown date."""

    strip: Mapping[str, object] | None
    kind: str


def _label(labels: Mapping[str, str | Promise], value: str | None) -> str:
    """The label of a stored value; a value without a label is shown in plain letters."""
    key = value or ""
    return str(labels.get(key, key.replace("_", " ")))


@register.filter
def standing_words(value: str) -> str:
    """The reliability of an event; "" for an undisputed event, which needs no badge."""
    return "" if value == Reliability.UNDISPUTED else _label(RELIABILITY_NOTES, value)


@register.filter
def standing_icon(value: str) -> str:
    return STANDING_ICONS.get(value, "report")


@register.filter
def position_icon(value: str) -> str:
    return POSITION_ICONS.get(value, "dots" if value else "none")


@register.filter
def form_words(value: str) -> str:
    return _label(STATEMENT_FORM_LABELS, value)


@register.filter
def position_words(value: str) -> str:
    return _label(POSITION_LABELS, value) or str(_("No position recorded"))


@register.filter
def contested_label(question: str) -> str:
    """What is contested, next to the text of the claim."""
    return _label(CONTESTED_LABELS, question)


@register.filter
def contested_words(claim: ContestedClaim) -> str:
    """What is contested, where the text of the claim is not shown."""
    if claim["question"] == Question.WHICH:
        return gettext("Contested “%(claim)s”") % {"claim": claim["text"]}
    return contested_label(claim["question"])


@register.filter
def bearing_words(value: str) -> str:
    return _label(BEARING_LABELS, value)


@register.filter
def outcome_words(value: str) -> str:
    """What became of a request for comment; "" for what was said."""
    return str(REQUEST_OUTCOME_LABELS.get(value, ""))


@register.filter
def voice_words(voice: Voice) -> str:
    """Who speaks, as plain text: name, capacity, represented party, addressees."""
    words = speaker_words(voice) or gettext("An unnamed speaker")
    if voice.get("role"):
        words += pgettext("between parts of a list", ", ") + voice["role"]
    if principals := voice.get("principals"):
        words += gettext(", on behalf of %(name)s") % {"name": names_words(principals)}
    if ascribed := voice.get("attributed_to"):
        words += gettext(", of %(name)s") % {"name": ascribed_words(ascribed)}
    if voice.get("to"):
        names = [actor["name"] for actor in voice["to"]]
        words += gettext(", to") + " " + pgettext("between names", ", ").join(names)
    return words


@register.filter
def lacks_outlet(voice: Voice) -> bool:
    """Whether the page says that no outlet is stated: nothing else says where the words went."""
    if voice.get("channel") or voice.get("to") or voice.get("attributed_to"):
        return False
    return voice.get("attribution") != Attribution.DOCUMENT


@register.filter
def speaker_words(voice: Voice) -> str:
    """The names of the speakers, or what an unnamed speaker is called; "" without either."""
    return voice_names(voice)


@register.filter
def names_words(actors: Sequence[ActorLink]) -> str:
    """The names of actors as words."""
    return join_names([actor["name"] for actor in actors])


@register.inclusion_tag("_headline.html")
def headline_of(entry: EntryLink | Row, url: str = "", rel: str = "") -> HeadlineContext:
    """The headline of an entry: its title, as a link if there is a ``url``, and its account."""
    parts = headline(entry)
    return {
        "title": str(entry.get("title_html") or parts.title),
        "before": parts.before,
        "after": parts.after,
        "url": url,
        "rel": rel,
    }


@register.filter
def line_quotation(row: Row) -> Quotation:
    """The beginning of a statement's words, for one line of a list."""
    quotation = quotation_of(row)
    language = row.get("language", "")
    return quotation.with_words(
        shorten_quotation(quotation.words, MAX_LINE_QUOTATION_LENGTH, language=language)
    )


@register.filter("caveat")
def row_caveat(row: Row | None) -> str:
    """What a selected part of a statement's words takes along; "" for exact words."""
    return quotation_caveat(row, site_identity()) if row else ""


@register.filter
def quotation_part(row: Row, words: str) -> Quotation:
    """Some of the words of a statement's row, with their kind."""
    return quotation_of(row).with_words(without_quotation_marks(words))


@register.filter
def has_quotation(row: Row) -> bool:
    """Whether a statement has words that can be copied."""
    return bool(quotation_of(row).words)


@register.filter
def carrier(row: Row) -> Citation | None:
    """The citation of the source in which the words are printed."""
    return carrier_citation(row)


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def once_each(citations: Sequence[NumberedCitation]) -> list[NumberedCitation]:
    """One citation of each source, by number: the quoted one, or the first."""
    first: dict[int, NumberedCitation] = {}
    for citation in citations:
        if citation["number"] not in first or citation["quoted"]:
            first[citation["number"]] = citation
    return [first[number] for number in sorted(first)]


@register.simple_tag
def part_of_actor(row: Row, actor: ActorLink) -> str:
    """The actor's part in an entry, as the first word of a line on the actor's page."""
    for participant in row["actors"]:
        if "id" in actor:
            is_same = participant["id"] == actor["id"]
        else:
            is_same = participant["name"] == actor["name"]
        if is_same:
            return role_heading(participant["role"], row["standing"])
    if row["kind"] == RecordKind.REQUEST:
        return str(_("Asked about it"))
    return str(_("Said of it") if row["kind"] == "statement" else _("Named"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape of ``_icons.html``, hidden from screen readers: the text beside it says the same."""
    return format_html(
        '<svg class="ico" width="16" height="16" aria-hidden="true"><use href="#i-{}"/></svg>', name
    )


@register.simple_tag
def site_name() -> str:
    return str(getattr(settings, "SITE_NAME", "On the Record"))


class PublishedOn(TypedDict):
    """What the band of a page of an earlier day says, and the same page of today."""

    words: str
    today_url: str


@register.inclusion_tag("_published_on.html", takes_context=True)
def published_on(context: Context) -> dict[str, PublishedOn | None]:
    """The band at the top of a page of an earlier day; nothing on pages of today."""
    when, request = served_time(), context.get("request")
    if when is None or request is None:
        return {"band": None}
    values = {"site": site_name(), "day": when.words(), "known": _known_words(request)}
    words = gettext("As %(site)s had published it on %(day)s.")
    if values["known"]:
        words = gettext(
            "As %(site)s had published it on %(day)s, with what cited sources had published by "
            "%(known)s."
        )
    return {"band": {"words": words % values, "today_url": request.get_full_path()}}


@register.simple_tag
def published_on_day() -> str:
    """The earlier day of this page in words; "" on pages of today."""
    when = served_time()
    return when.words() if when else ""


@register.simple_tag
def published_on_text() -> str:
    """The value of the parameter ``on`` of this page; "" on pages of today."""
    when = served_time()
    return when.text if when else ""


def _known_words(request: HttpRequest) -> str:
    """The day of ``known`` in words; "" without one that can be read."""
    try:
        known = DateBound(required=False).clean(request.GET.get("known", ""))
    except ValidationError:
        return ""
    return known.words() if known else ""


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[LanguageLink]:
    """This page in each other language. Error pages link to the home page instead."""
    request = context.get("request")
    if request is None:
        return []
    path, query = reverse("home"), ""
    if context.get("head"):
        path, query = request.path, request.META.get("QUERY_STRING", "")
    return [
        {
            "code": code,
            "name": name,
            "url": iri_to_uri(in_language(path, code)) + (f"?{query}" if query else ""),
        }
        for code, name in settings.LANGUAGES
        if code != get_language()
    ]


@register.inclusion_tag("timeline/_strip.html")
def strip(when: Date | None, kind: str = "event", width: int = STRIP_WIDTH) -> StripContext:
    """The year strip of a date; nothing where the date is not known."""
    return {"strip": year_strip(when, width), "kind": kind}


@register.simple_tag
def year_axes() -> SafeString:
    """The lines that strips share, for ``_icons.html``."""
    return format_html_join("", '<path id="{}" d="{}"/>', shared_axes().items())
