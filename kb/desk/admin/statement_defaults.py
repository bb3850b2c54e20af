"""What follows from the typed fields of a statement: values for empty fields, with reasons.

While the form is typed, the preview sends them, and a script fills in the fields (``defaults.js``).
Without script, ``StatementEntryForm`` fills them in when the form is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from kb.desk.admin.date_proposals import typed_citations
from kb.desk.admin.forms import is_primary_key
from kb.desk.models import Actor, Source
from kb.record.vocabulary import Attribution, StatementForm
from kb.text.cited_words import contains_words

MAX_HEADLINE = 90
# The fields that are filled in without a script too.
REQUIRED_DEFAULTS = ("attribution", "form", "headline", "text")
_FIELDS = ("speaker", "speaker_label", "on_behalf_of", "text")
_QUOTED = re.compile("“([^“”]+)”|「([^「」]+)」")


class FieldDefault(NamedTuple):
    """What a field probably holds, and why."""

    name: str
    value: str
    why: str


def statement_defaults(data: Mapping[str, Any]) -> list[FieldDefault]:
    """What follows from the typed fields of a statement, for fields that may be empty.

    Costs two queries at most. Nothing is proposed for a field that nothing is known about.
    """
    typed = {name: str(data.get(name) or "").strip() for name in _FIELDS}
    citations = list(typed_citations(data))
    defaults = []
    if typed["speaker"]:
        why = _("A speaker is chosen.")
        defaults.append(FieldDefault("attribution", Attribution.NAMED.value, why))
    elif typed["speaker_label"]:
        why = _("There is a label, and no speaker.")
        defaults.append(FieldDefault("attribution", Attribution.UNNAMED.value, why))
    text = typed["text"]
    quoted = [words for citation in citations if (words := _quoted_words(citation.exact))]
    if len(quoted) == 1:
        why = _("The words between quotation marks in the cited passage.")
        defaults.append(FieldDefault("text", quoted[0], why))
        text = text or quoted[0]
    if text and any(contains_words(citation.exact, text) for citation in citations):
        why = _("The words are in the cited passage.")
        defaults.append(FieldDefault("form", StatementForm.VERBATIM.value, why))
    if day := _day_of_source([citation.source for citation in citations]):
        defaults.append(FieldDefault("said", day, _("The day of the source.")))
    if headline := _headline(typed, text):
        why = _("From the speaker and the words.")
        defaults.append(FieldDefault("headline", headline, why))
    return defaults


def _quoted_words(exact: str) -> str:
    """The words between quotation marks, if the passage has exactly one such run."""
    runs = [(match[1] or match[2]).strip() for match in _QUOTED.finditer(exact)]
    return runs[0].rstrip(",，") if len(runs) == 1 else ""


def _day_of_source(keys: list[str]) -> str:
    """The date of the source, if the form cites only one."""
    if len(set(keys)) != 1 or not is_primary_key(keys[0]):
        return ""
    source = Source.objects.filter(pk=keys[0]).first()
    return source.published.edtf if source else ""


def _headline(typed: Mapping[str, str], text: str) -> str:
    """Who speaks or for whom, and the first words: “Foo Works: The pump was off”."""
    if not text:
        return ""
    keys = [typed[name] for name in ("on_behalf_of", "speaker") if is_primary_key(typed[name])]
    actor = Actor.objects.filter(pk=keys[0]).first() if keys else None
    voice = str(actor) if actor else typed["speaker_label"]
    words = " ".join(text.split()).strip('“”"「」 ').rstrip(".。")
    return Truncator(f"{voice}: {words}").chars(MAX_HEADLINE) if voice else ""
