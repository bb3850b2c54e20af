"""Quick entry: what the form of a source adds, and an entry that begins with its source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escapejs, format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.article_text_field import ArticleTextField
from kb.desk.admin.forms import DeskForm, free_slug, is_primary_key
from kb.desk.models import Actor, Citation, Publishable, Source
from kb.record.vocabulary import ActorKind
from kb.text.archives import wayback_copy
from kb.text.clean import validate_line

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


def fetched_article(request: HttpRequest, url: str) -> str:
    """The text of the page that was fetched last, if it is the page of this address; or ""."""
    article = request.session.get(ARTICLE_KEY)
    return str(article["text"]) if url and article and article["url"] == url else ""


def forget_fetched_article(request: HttpRequest) -> None:
    """Remove the text of the page from the session: it is stored with its source."""
    request.session.pop(ARTICLE_KEY, None)


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
