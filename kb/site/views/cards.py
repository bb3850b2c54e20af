"""The pictures of shared links: /events/<slug>.png, /incidents/<slug>.png, /card.png."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import override

from kb.record.query import TimelineQuery
from kb.record.single_rows import version_row
from kb.site.cards.card import Card
from kb.site.cards.store import drawn_card
from kb.site.http.decorators import data_file
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import ANY_TEXT, clean_parameters
from kb.site.pages.card import entry_card, incident_card_of, picture_language, site_card
from kb.site.pages.incident import incident_card

MEDIA_TYPE = "image/png"


@data_file
def entry_picture(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """``v`` is the version that a page links to: it makes a new address for a new picture."""
    language = _parameters(request)["lang"]
    revision = live_revision_or_response(request, kind, slug)
    with override(language):
        return _png(
            entry_card(version_row(revision, revision.slug).row), f"{revision.public_id}.png"
        )


@data_file
def incident_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """With ``known``, the incident as known on that day."""
    values = _parameters(request, "known")
    revision = live_revision_or_response(request, "incident", slug)
    data = QueryDict(mutable=True)
    if values["known"]:
        data["known"] = values["known"]
    known = TimelineQuery.parse(data).known
    with override(values["lang"]):
        facts = incident_card(revision, current="", known=known)
        return _png(incident_card_of(revision, facts, known), f"{revision.public_id}.png")


@data_file
def site_picture(request: HttpRequest) -> HttpResponse:
    with override(_parameters(request)["lang"]):
        return _png(site_card(), "card.png")


def _parameters(request: HttpRequest, *others: str) -> dict[str, str]:
    """The language of the picture, and other parameters. Raises InvalidParameters."""
    languages = [code for code, _name in settings.LANGUAGES]
    known = {"lang": languages, "v": ANY_TEXT} | dict.fromkeys(others, ANY_TEXT)
    values = clean_parameters(request, known)
    return values | {"lang": picture_language(values["lang"] or settings.LANGUAGE_CODE)}


def _png(card: Card, filename: str) -> HttpResponse:
    response = HttpResponse(drawn_card(card), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
