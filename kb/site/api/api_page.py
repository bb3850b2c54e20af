"""The context of the page about the API, made from the tables that the API itself uses."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.formats import CLAIM, FORMATS, LIST_KINDS, RECORD_LISTS, Format, formats_for
from kb.formats.view import DataLicence
from kb.record.addresses import PLURALS, data_path, site_origin
from kb.record.filter_fields import MAX_PAGE_SIZE, MAX_VALUES
from kb.record.query import PAGE_SIZE
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.other_operations import SCHEMA_NAMES
from kb.site.api.parameters import ParameterDescription, list_parameters
from kb.site.http.problems import PROBLEM_KINDS, ProblemKind
from kb.site.http.representations import data_licence
from kb.site.pages.page_meta import Head, page_head

# The parameters that the form shows at once; the others are behind a disclosure.
MAIN_PARAMETERS = ("q", "kind", "from", "until", "order", "size")


class AddressRow(TypedDict):
    """A kind of address, what it contains, and its formats."""

    path: str
    words: str
    formats: list[Format]


class FileButton(TypedDict):
    label: str
    path: str


class ApiLimits(TypedDict):
    """Entries on a page by default and at most, and values of one parameter at most."""

    size: int
    max_size: int
    values: int


class ApiContext(TypedDict):
    title: str
    description: str
    site: str
    root: str
    origin: str
    licence: DataLicence | None
    addresses: list[AddressRow]
    parameters: list[ParameterDescription]
    main_parameters: list[ParameterDescription]
    other_parameters: list[ParameterDescription]
    files: list[FileButton]
    all_formats: list[Format]
    problems: list[ProblemKind]
    schemas: tuple[str, ...]
    limits: ApiLimits
    head: Head
    nav: str


def api_context(request: HttpRequest) -> ApiContext:
    description = _(
        "Read-only access to the whole record for programs. No key is needed, and any site can "
        "call it."
    )
    parameters = list_parameters()
    by_name = {parameter.name: parameter for parameter in parameters}
    return {
        "title": _("API"),
        "description": description,
        "site": settings.SITE_URL,
        "root": settings.SITE_PATH,
        "origin": site_origin(),
        "licence": data_licence(),
        "addresses": [
            _address_row(kind) for kind in (*LIST_KINDS, *ENTRY_KINDS, CLAIM, *RECORD_LISTS)
        ],
        "parameters": parameters,
        "main_parameters": [by_name[name] for name in MAIN_PARAMETERS],
        "other_parameters": [
            parameter for parameter in parameters if parameter.name not in MAIN_PARAMETERS
        ],
        "files": [
            {"label": form.label, "path": data_path(reverse(f"timeline-{form.name}"))}
            for form in formats_for("timeline")
        ],
        "all_formats": list(FORMATS.values()),
        "problems": list(PROBLEM_KINDS.values()),
        "schemas": SCHEMA_NAMES,
        "limits": {"size": PAGE_SIZE, "max_size": MAX_PAGE_SIZE, "values": MAX_VALUES},
        "head": page_head(request, _("API"), description),
        "nav": "api",
    }


def _address_row(kind: str) -> AddressRow:
    words = {
        "timeline": _("All entries"),
        "incident": _("Entries of an incident"),
        "actor": _("Entries in which an actor has a role"),
        "source": _("Entries that cite a source"),
        "event": _("One event"),
        "statement": _("One statement"),
        "request": _("One request for comment"),
        CLAIM: _("Positions on a claim"),
        "actors": _("All actors"),
        "sources": _("All sources"),
        "incidents": _("All incidents"),
    }
    plural = "claims" if kind == CLAIM else PLURALS.get(kind)
    path = f"/{plural}/<{_('slug')}>" if plural else f"/{kind}"
    return {"path": path, "words": words[kind], "formats": list(formats_for(kind))}
