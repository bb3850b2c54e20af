"""Words and small drawings of the reader's pages. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import parse_edtf
from kb.record.addresses import in_language
from kb.record.filters import FORM_CHOICES
from kb.record.rendering import without_quotation_marks
from kb.site.charts.year_strip import STRIP_WIDTH, year_strip
from kb.site.pages.date_words import inside
from kb.site.pages.labels import (
    ASPECTS,
    BEARINGS,
    OUTCOMES,
    PARTS,
    POSITIONS,
    ROLES,
    STANDINGS,
    WORDINGS,
)

register = template.Library()
register.filter("unquoted", without_quotation_marks)
register.filter("inside", inside)

STANDING_ICONS = {"one_party": "half", "reported": "report", "announced": "clock"}
POSITION_ICONS = {
    "reports": "report",
    "alleges": "alleges",
    "asserts": "asserts",
    "denies": "denies",
    "confirms": "confirms",
    "confirms_in_part": "part",
    "undecided": "maybe",
}


def _words(table: Mapping[str, Any], value: Any) -> str:
    """The table's words, or the value itself in plain letters: a page shows it all the same."""
    key = str(value or "")
    return str(table.get(key, key.replace("_", " ")))


@register.filter
def standing_words(value: str) -> str:
    """ "" for what is undisputed: the record says nothing where nothing needs saying."""
    return "" if value == "undisputed" else _words(STANDINGS, value)


@register.filter
def standing_icon(value: str) -> str:
    return STANDING_ICONS.get(value, "report")


@register.filter
def position_icon(value: str) -> str:
    return POSITION_ICONS.get(value, "dots" if value else "none")


@register.filter
def form_words(value: str) -> str:
    return _words(FORM_CHOICES, value)


@register.filter
def wording_words(value: str) -> str:
    return _words(WORDINGS, value)


@register.filter
def position_words(value: str) -> str:
    return _words(POSITIONS, value) or str(_("No position recorded"))


@register.filter
def role_words(value: str) -> str:
    return _words(ROLES, value)


@register.filter
def aspect_words(value: str) -> str:
    return _words(ASPECTS, value)


@register.filter
def bearing_words(value: str) -> str:
    return _words(BEARINGS, value)


@register.filter
def outcome_words(value: str) -> str:
    """ "" where something was said."""
    return str(OUTCOMES.get(value, ""))


@register.filter
def voice_words(voice: dict[str, Any]) -> str:
    """Who said it, in words alone: name, capacity, on whose behalf, to whom."""
    speaker = voice.get("speaker") or {}
    said = speaker.get("name") or voice.get("label") or gettext("An unnamed speaker")
    if voice.get("role"):
        said += f", {voice['role']}"
    if principal := voice.get("on_behalf_of"):
        said += gettext(", on behalf of %(name)s") % {"name": principal["name"]}
    if voice.get("to"):
        said += gettext(", to") + " " + ", ".join(one["name"] for one in voice["to"])
    return str(said)


@register.filter
def own_words(row: dict[str, Any]) -> str:
    """The beginning of what was said, for one line of a list; in quotation marks unless ours."""
    is_ours = row["form"] == "paraphrase"
    text = Truncator(row["text"] if is_ours else without_quotation_marks(row["text"])).words(
        40, truncate=" …"
    )
    text = Truncator(text).chars(320)
    return text if is_ours else f"“{text}”"


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def once_each(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first citation of each source, by number."""
    found: dict[int, dict[str, Any]] = {}
    for citation in citations:
        found.setdefault(citation["number"], citation)
    return [found[number] for number in sorted(found)]


@register.filter
def as_day(value: str | None) -> date | None:
    """An ISO day of a row, for the ``date`` filter."""
    return date.fromisoformat(value[:10]) if value else None


@register.simple_tag
def part_of_actor(row: dict[str, Any], actor: dict[str, Any]) -> str:
    """The actor's part in a row, in a word: _("Did"), "Said", "Said of it"."""
    for one in row["actors"]:
        same = one["id"] == actor["id"] if "id" in actor else one["name"] == actor["name"]
        if same:
            return _words(PARTS, one["role"])
    return str(_("Statements about it") if row["kind"] == "statement" else _("Named"))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape of ``_icons.html``, drawn beside the words that say the same."""
    return format_html(
        '<svg class="ico" width="16" height="16" aria-hidden="true"><use href="#i-{}"/></svg>', name
    )


@register.simple_tag
def site_name() -> str:
    return str(getattr(settings, "SITE_NAME", "On the Record"))


@register.simple_tag
def site_root() -> str:
    """The path of the first page, in the language of this one."""
    return get_script_prefix()


@register.simple_tag(takes_context=True)
def other_languages(context: Any) -> list[dict[str, Any]]:
    """This page in each other language; where there is no page, as in a refusal, the home page."""
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
def strip(
    when: dict[str, Any] | None, kind: str = "event", width: int = STRIP_WIDTH
) -> dict[str, Any]:
    """The year strip of a date; nothing where the date is not known."""
    return {"strip": year_strip(when, width), "kind": kind}


EXAMPLE_DATES = {
    "day": "2023-12-15",
    "month": "2023-04",
    "soft": "2023-05~/2023-08~",
    "open": "../2023-12-15",
}


@register.simple_tag
def example_words(name: str) -> str:
    """The words of the date that ``strip_example`` draws."""
    return str(parse_edtf(EXAMPLE_DATES[name]).words())


@register.inclusion_tag("timeline/_strip.html")
def strip_example(name: str) -> dict[str, Any]:
    """A strip for "How to read a date"."""
    return {"strip": year_strip(parse_edtf(EXAMPLE_DATES[name]).to_json(), 190), "kind": "event"}
