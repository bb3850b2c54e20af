"""The record's vocabulary as readers see it."""

from django.utils.translation import gettext_lazy as _

ACTOR_KINDS = {
    "person": _("Person"),
    "organisation": _("Organisation"),
    "publication": _("Publication"),
    "government": _("Government body"),
    "product": _("Product or model"),
    "project": _("Project"),
    "group": _("Group"),
}
NAME_KINDS = {"alias": _("also called"), "original": _("original name"), "former": _("formerly")}
SOURCE_KINDS = {
    "article": _("Article"),
    "document": _("Document"),
    "post": _("Post"),
    "filing": _("Filing"),
    "interview": _("Interview"),
}
ATTRIBUTIONS = {
    "named": _("named speaker"),
    "unnamed": _("unnamed speaker"),
    "document": _("document"),
    "account": _("organisation’s official account"),
}
# The fields of documents, as the history names them.
FIELD_LABELS = {
    "title": _("title"),
    "slug": _("slug"),
    "date": _("date"),
    "published": _("published"),
    "standing": _("reliability"),
    "summary": _("summary"),
    "text": _("words"),
    "original": _("original words"),
    "language": _("language"),
    "form": _("form"),
    "wording": _("wording"),
    "voice": _("speaker"),
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
    "derives_from": _("derived from"),
    "derivation": _("kind of derivation"),
    "note": _("note"),
}
