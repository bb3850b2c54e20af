"""Template tags for the foot of each page: contact, report of an error, licence."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.conf import settings
from django.template import Context

from kb.formats.view import DataLicence
from kb.record.addresses import absolute_url
from kb.site.http import representations
from kb.site.pages.contact import contact, report_address

register = template.Library()


@register.simple_tag
def report_url(path: str) -> str:
    """Where to report an error in the entry at this path; "" if the settings name no contact."""
    return report_address(absolute_url(path)) if contact() else ""


@register.simple_tag(takes_context=True)
def page_report_url(context: Context) -> str:
    """Where to report an error on this page. An error page may have no request."""
    head: Mapping[str, str] = context.get("head") or {}
    request = context.get("request")
    page = head.get("canonical") or (absolute_url(request.path) if request else "")
    return report_address(page)


@register.simple_tag
def report_url_of(page: str) -> str:
    """Where to report an error on the page at this absolute address, as an embed shows it."""
    return report_address(page)


@register.simple_tag
def site_operator() -> str:
    """The name of the operator; "" if the settings name none."""
    return str(settings.OPERATOR)


@register.simple_tag
def site_licence() -> DataLicence | None:
    """The licence of the data; None if none is stated."""
    return representations.data_licence()
