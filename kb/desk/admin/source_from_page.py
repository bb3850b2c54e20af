"""A source that begins with the address of its page, from which its form is filled in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.article_text_field import USE_PERMISSION
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.quick_entry import ARTICLE_KEY, SELECTION_KEY, actors_with_name
from kb.desk.admin.slow_pages import (
    SlowPage,
    awaited_page,
    outcome_of,
    wait_for,
    waiting_response,
)
from kb.desk.models import Publishable, Source
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.webpage import background
from kb.desk.webpage.background import FetchesFull, SourcePage
from kb.text.archives import wayback_copy
from kb.text.clean import validate_line, validate_text
from kb.text.links import LinkError, canonical_url, is_private_url

# The button that leads on without the page, when no page can be fetched just now.
WITHOUT_PAGE = "without_page"
RETRY_AFTER_SECONDS = 10


class PageForm(forms.Form):
    """The address of the page that a source is.

    ``title`` and ``words`` are there if the bookmark sent them: see ``bookmark_script``.
    """

    url = forms.CharField(
        label=_("URL of the page"),
        max_length=4096,
        widget=forms.TextInput(attrs={"type": "url", "class": "vURLField", "autofocus": ""}),
        help_text=_("Paste the URL from your browser. Tracking parameters are removed."),
    )

    title = forms.CharField(
        required=False,
        max_length=300,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vURLField"}),
        help_text=_("Used if the page itself does not state one."),
    )
    words = forms.CharField(
        label=_("Selected words"),
        required=False,
        max_length=2000,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("The form of the source will have a link to a statement with these words."),
    )

    def __init__(self, data: QueryDict | None, sent: QueryDict) -> None:
        """``sent`` are the parameters of the address, with which the form is filled in."""
        initial = {name: sent.get(name, "")[:4096] for name in ("url", "title", "words")}
        super().__init__(data, initial=initial)
        for name in ("title", "words"):
            if not initial[name] and not (data and data.get(name)):
                del self.fields[name]

    def clean_url(self) -> str:
        try:
            url = canonical_url(self.cleaned_data["url"])
        except LinkError as problem:
            raise ValidationError(str(problem)) from problem
        if is_private_url(url, settings.FETCH_ALLOWED):
            raise ValidationError(
                gettext("This URL points to a private network; readers cannot open it.")
            )
        return url


class SourceFromPage:
    """Asks for the address of a web page, and leads to a form filled in from that page."""

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an address; lead on to the source that has it, or to a form filled in."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        if slow_page := awaited_page(request):
            return self._waiting(request, slow_page)
        form = PageForm(request.POST or None, request.GET)
        if request.method == "POST" and form.is_valid():
            url = form.cleaned_data["url"]
            copy = wayback_copy(url)
            address = PageAddress(
                url=copy.url if copy else url,
                archive_url=url if copy else "",
                title=form.cleaned_data.get("title", ""),
                words=form.cleaned_data.get("words", ""),
            )
            if WITHOUT_PAGE in request.POST or not _is_fetched(address.url):
                return _to_source_form(request, address, SourcePage())
            try:
                return _fetched(request, address)
            except FetchesFull:
                return self._asking(request, form, is_full=True)
        return self._asking(request, form)

    def _asking(
        self, request: HttpRequest, form: PageForm, *, is_full: bool = False
    ) -> HttpResponse:
        """The form; ``is_full``: with what was typed, because no page can be fetched just now."""
        context = {
            **self._context(request),
            "form": form,
            "is_fetching": settings.FETCH_PAGES,
            "is_full": is_full,
            "without_page": WITHOUT_PAGE,
        }
        template = "admin/desk/source/from_page.html"
        response = render(request, template, context, status=503 if is_full else 200)
        if is_full:
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response

    def _waiting(self, request: HttpRequest, slow_page: SlowPage) -> HttpResponse:
        """Wait on for the page, or lead to the form with its outcome."""
        address = PageAddress(
            slow_page["url"], slow_page["archive_url"], slow_page["title"], slow_page["words"]
        )
        outcome = outcome_of(slow_page)
        if outcome is not None:
            return _to_source_form(request, address, outcome)
        context = {**self._context(request), "form_url": _form_url(_initial(address))}
        return waiting_response(request, slow_page, context)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.model_admin.admin_site.each_context(request),
            "title": gettext("Add a source from its URL"),
            "opts": Source._meta,
        }


@dataclass(frozen=True)
class PageAddress:
    """The address of a page, with what the bookmark sent.

    ``archive_url`` is the copy whose address was pasted. ``title`` is used if the page states none.
    """

    url: str
    archive_url: str
    title: str
    words: str


def _is_fetched(url: str) -> bool:
    return settings.FETCH_PAGES and not Source.objects.filter(url=url).exists()


def _fetched(request: HttpRequest, address: PageAddress) -> HttpResponse:
    """Fetch the page: to the form filled in, or for a slow page to one that waits.

    Raises FetchesFull.
    """
    fetch = background.begin_fetch(address.url, settings.FETCH_ALLOWED)
    outcome = fetch.outcome(background.WAIT_SECONDS)
    if outcome is not None:
        return _to_source_form(request, address, outcome)
    return wait_for(
        request,
        SlowPage(
            key=fetch.key,
            began_at=time.time(),
            url=address.url,
            archive_url=address.archive_url,
            title=address.title,
            words=address.words,
        ),
    )


def _initial(address: PageAddress) -> dict[str, str]:
    """The fields that are filled in without the page."""
    return {
        "url": address.url,
        "source_kind": "article",
        "title": address.title,
        "archive_url": address.archive_url,
    }


def _form_url(initial: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in initial.items() if value})
    return f"{reverse('admin:desk_source_add')}?{query}"


def _to_source_form(request: HttpRequest, address: PageAddress, page: SourcePage) -> HttpResponse:
    """To the stored source of this address, or to an empty form filled in from its page.

    Selected words are kept in the session, for the link on the form of the source.
    """
    meta = page.meta
    if page.problem:
        messages.warning(
            request, gettext("%(problem)s Fill in the form manually.") % {"problem": page.problem}
        )
    url = meta.url or address.url
    if page.article and request.user.has_perm(USE_PERMISSION):
        # For the form of the source.
        request.session[ARTICLE_KEY] = {"url": url, "text": page.article}
    if address.words:
        request.session[SELECTION_KEY] = {"url": url, "words": address.words}
    if stored := merged_row(Source.objects.filter(url=url).first()):
        messages.info(request, gettext("A source with this URL already exists. It is shown below."))
        return HttpResponseRedirect(reverse("admin:desk_source_change", args=[stored.pk]))
    initial = {
        **_initial(address),
        "url": url,
        "title": meta.title or address.title,
        "byline": meta.byline,
        "published": meta.published,
        "language": meta.language,
        "accessed_on": localdate().isoformat() if meta.title else "",
        **_publisher_fields(request, meta.publisher),
    }
    if meta.doi:
        _tell_doi(request, meta.doi)
    if meta.title:
        messages.info(
            request,
            gettext("The form was filled in from the page. Check each field before you save."),
        )
        for source in Source.objects.filter(title__iexact=meta.title)[:3]:
            location = reverse("admin:desk_source_change", args=[source.pk])
            link = format_html(
                '{} <a href="{}">{}</a>.',
                gettext("A source with this title already exists:"),
                location,
                source,
            )
            messages.warning(request, link)
    return HttpResponseRedirect(_form_url(initial))


def _tell_doi(request: HttpRequest, doi: str) -> None:
    """Say which DOI the page has, and which source has an address with it already."""
    for source in Source.objects.filter(url__iendswith=f"/{doi}")[:3]:
        address = reverse("admin:desk_source_change", args=[source.pk])
        link = format_html(
            gettext("A source with the DOI of this page already exists: {link}."),
            link=format_html('<a href="{}">{}</a>', address, source),
        )
        messages.warning(request, link)
    message = gettext(
        "The page has the DOI %(doi)s. https://doi.org/%(doi)s leads to it wherever it moves."
    )
    messages.info(request, message % {"doi": doi})


def _publisher_fields(request: HttpRequest, name: str) -> dict[str, str]:
    """The form field for the publisher: the actor of this name, or the name of a new actor."""
    if not name:
        return {}
    keys = [str(actor.pk) for actor in actors_with_name(name)]
    if len(keys) == 1:
        return {"publisher": keys[0]}
    if keys:
        message = gettext(
            "The page names “%(name)s” as its publisher; several actors have this name. Choose one "
            "of them."
        )
        messages.warning(request, message % {"name": name})
        return {}
    message = gettext(
        "The page names “%(name)s” as its publisher; no actor has this name. The publisher is "
        "created when you save, unless you choose another."
    )
    messages.warning(request, message % {"name": name})
    return {"new_publisher": name}
