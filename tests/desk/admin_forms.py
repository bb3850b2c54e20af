"""The addresses and forms of the desk, as a browser reads and sends them."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from kb.desk.admin.base import DeskAdmin
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_stance,
    make_statement,
)

ADMINS = {
    model._meta.model_name: model_admin
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, DeskAdmin)
}
WRONG_KEYS = ["abc", "-1", "10" * 15, "1e30", "²"]


def add_url(kind):
    return reverse(f"admin:desk_{kind}_add")


def list_url(kind):
    return reverse(f"admin:desk_{kind}_changelist")


def change_url(thing):
    return reverse(f"admin:desk_{thing._meta.model_name}_change", args=[thing.pk])


class FormReader(HTMLParser):
    """Reads out of a page what a browser would send back, the buttons left out."""

    def __init__(self, page):
        super().__init__()
        self.sent = {}
        self.select = self.textarea = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if tag == "input" and name and kind in ("text", "hidden", "checkbox", "number"):
            if kind != "checkbox" or "checked" in attributes:
                self.sent[name] = attributes.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self.textarea, self.sent[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attributes:
            self.sent.setdefault(self.select, []).append(attributes["value"])

    def handle_endtag(self, tag):
        if tag == "textarea":
            # The first line end after the tag is not part of the text.
            self.sent[self.textarea] = self.sent[self.textarea].removeprefix("\n")
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data.replace("\r\n", "\n")


def fields_of(response):
    """What a browser would send back: every field of the form, as it stands."""
    sent = FormReader(response.content.decode()).sent
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def text_of(response):
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def make_rows_of_every_kind(count=1):
    """Rows of every kind, with relations that a list or a form might follow."""
    for _ in range(count):
        incident = make_incident()
        publisher = make_actor(actor_kind="publication")
        source = make_source(publisher=publisher)
        make_source(derives_from=source, derivation="translation", publisher=publisher)
        actor = make_actor(part_of=publisher)
        event = make_event(actors=((actor, "acted"),), source=source)
        event.incidents.add(incident)
        statement = make_statement(about=(event,), source=source)
        make_stance(make_proposition(incident=incident), "denies", statement=statement)
        make_request(source=source)
    apps.get_model("desk", "topic").objects.bulk_create(
        apps.get_model("desk", "topic")(name=f"T{n}", slug=f"t-{incident.pk}-{n}")
        for n in range(count)
    )
