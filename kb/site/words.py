"""The record's vocabulary as readers see it."""

from django.utils.translation import gettext_lazy as _

ACTOR_KINDS = {
    "person": "Person",
    "organisation": "Organisation",
    "publication": "Publication",
    "government": "Government body",
    "product": "Product or model",
    "project": "Project",
    "group": "Group",
}
NAME_KINDS = {"alias": "also called", "original": "original name", "former": "formerly"}
SOURCE_KINDS = {
    "article": "Article",
    "document": "Document",
    "post": "Post",
    "filing": "Filing",
    "interview": "Interview",
}
DERIVATIONS = {
    "translation": "translation of",
    "wire_copy": "wire copy of",
    "rewrite": "rewrite of",
    "first_reported_by": "first reported by",
    "own_reporting": "own reporting, beside",
    "": "",
}
# The fields of documents, as the history names them.
FIELDS = {
    "title": _("title"),
    "slug": _("address"),
    "date": _("date"),
    "published": _("published"),
    "standing": _("standing"),
    "summary": _("summary"),
    "text": _("words"),
    "original": _("original words"),
    "language": _("language"),
    "form": _("form"),
    "wording": _("wording"),
    "voice": _("voice"),
    "outcome": _("outcome"),
    "actors": _("actors"),
    "about": _("about"),
    "in_reply_to": _("in reply to"),
    "citations": _("citations"),
    "incidents": _("incidents"),
    "topics": _("topics"),
    "stances": _("positions"),
    "actor_kind": _("kind"),
    "source_kind": _("kind"),
    "other_names": _("other names"),
    "affiliations": _("affiliations"),
    "part_of": _("part of"),
    "website": _("website"),
    "wikidata": _("Wikidata"),
    "url": _("URL"),
    "publisher": _("publisher"),
    "byline": _("byline"),
    "accessed_on": _("accessed on"),
    "archive_url": _("archived copy"),
    "archived_on": _("archived on"),
    "derives_from": _("where it got it"),
    "derivation": _("how it got it"),
    "note": _("note"),
}
