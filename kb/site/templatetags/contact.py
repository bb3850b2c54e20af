"""Template tags for the foot of each page: contact, report of an error, licence."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.conf import settings
from django.template import Context

from kb.formats.view import DataLicence
from kb.site.http import representations
from kb.site.pages.contact import report_address

register = template.Library()

# Under these names the context of a page has the record that it is about.
_SUBJECTS = ("row", "actor", "source", "incident")


@register.simple_tag
def report_url(public_id: str, version: int | str = "") -> str:
    """Where to report an error in the record with this id, or in one version of it."""
    return report_address(public_id, int(version or 0))


@register.simple_tag(takes_context=True)
def page_report_url(context: Context) -> str:
    """Where to report an error on this page: in its record, or on the site if it has none."""
    version = context.get("version") or 0
    for name in _SUBJECTS:
        subject = context.get(name)
        if isinstance(subject, Mapping) and subject.get("id"):
            return report_address(str(subject["id"]), int(version))
    if context.get("id") and version:
        return report_address(str(context["id"]), int(version))
    return report_address()


@register.simple_tag
def site_operator() -> str:
    """The name of the operator; "" if the settings name none."""
    return str(settings.OPERATOR)


@register.simple_tag
def site_licence() -> DataLicence | None:
    """The licence of the data; None if none is stated."""
    return representations.data_licence()
