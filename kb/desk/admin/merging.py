"""The pages on which a thing is merged into another, or split: what would move, then doing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from kb.desk.admin.deleting import edit_link, edit_page, rows_by_relation
from kb.desk.admin.forms import ForeignKeyAutocomplete, is_primary_key
from kb.desk.admin.review import PUBLISH
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import StaleVersion
from kb.desk.verbs.transfers import merge, split
from kb.desk.verbs.transfers.related_rows import RelatedRow, is_actor_of_another_kind
from kb.text.clean import validate_text
from kb.text.slugs import slugify

MAX_TITLES = 50
MAX_SIMILAR = 8
BUSY = "Somebody else was saving at this moment: nothing was stored. Try again."


def autocomplete_field(model: Any) -> Any:
    """Some field of the desk that names this model: an autocomplete needs one."""
    every = apps.get_app_config("desk").get_models()
    fields = (one for table in every for one in (*table._meta.fields, *table._meta.many_to_many))
    return next(one for one in fields if one.related_model is model)


def may_merge_at_once(request: HttpRequest, thing: Publishable) -> bool:
    """Whether this account does it at once; else it can propose it."""
    is_free = thing.state != WorkflowState.PUBLISHED or request.user.has_perm(PUBLISH)
    return is_free and not merge.needs_second_person(thing)


class MergeMixin:
    """Adds to the admin of one kind: merge into another, split, and what became of it."""

    def get_urls(self) -> list[Any]:
        name = self.opts.model_name  # type: ignore[attr-defined]
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("<str:key>/merge/", wrap(self.merge), name=f"desk_{name}_merge"),
            path("<str:key>/split/", wrap(self.split), name=f"desk_{name}_split"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> Any:
        """What was withdrawn or merged away is not offered to be chosen."""
        found, may_repeat = super().get_search_results(request, queryset, term)  # type: ignore[misc]
        if request.path.endswith("/autocomplete/"):
            found = found.exclude(state=WorkflowState.WITHDRAWN)
        return found, may_repeat

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.state == WorkflowState.WITHDRAWN:
            context["merged"] = Transfer.objects.merges_of([row.public_id]).first()
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def _thing(self, request: HttpRequest, key: str) -> Any:
        """The row of this key, or the answer that there is none. Raises PermissionDenied."""
        row = self.get_object(request, key) if is_primary_key(key) else None  # type: ignore[attr-defined]
        if row is None:
            return None
        if not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return row

    def merge(self, request: HttpRequest, key: str) -> HttpResponse:
        """Choose the other; see all that would move; merge, or propose it."""
        thing = self._thing(request, key)
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)  # type: ignore[attr-defined,no-any-return]
        given = request.POST if request.method == "POST" else request.GET
        into = self._named(given.get("into", ""))
        if request.method == "POST" and into is not None:
            done = self._merged(request, thing, into)
            if done is not None:
                return done
            thing.refresh_from_db()
            into.refresh_from_db()
        elif "into" in given and into is None:
            messages.error(request, "Choose what it is to be merged into.")
        chooser = self._chooser()
        ctx = self._context(request, thing, f"Merge: {thing}") | {
            "into": into,
            "chooser": chooser.render("into", into.pk if into else None, {"id": "id_into"}),
            "media": chooser.media,
            "alike": [] if into else similar_records(thing),
        }  # fmt: skip
        if into is not None:
            ctx |= merge_preview(thing, into, typed=request.POST)
        return render(request, "admin/desk/merge.html", ctx)

    def _named(self, key: str) -> Any:
        rows = self.model._default_manager  # type: ignore[attr-defined]
        return rows.filter(pk=key).first() if is_primary_key(key) else None

    def _chooser(self) -> Any:
        """The autocomplete of the kind; a field gives it its rows."""
        widget = ForeignKeyAutocomplete(autocomplete_field(self.model), self.admin_site)  # type: ignore[attr-defined]
        rows = self.model._default_manager.all()  # type: ignore[attr-defined]
        return forms.ModelChoiceField(rows, widget=widget).widget

    def _context(self, request: HttpRequest, thing: Any, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": title,
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": thing,
            "is_public": thing.state == WorkflowState.PUBLISHED,
            "may_do": may_merge_at_once(request, thing),
            "needs_second": merge.needs_second_person(thing),
            "typed": request.POST,
        }

    def _merged(self, request: HttpRequest, thing: Any, into: Any) -> HttpResponse | None:
        """Do what the button says; None if it was refused."""
        across = "across" in request.POST
        try:
            note = clean_note(request.POST.get("note", ""))
            if not may_merge_at_once(request, thing):
                merge.propose_merge(thing, into=into, by=request.user, note=note, across=across)
                return self._proposed(request)
            seen = request.POST.get("seen", "")
            done = merge.merge(
                thing,
                into=into,
                by=request.user,
                note=note,
                across=across,
                preview_token=seen or "?",
            )
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return None
        except OperationalError:
            messages.error(request, BUSY)
            return None
        add_undo_message(request, done, f"“{thing}” is merged into “{into}”.")
        return HttpResponseRedirect(reverse(f"admin:desk_{into.kind}_change", args=[into.pk]))

    def _proposed(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, "It is proposed: somebody else who publishes has to do it.")
        return HttpResponseRedirect(reverse("admin:desk_transfer_changelist"))

    def split(self, request: HttpRequest, key: str) -> HttpResponse:
        """Name the new one and choose what goes over; see what that does; split, or propose it."""
        thing = self._thing(request, key)
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, key)  # type: ignore[attr-defined,no-any-return]
        whole = request.POST.getlist("group")
        chosen = request.POST.getlist("row")
        chosen += [
            one.name
            for one in split.splittable_rows(thing)
            if capfirst(one.label) in whole and one.name not in chosen
        ]
        name = request.POST.get("name", "")
        if request.method == "POST" and "_split" in request.POST:
            done = self._split(request, thing, name, chosen)
            if done is not None:
                return done
            thing.refresh_from_db()
        rows = split.splittable_rows(thing)
        going = [one for one in rows if one.name in chosen]
        looking = request.method == "POST"
        ctx = self._context(request, thing, f"Split: {thing}") | {
            "groups": grouped_rows(rows, chosen),
            "going": grouped_rows(going, chosen) if looking else [],
            "count": len(going),
            "looking": looking,
            "name": name,
            "longest": thing._meta.get_field(split.NAME_FIELDS[thing.kind]).max_length,
            "reasons": split.split_errors(
                thing, name=name, rows=chosen, note=request.POST.get("note", "")
            )
            if looking
            else [],
        }
        return render(request, "admin/desk/split.html", ctx)

    def _split(
        self, request: HttpRequest, thing: Any, name: str, chosen: list[str]
    ) -> HttpResponse | None:
        version = request.POST.get("version", "")
        try:
            note = clean_note(request.POST.get("note", ""))
            if not may_merge_at_once(request, thing):
                split.propose_split(thing, name=name, rows=chosen, by=request.user, note=note)
                return self._proposed(request)
            done, new = split.split(
                thing, name=name, rows=chosen, by=request.user, note=note,
                version=int(version) if is_primary_key(version) else 0,
            )  # fmt: skip
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return None
        except StaleVersion:
            messages.error(request, "It was saved again since you opened it: look at it again.")
            return None
        except OperationalError:
            messages.error(request, BUSY)
            return None
        add_undo_message(request, done, f"“{new}” is split off from “{thing}”.")
        if thing.state == WorkflowState.PUBLISHED and new.state != WorkflowState.PUBLISHED:
            said = f"“{new}” is a draft: it has no supporting citation yet."
            messages.warning(request, said)
        return HttpResponseRedirect(reverse(f"admin:desk_{new.kind}_change", args=[new.pk]))


def clean_note(note: str) -> str:
    """The note without spaces around it. Raises Refused for what no text may hold."""
    try:
        validate_text(note)
    except ValidationError as problem:
        raise ActionRefused([f"The note: {one}" for one in problem.messages]) from problem
    return note.replace("\r\n", "\n").strip()


def add_undo_message(request: HttpRequest, done: Transfer, said: str) -> None:
    """Say what was done, and where it can be undone."""
    address = reverse("admin:desk_transfer_change", args=[done.pk])
    line = format_html('{} <a href="{}">See what moved, or undo it</a>', said, address)
    messages.success(request, line)


def similar_records(thing: Any) -> list[Any]:
    """A few things of the same kind whose names begin alike: the likely duplicates."""
    name = str(thing)
    field = split.NAME_FIELDS[thing.kind]
    words = name.split()
    begins = " ".join(words[:1]) if words and len(words[0]) > 2 else name
    near = models.Q(**{f"{field}__istartswith": begins})
    near |= models.Q(slug__startswith=slugify(begins, fallback=thing.slug))
    rows = type(thing)._default_manager.filter(near).exclude(pk=thing.pk)
    return list(rows.exclude(state=WorkflowState.WITHDRAWN)[:MAX_SIMILAR])


def merge_preview(thing: Any, into: Any, *, typed: Any) -> dict[str, Any]:
    """What the page says before a merge is done."""
    across = "across" in typed
    reasons = merge.merge_errors(thing, into, note="?", across=True)
    if type(thing) is not type(into) or thing.pk == into.pk:
        return {"reasons": reasons}
    planned = merge.prepare_merge(thing, into)
    return {
        "reasons": reasons,
        "groups": grouped_rows([one for one in planned.rows if not one.drop and not one.clear]),
        "collapsing": [
            (edit_link(one), one.label, one.drop or "it would name itself")
            for one in planned.rows
            if one.drop or one.clear
        ],
        "keeps_name": planned.keeps_name,
        "documents": document_titles(planned.documents),
        "document_count": len(planned.documents),
        "differs": is_actor_of_another_kind(thing, into),
        "seen": planned.preview_token,
        "count": len(planned.rows),
        "across": across,
    }


def document_titles(documents: dict[str, Any]) -> list[str]:
    """The titles of the first of these, with their kinds."""
    some = list(documents.values())[:MAX_TITLES]
    return [f"{one['kind']} “{one['title']}”" for one in some]


def grouped_rows(rows: list[RelatedRow], chosen: Any = ()) -> list[dict[str, Any]]:
    """The rows by what they are, for a template; of a long group the first ones by name."""
    return [
        {
            "said": said,
            "count": len(some),
            "rows": [
                {"name": one.name, "page": edit_page(one), "chosen": one.name in chosen}
                for one in some
            ],
            "first": [edit_link(one) for one in some[:MAX_TITLES]],
            "more": max(0, len(some) - MAX_TITLES),
        }
        for said, some in rows_by_relation(rows).items()
    ]
