"""The contexts of the pages about the site: who operates it, and how accessible it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.formats.view import DataLicence
from kb.site.http.representations import data_licence
from kb.site.pages.contact import Contact, contact
from kb.site.pages.page_meta import Head, page_head

PACKAGE = "on-the-record"


class AboutPage(TypedDict):
    """What both pages show; ``description`` is below the title and in the metadata."""

    title: str
    description: str
    contact: Contact | None
    head: Head
    nav: str


class AboutContext(AboutPage):
    """``operator`` and ``operator_address`` are "" if the settings name none."""

    operator: str
    operator_address: str
    licence: DataLicence | None


class AccessibilityContext(AboutPage):
    """``program`` is the version of the program that the statement is about, "" if unknown."""

    program: str


def about_context(request: HttpRequest) -> AboutContext:
    description = _(
        "A record of disputes in the news. Every event and every statement has its date, its "
        "source and whose account it is. Where positions differ, they are shown side by side. We "
        "do not judge who is right."
    )
    return {
        **_about_page(request, _("About"), description),
        "operator": settings.OPERATOR,
        "operator_address": settings.OPERATOR_ADDRESS,
        "licence": data_licence(),
    }


def accessibility_context(request: HttpRequest) -> AccessibilityContext:
    description = _(
        "These pages are meant to be usable by everyone. The aim is level AA of the Web Content "
        "Accessibility Guidelines (WCAG) 2.2."
    )
    return {
        **_about_page(request, _("Accessibility"), description),
        "program": _program_version(),
    }


def _about_page(request: HttpRequest, title: str, description: str) -> AboutPage:
    return {
        "title": title,
        "description": description,
        "contact": contact(),
        "head": page_head(request, title, description),
        "nav": "about",
    }


def _program_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:  # run from a folder of its source
        return ""
