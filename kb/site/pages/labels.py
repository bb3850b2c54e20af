"""The names of a document's fields, as readers see them."""

from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

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
    "attributed_by": _("ascribed by"),
    "according_to": _("according to"),
    "place": _("place"),
    "figures": _("figures"),
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


def language_words(code: str) -> str:
    """The name of a language in the reader's words; the code itself where none is known."""
    code = (code or "").strip()
    if code.lower() == "zh":
        return gettext("Chinese")
    for name in (code.lower(), code.lower().split("-")[0]):
        try:
            return str(get_language_info(name)["name_translated"])
        except KeyError:
            continue
    return code
