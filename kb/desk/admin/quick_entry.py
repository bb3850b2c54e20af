"""Quick entry: a source is begun with the address of a page, and an entry with its source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escapejs, format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.article_text_field import USE_PERMISSION, ArticleTextField
from kb.desk.admin.forms import DeskForm, free_slug, is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Actor, Citation, Publishable, Source
from kb.desk.verbs.transfers.merge import merged_row
from kb.desk.webpage.fetch import FetchError, fetch_page
from kb.desk.webpage.metadata import PageMeta, decode_page, read_metadata
from kb.desk.webpage.page_article import page_article
from kb.record.vocabulary import ActorKind
from kb.text.archives import wayback_copy
from kb.text.clean import validate_line, validate_text
from kb.text.links import LinkError, canonical_url, is_private_url

SELECTION_KEY = "selected_words"
ARTICLE_KEY = "fetched_article"
# Characters of each part that the bookmark sends. Nine bytes each, they stay below the limit of an
# address (MAX_ADDRESS_BYTES), but for an URL of other than ASCII letters.
MAX_SENT = {"url": 2048, "title": 150, "words": 350}
# The fields that the next entry from the same source starts with, besides the source itself. The
# wording of a date is not among them: it belongs to one passage of the source.
CARRIED_PARAMETERS = {
    "statement": ("said", "said_zone", "form", "language", "original_language"),
    "event": ("happened", "happened_zone", "standing"),
    "request": ("asked_on", "asked_on_zone", "asked_by"),
}


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


class SourceForm(DeskForm):
    """A source. Its publisher may be a new actor, which is saved with the source.

    The text of a new source can be pasted at once.
    """

    new_publisher = forms.CharField(
        label=_("New publisher"),
        required=False,
        max_length=200,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Name of a publisher that does not exist yet. It is created when you save."),
    )
    article_text = ArticleTextField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        _fill_in_copy(cleaned)
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


def _fill_in_copy(cleaned: dict[str, Any]) -> None:
    """Read the fields of the copy out of an address of the Wayback Machine, where they are empty.

    Pasted as the address of the source, it becomes the address of the copy.
    """
    copy = wayback_copy(cleaned.get("url") or "")
    if copy and not cleaned.get("archive_url"):
        cleaned["archive_url"], cleaned["url"] = cleaned["url"], copy.url
    copy = wayback_copy(cleaned.get("archive_url") or "")
    if copy and not cleaned.get("archived_on"):
        cleaned["archived_on"] = copy.day
    if copy and not cleaned.get("url"):
        cleaned["url"] = copy.url


class SourceFromPage:
    """Asks for the address of a web page, and leads to a form filled in from that page."""

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an address; lead on to the source that has it, or to a form filled in."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        form = PageForm(request.POST or None, request.GET)
        if request.method == "POST" and form.is_valid():
            url = form.cleaned_data["url"]
            copy = wayback_copy(url)
            return _to_source_form(
                request,
                copy.url if copy else url,
                archive_url=url if copy else "",
                title=form.cleaned_data.get("title", ""),
                words=form.cleaned_data.get("words", ""),
            )
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": gettext("Add a source from its URL"),
            "opts": Source._meta,
            "form": form,
            "is_fetching": settings.FETCH_PAGES,
        }
        return render(request, "admin/desk/source/from_page.html", context)


def _to_source_form(
    request: HttpRequest, url: str, *, archive_url: str, title: str, words: str
) -> HttpResponse:
    """To the stored source of this address, or to an empty form filled in from its page.

    ``archive_url`` is the copy whose address was pasted. ``title`` is used if the page states none.
    ``words`` are kept in the session, for the link on the form of the source.
    """
    meta = PageMeta()
    if not Source.objects.filter(url=url).exists() and settings.FETCH_PAGES:
        try:
            page = fetch_page(url, allowed=settings.FETCH_ALLOWED)
            html = decode_page(page.body, page.charset)
            meta = read_metadata(html, url)
            _store_article(request, meta.url or url, html)
        except FetchError as problem:
            messages.warning(
                request, gettext("%(problem)s Fill in the form manually.") % {"problem": problem}
            )
    url = meta.url or url
    if words:
        request.session[SELECTION_KEY] = {"url": url, "words": words}
    if stored := merged_row(Source.objects.filter(url=url).first()):
        messages.info(request, gettext("A source with this URL already exists. It is shown below."))
        return HttpResponseRedirect(reverse("admin:desk_source_change", args=[stored.pk]))
    initial = {
        "url": url,
        "source_kind": "article",
        "title": meta.title or title,
        "byline": meta.byline,
        "published": meta.published,
        "language": meta.language,
        "accessed_on": localdate().isoformat() if meta.title else "",
        "archive_url": archive_url,
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


def _store_article(request: HttpRequest, url: str, html: str) -> None:
    """Keep the text of a fetched page in the session, for the form of its source."""
    if request.user.has_perm(USE_PERMISSION) and (text := page_article(html)):
        request.session[ARTICLE_KEY] = {"url": url, "text": text}


def fetched_article(request: HttpRequest, url: str) -> str:
    """The text of the page that was fetched last, if it is the page of this address; or ""."""
    article = request.session.get(ARTICLE_KEY)
    return str(article["text"]) if url and article and article["url"] == url else ""


def forget_fetched_article(request: HttpRequest) -> None:
    """Remove the text of the page from the session: it is stored with its source."""
    request.session.pop(ARTICLE_KEY, None)


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


def ask_for_copy(request: HttpRequest, source: Source) -> None:
    """Ask for the address of an archived copy of a page on the web that has none."""
    if source.url and not source.archive_url:
        address = f"https://web.archive.org/save/{source.url}"
        text = _(
            "No archived copy is recorded. Save the page in the Wayback Machine and paste the "
            "address of the copy into “Archive URL”; its day is filled in."
        )
        link = _("Save a copy")
        messages.info(request, format_html('{} <a href="{}">{}</a>', text, address, link))


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


def selected_words_url(request: HttpRequest, source: Source) -> str:
    """The address of a new statement with the words that were selected on this source's page.

    "" if none were selected there.
    """
    selection = request.session.get(SELECTION_KEY)
    if not source.url or not selection or selection["url"] != source.url:
        return ""
    query = urlencode({"source": source.pk, "exact": selection["words"]})
    return f"{reverse('admin:desk_statement_add')}?{query}"


def bookmark_script(page_url: str) -> str:
    """The address of a bookmark that opens ``page_url`` with what the browser shows.

    Sent are the address, the title and the selected words, cut so that the server takes them.
    """
    cut = "encodeURIComponent([...String(%s)].slice(0,%d).join(''))"
    parts = {"url": "location.href", "title": "document.title", "words": "getSelection()"}
    query = "+".join(
        f"'{'&' if name != 'url' else '?'}{name}='+{cut % (value, MAX_SENT[name])}"
        for name, value in parts.items()
    )
    return f"javascript:void(window.open('{escapejs(page_url)}'+{query}))"


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
