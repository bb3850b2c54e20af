"""The record's vocabulary as readers see it."""

from django.utils.translation import get_language_info, gettext
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
STANDINGS = {
    "one_party": _("Single-party"),
    "reported": _("Reported"),
    "announced": _("Announced, outcome not recorded"),
}
WORDINGS = {
    "original": _("original wording"),
    "translated": _("translated"),
    "back_translated": _("translated and translated back, so not the original words"),
}
POSITIONS = {
    "reports": _("Reports"),
    "alleges": _("Alleges"),
    "asserts": _("Asserts"),
    "denies": _("Denies"),
    "confirms": _("Confirms"),
    "confirms_in_part": _("Confirms in part"),
    "undecided": _("Undecided"),
    "does_not_address": _("Does not address"),
    "declined": _("Declined to comment"),
    "no_reply": _("Did not reply"),
}
ROLES = {
    "acted": _("acted"),
    "affected": _("affected"),
    "reported": _("reported"),
    "regulated": _("regulated"),
    "announced": _("announced"),
    "involved": _("involved"),
    "by": _("speaker"),
    "for": _("represented party"),
    "to": _("addressee"),
}
# The same parts as the first word of a line on an actor's page.
PARTS = {
    "acted": _("Actions"),
    "affected": _("Affected"),
    "reported": _("Reported"),
    "regulated": _("Regulated"),
    "announced": _("Announced"),
    "involved": _("Involved"),
    "by": _("Statements"),
    "for": _("Statements on its behalf"),
    "to": _("Statements to it"),
}
ASPECTS = {"fact": _("Contested"), "date": _("Date contested"), "reason": _("Reason contested")}
BEARINGS = {
    "supports": _("supports this"),
    "disputes": _("disputes this"),
    "mentions": _("mentions this"),
}
OUTCOMES = {"declined": _("Declined to comment"), "no_reply": _("Did not reply")}


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
