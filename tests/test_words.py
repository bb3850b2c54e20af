"""Users read plain, modern English: some words and phrases occur in none of our sentences."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from tests import wording

# What must not occur, and what to write instead.
BANNED = {
    r"\b(?:none|not one) of ours\b": "is not valid",
    r"\bis none of\b": "is not a valid value. Choose one of",
    r"(?<!there )\bis no (?!longer\b)": "is not a",
    r"\brest(?:s|ed)? (?:alone )?on\b": "cites, depends on, refers to",
    r"\bstands?\b": "is, is shown",
    r"\bgoes by\b": "uses",
    r"\bput in words\b": "described",
    r"\b(?:some|any|every|no)body\b": "someone, anyone, everyone, no one",
    r"\b(?:who|what|whom)ever\b": "anyone who, the value that",
    r"\bmeanwhile\b": "say what happened",
    r"\banew\b": "again",
    r"\bbeside\b": "next to, with",
    r"\bhold(?:s|ing)? (?:a|an|the|no|more|bytes|together)\b": "contains",
    r"\breaders are told\b": "readers see it",
    r"\bvouch": "confirm",
    r"\b(?:ere|lest|hereby|thereof|whose ids)\b": "modern words",
    r"\ball the same\b": "although",
    r"\bby way of\b": "through",
    r"\bfor good\b": "permanently",
    r"\bmend(?:s|ed)?\b": "correct, fix",
    r"\bturn(?:ed|s)? (?:it )?down\b": "decline",
    r"\bthrow(?:n|s)? (?:\w+ ){0,3}away\b": "discard",
    r"\b(?:went|gave|giv(?:e|en)) back\b": "restored",
    r"\b(?:went|goes?) over\b|\bgo(?:es)? along\b|\bcame along\b": "move, publish as well",
    r"\blook at it again\b|\blook it over\b": "check",
    r"\bpress the button\b": "name the button",
    r"\blead(?:s|ing)? into\b": "points to",
    r"\btelephones?\b": "phone",
    r"\blog(?:ged)? (?:in|out)\b": "sign in, sign out",
    r"\bcontested questions?\b|\bpropositions?\b|\bstances?\b": "claim, position",
    r"\baccounts? (?:on the record )?differs?\b": "positions differ",
    r"\bthe stor(?:y|ies)\b": "incident",
    r"\bmark of the\b|\bpage mark\b": "cursor, page link",
    r"\bon the record\b": "published, recorded",
    r"\bon the desk\b": "exists, saved as a draft",
    r"\bnot admitted\b|\badmits\b": "has no access, allows",
    r"\bthe fault is ours\b": "server error",
    r"\bexchange the two\b": "swap",
    r"\ba star\b": "*",
    r"\bsays? (?:so|otherwise)\b": "reports, contradicts",
    r"\bits place is taken\b": "is already used",
    r"\bis made (?:when|for you)\b": "is created",
    r"\bcapital letters count\b": "is case-sensitive",
    r"\bdo(?:es)? not belong together\b": "is not correct",
    r"\bno (?:copy|excerpt) held\b": "is not available",
    r"\bhe or she\b|\bhis or her\b": "they",
}
# The name of the project.
ALLOWED = {"On the Record"}


class Offence(NamedTuple):
    """A banned phrase in a sentence, and what to write instead."""

    place: str
    phrase: str
    instead: str
    text: str


def offences(sentences):
    """Each banned phrase that occurs in these sentences."""
    offence_list = []
    for place, sentence in sentences:
        text = sentence
        for allowed in ALLOWED:
            text = text.replace(allowed, "")
        for pattern, instead in BANNED.items():
            match = re.search(pattern, text, re.IGNORECASE)
            if match is not None:
                offence_list.append(Offence(place, match[0], instead, sentence))
    return offence_list


def phrases(sentences):
    return [offence.phrase for offence in offences(sentences)]


def test_no_sentence_has_a_banned_phrase():
    assert offences(wording.sentences()) == []


def test_the_whole_project_is_read():
    places = [sentence.place for sentence in wording.sentences()]
    for beginning in ("kb/dates", "kb/desk", "kb/record", "kb/site", "templates", "static"):
        assert any(place.startswith(beginning) for place in places)
    assert len(places) > 2000


CODE = '''
"""This page mark is not one of ours: a docstring is not for users."""

class Meta:
    verbose_name = "stance"

def refuse(row, by):
    """Nobody reads this."""
    if not by:
        raise ValidationError("This page mark is not one of ours: start from the first page.")
    reasons.append(f"“{row}” rests on this alone.")  # it stands here
    return _("Somebody else has to do it.")

name = CharField(help_text="Empty: made anew.")
'''
TEMPLATE = """
{# Somebody wrote a comment. #}
<p class="stands">{% translate "Rests on this alone" %}</p>
<input type="submit" value="Turn it down" aria-label="{% translate 'Throw the file away' %}">
{% blocktranslate trimmed %}
  {{ n }} accounts on the
  record differ.
{% endblocktranslate %}
<script>const said = "nobody reads this";</script>
"""


@pytest.mark.parametrize(
    "phrase",
    ["not one of ours", "rests on", "Somebody", "anew", "stance", "page mark"],
)
def test_a_banned_phrase_in_code_is_found(phrase):
    assert phrase in phrases(wording.of_code(CODE, "sample.py"))


def test_docstrings_and_comments_of_code_are_not_for_users():
    texts = " ".join(text for _, text in wording.of_code(CODE, "sample.py"))
    assert "docstring" not in texts and "Nobody" not in texts and "stands" not in texts


@pytest.mark.parametrize("phrase", ["Rests on", "Turn it down", "Throw the file away", "differ"])
def test_a_banned_phrase_in_a_template_is_found(phrase):
    assert any(phrase in match for match in phrases(wording.of_template(TEMPLATE, "sample.html")))


def test_what_is_not_text_of_a_template_is_not_for_users():
    texts = " ".join(text for _, text in wording.of_template(TEMPLATE, "sample.html"))
    assert "Somebody" not in texts and "stands" not in texts and "nobody" not in texts


def test_a_banned_phrase_in_a_script_is_found():
    script = 'output.textContent = "Somebody else is writing."; // nobody\nconst key = "one";'
    assert phrases(wording.of_script(script, "sample.js")) == ["Somebody"]
