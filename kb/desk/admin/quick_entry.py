"""Quick entry: a source is begun with the address of a page, and an entry with its source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.forms import DeskForm, free_slug, is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Actor, Citation, Publishable, Source
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.webpage.fetch import FetchError, fetch_page
from kb.desk.webpage.metadata import PageMeta, decode_page, read_metadata
from kb.record.vocabulary import ActorKind
from kb.text.clean import validate_line
from kb.text.links import LinkError, canonical_url, is_private_url

# The fields that the next entry from the same source starts with, besides the source itself. The
# wording of a date is not among them: it belongs to one passage of the source.
CARRIED_PARAMETERS = {
    "statement": ("said", "said_zone", "form", "language", "original_language"),
    "event": ("happened", "happened_zone", "standing"),
    "request": ("asked_on", "asked_on_zone", "asked_by"),
}


class PageForm(forms.Form):
    """The address of the page that a source is."""

    url = forms.CharField(
        label=_("URL of the page"),
        max_length=4096,
        widget=forms.TextInput(attrs={"type": "url", "class": "vLargeTextField", "autofocus": ""}),
        help_text=_("Paste the URL from your browser. Tracking parameters are removed."),
    )

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


class SourceForm(DeskForm):
    """A source. Its publisher may be a new actor, which is saved with the source."""

    new_publisher = forms.CharField(
        label=_("New publisher"),
        required=False,
        max_length=200,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Name of a publisher that does not exist yet. It is created when you save."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = cleaned.get("new_publisher")
        if not name:
            return cleaned
        if cleaned.get("publisher"):
            self.add_error(
                "new_publisher",
                gettext("Choose an existing publisher or enter a new one, not both."),
            )
        elif actors_with_name(name):
            message = gettext(
                "“%(name)s” already exists. Choose it above and leave this field empty."
            ) % {"name": name}
            self.add_error("new_publisher", message)
        else:
            actor = Actor(name=name, actor_kind=ActorKind.PUBLICATION)
            actor.slug = free_slug(actor, name)
            cleaned["new_publisher"] = actor
        return cleaned


class SourceFromPage:
    """Asks for the address of a web page, and leads to a form filled in from that page."""

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an address; lead on to the source that has it, or to a form filled in."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        form = PageForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return _to_source_form(request, form.cleaned_data["url"])
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": gettext("Add a source from its URL"),
            "opts": Source._meta,
            "form": form,
            "is_fetching": settings.FETCH_PAGES,
        }
        return render(request, "admin/desk/source/from_page.html", context)


def _to_source_form(request: HttpRequest, url: str) -> HttpResponse:
    """To the stored source of this address, or to an empty form filled in from its page."""
    meta = PageMeta()
    if not Source.objects.filter(url=url).exists() and settings.FETCH_PAGES:
        try:
            page = fetch_page(url, allowed=settings.FETCH_ALLOWED)
            meta = read_metadata(decode_page(page.body, page.charset), url)
        except FetchError as problem:
            messages.warning(
                request, gettext("%(problem)s Fill in the form manually.") % {"problem": problem}
            )
    url = meta.url or url
    if stored := merged_row(Source.objects.filter(url=url).first()):
        messages.info(request, gettext("A source with this URL already exists. It is shown below."))
        return HttpResponseRedirect(reverse("admin:desk_source_change", args=[stored.pk]))
    initial = {
        "url": url,
        "source_kind": "article",
        "title": meta.title,
        "byline": meta.byline,
        "published": meta.published,
        "language": meta.language,
        "accessed_on": localdate().isoformat() if meta.title else "",
        **_publisher_fields(request, meta.publisher),
    }
    if meta.title:
        messages.info(
            request,
            gettext("The form was filled in from the page. Check each field before you save."),
        )
        for source in Source.objects.filter(title__iexact=meta.title)[:3]:
            address = reverse("admin:desk_source_change", args=[source.pk])
            link = format_html(
                '{} <a href="{}">{}</a>.',
                gettext("A source with this title already exists:"),
                address,
                source,
            )
            messages.warning(request, link)
    query = urlencode({name: value for name, value in initial.items() if value})
    return HttpResponseRedirect(f"{reverse('admin:desk_source_add')}?{query}")


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


def save_new_publisher(request: HttpRequest, source: Source, form: SourceForm) -> None:
    """Save the publisher that the form adds, if it adds one, and name it in the source."""
    publisher = form.cleaned_data.get("new_publisher")
    if not publisher:
        return
    publisher.created_by = publisher.updated_by = request.user
    publisher.save()
    source.publisher = publisher
    messages.success(
        request,
        gettext(
            "“%(publisher)s” was created as a publication. It will be "
            "published together with its source."
        )
        % {"publisher": publisher},
    )


def actors_with_name(name: str) -> list[Actor]:
    """The actors who are called this, two at most."""
    actors = Actor.objects.filter(Q(name__iexact=name) | Q(other_names__name__iexact=name))
    return list(actors.distinct().order_by("pk")[:2])


def requested_source(request: HttpRequest) -> Source | None:
    """The source that ``?source=`` names, if there is one."""
    key = request.GET.get("source", "")
    return Source.objects.filter(pk=key).first() if is_primary_key(key) else None


def initial_from_source(
    model: type[Publishable], source: Source | None, initial: dict[str, str | list[str]]
) -> dict[str, str | list[str]]:
    """The initial fields of an entry's form: those of the address, and the date of the source.

    Not the wording of that date, which says when the source appeared.
    """
    filled = dict(initial)
    name = model.date_field
    if source is not None and name not in filled:
        filled[name] = source.published.edtf
        if name == "said":
            filled.setdefault("language", source.language)
    return {field: value for field, value in filled.items() if value}


def next_form_url(entry: Publishable) -> str:
    """The address of an empty form with what the next entry from the same source shares."""
    citation = Citation.objects.filter(**{entry.kind: entry}).order_by("pk").first()
    initial: dict[str, Any] = {"source": citation.source_id if citation else ""}
    for name in CARRIED_PARAMETERS[entry.kind]:
        value = getattr(entry, name)
        initial[name] = getattr(value, "edtf", getattr(value, "pk", value))
    for name in ("incidents", "topics"):
        keys = getattr(entry, name).values_list("pk", flat=True)
        initial[name] = ",".join(str(key) for key in keys)
    query = urlencode({name: value for name, value in initial.items() if value})
    return f"{reverse(f'admin:desk_{entry.kind}_add')}?{query}"
