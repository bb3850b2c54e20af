"""Source first: a source begins with the address of a page, and entries begin with a source."""

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
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from kb.desk.admin.forms import DeskForm, free_slug, is_primary_key
from kb.desk.models import Actor, Citation, Source
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.warnings import row_warnings
from kb.desk.webpage.fetch import FetchError, fetch_page
from kb.desk.webpage.metadata import PageMeta, decode_page, read_metadata
from kb.record.vocabulary import ActorKind
from kb.text.clean import validate_line
from kb.text.links import LinkError, canonical_url, is_private_url

# What one entry hands on to the next from the same source, besides the source itself.
CARRIED_PARAMETERS = {
    "statement": ("said", "said_phrase", "said_zone", "form", "wording", "language",
                  "original_language"),
    "event": ("happened", "happened_phrase", "happened_zone", "standing"),
}  # fmt: skip
DATE_FIELDS = {"statement": "said", "event": "happened"}


class PageForm(forms.Form):
    """The address of a page."""

    url = forms.CharField(
        label="Address of the page",
        max_length=4096,
        widget=forms.TextInput(attrs={"type": "url", "class": "vLargeTextField", "autofocus": ""}),
        help_text="Whatever your browser shows. What only follows readers around is taken off.",
    )

    def clean_url(self) -> str:
        try:
            url = canonical_url(self.cleaned_data["url"])
        except LinkError as problem:
            raise ValidationError(str(problem)) from problem
        if is_private_url(url, settings.FETCH_ALLOWED):
            raise ValidationError("This address leads into a network: no reader could follow it.")
        return url


class SourceForm(DeskForm):
    """A source, whose publisher may be made with it."""

    new_publisher = forms.CharField(
        label="Or a new publisher",
        required=False,
        max_length=200,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="The name of one who is not on the desk yet: it is made when you save.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = cleaned.get("new_publisher")
        if not name:
            return cleaned
        if cleaned.get("publisher"):
            self.add_error("new_publisher", "Choose a publisher or write a new one, not both.")
        elif actors_with_name(name):
            said = f"“{name}” is on the desk: choose it above, and empty this box."
            self.add_error("new_publisher", said)
        else:
            actor = Actor(name=name, actor_kind=ActorKind.PUBLICATION)
            actor.slug = free_slug(actor, name)
            cleaned["new_publisher"] = actor
        return cleaned


class PageFirstMixin:
    """Adds to the sources' admin: from an address to a form with what its page says of itself."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.from_page)  # type: ignore[attr-defined]
        return [path("from/", view, name="desk_source_from"), *super().get_urls()]  # type: ignore[misc]

    def from_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for an address; lead on to the source that has it, or to a form filled in."""
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = PageForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._led_on(request, form.cleaned_data["url"])
        ctx = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": "Add a source from its address",
            "opts": Source._meta,
            "form": form,
            "is_fetching": settings.FETCH_PAGES,
        }
        return render(request, "admin/desk/source/from_page.html", ctx)

    def _led_on(self, request: HttpRequest, url: str) -> HttpResponse:
        meta = PageMeta()
        if not Source.objects.filter(url=url).exists() and settings.FETCH_PAGES:
            try:
                page = fetch_page(url, allowed=settings.FETCH_ALLOWED)
                meta = read_metadata(decode_page(page.body, page.charset), url)
            except FetchError as problem:
                messages.warning(request, f"{problem} Fill in the form by hand.")
        url = meta.url or url
        if there := merged_row(Source.objects.filter(url=url).first()):
            messages.info(request, "This address is on the desk already: here is that source.")
            return HttpResponseRedirect(reverse("admin:desk_source_change", args=[there.pk]))
        given = {
            "url": url,
            "source_kind": "article",
            "title": meta.title,
            "byline": meta.byline,
            "published": meta.published,
            "language": meta.language,
            "accessed_on": localdate().isoformat() if meta.title else "",
            **self._publisher(request, meta.publisher),
        }
        if meta.title:
            messages.info(request, "Read from the page. Compare each line before you save.")
            for one in Source.objects.filter(title__iexact=meta.title)[:3]:
                address = reverse("admin:desk_source_change", args=[one.pk])
                said = format_html('A source has this title: <a href="{}">{}</a>.', address, one)
                messages.warning(request, said)
        query = urlencode({name: value for name, value in given.items() if value})
        return HttpResponseRedirect(f"{reverse('admin:desk_source_add')}?{query}")

    def _publisher(self, request: HttpRequest, name: str) -> dict[str, str]:
        """The field that says who published it: an actor of this name, or one to be made."""
        if not name:
            return {}
        keys = [str(one.pk) for one in actors_with_name(name)]
        if len(keys) == 1:
            return {"publisher": keys[0]}
        said = f"The page names “{name}” as its publisher; "
        if keys:
            messages.warning(request, f"{said}several actors have that name. Choose one.")
            return {}
        messages.warning(
            request,
            f"{said}no actor has that name. It is made when you save, unless you choose another.",
        )
        return {"new_publisher": name}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if made := form.cleaned_data.get("new_publisher"):
            made.created_by = made.updated_by = request.user
            made.save()
            obj.publisher = made
            said = (
                f"“{made}” is on the desk now, as a publication. It is published with its source."
            )
            messages.success(request, said)
        super().save_model(request, obj, form, change)  # type: ignore[misc]


class SourceFirstMixin:
    """Adds to the admin of entries: ``?source=`` fills the form, and one more follows at once."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_changeform_initial_data(request)  # type: ignore[misc]
        source = requested_source(request)
        name = DATE_FIELDS[self.model.kind]  # type: ignore[attr-defined]
        if source is not None and name not in given:
            given[name] = source.published.edtf
            given.setdefault(f"{name}_phrase", source.published.phrase)
            if name == "said":
                given.setdefault("language", source.language)
        return {key: value for key, value in given.items() if value}

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)  # type: ignore[misc]
        # Not with what is sent: a row that equals its initial data would not be saved.
        if request.method == "GET" and not obj.pk and inline.model is Citation:
            source = requested_source(request)
            if source is not None:
                given["initial"] = [{"source": source.pk}]
        return given

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["again"] = f"Save, and add another {self.opts.verbose_name} from this source"  # type: ignore[attr-defined]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        for doubt in row_warnings(form.instance):
            messages.warning(request, f"To look at: {doubt}")

    def next_form(self, obj: Any) -> str:
        """The address of an empty form with what the next entry from this source shares."""
        citation = obj.citations.order_by("pk").first()
        given = {"source": citation.source_id if citation else ""}
        for name in CARRIED_PARAMETERS[obj.kind]:
            value = getattr(obj, name)
            given[name] = getattr(value, "edtf", value)
        for name in ("incidents", "topics"):
            given[name] = ",".join(
                str(key) for key in getattr(obj, name).values_list("pk", flat=True)
            )
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{reverse(f'admin:desk_{obj.kind}_add')}?{query}"


def actors_with_name(name: str) -> list[Actor]:
    """Two at most of the actors who are called this."""
    found = Actor.objects.filter(Q(name__iexact=name) | Q(other_names__name__iexact=name))
    return list(found.distinct().order_by("pk")[:2])


def requested_source(request: HttpRequest) -> Source | None:
    """The source that ``?source=`` names, if there is one."""
    key = request.GET.get("source", "")
    return Source.objects.filter(pk=key).first() if is_primary_key(key) else None
