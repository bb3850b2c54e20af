"""Which cues of a sentence count where one is inside the content of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.text.attribution.content import without_marks
from kb.text.attribution.cue import Cue
from kb.text.attribution.sentences import Word
from kb.text.attribution.verbs import verb_forms
from kb.text.attribution.word_lists import word_set

_MAIN_VERBS = word_set("say tell add argue insist warn note ask explain declare")

_SUBORDINATORS = word_set("while although though as because since when after before if even")


def outermost_cues(words: Sequence[Word], cues: Sequence[Cue]) -> list[Cue]:
    """Leave out what is said inside the content of another cue: Bell said that Ray hopes."""
    outer_cues: list[Cue] = []
    for cue in cues:
        outer = next((other for other in reversed(outer_cues) if _is_inside(cue, other)), None)
        if outer is None:
            outer_cues.append(cue)
        elif _is_coordinate(words, cue) or _is_main_clause(words, cue, outer):
            place = outer_cues.index(outer)
            edge = cue.verb if _repeats_verb(words, cue) else cue.start
            end = without_marks(words, outer.verb, _clause_edge(words, edge))
            content = outer.after and (outer.after[0], end)
            if content and content[0] < content[1]:
                outer_cues[place] = replace(outer, after=content)
            outer_cues.append(cue)
    return outer_cues


def _is_inside(cue: Cue, outer: Cue) -> bool:
    if outer.after is None or cue.kind not in ("verb", "inverted") or cue.before is not None:
        return False
    return outer.after[0] <= cue.verb < outer.after[1] and outer.group not in ("stance", "aim")


def _introduces_quotation(words: Sequence[Word], cue: Cue) -> bool:
    """Whether a comma or a colon and a quotation follow a verb of speech: he said, “…”."""
    if cue.after is None or cue.group not in ("speech", "tell"):
        return False
    place = cue.after[0]
    return words[place].kind == "run" and words[place - 1].text in (",", ":")


def _repeats_verb(words: Sequence[Word], cue: Cue) -> bool:
    """Whether a second verb of the same subject follows: … and said."""
    is_joined = words[cue.verb - 1].lower in ("and", "but") if cue.verb else False
    return is_joined and cue.base in _MAIN_VERBS and "base" not in verb_forms(words[cue.verb].lower)


def _is_coordinate(words: Sequence[Word], cue: Cue) -> bool:
    """Whether a clause of its own begins with the speaker: …, but Ray said."""
    if cue.speaker is None or cue.speaker.start > cue.verb:
        return False
    if cue.group not in ("speech", "tell", "aim"):
        return False
    if _introduces_quotation(words, cue) or _repeats_verb(words, cue):
        return True
    before = words[cue.start - 1] if cue.start else None
    if before is None or before.lower not in ("and", "but", "while", "though", "although"):
        return False
    return before.lower != "and" or words[cue.start - 2].text == ","


def _is_main_clause(words: Sequence[Word], cue: Cue, outer: Cue) -> bool:
    """Whether a clause follows the one of “while” in which somebody else spoke."""
    if cue.speaker is None or cue.start == 0 or words[cue.start - 1].text != ",":
        return False
    opening = words[1] if words[0].lower in ("but", "and", "yet", "even") else words[0]
    is_subordinate = opening.lower in _SUBORDINATORS or words[0].lower in _SUBORDINATORS
    return is_subordinate and all(word.text != "," for word in words[: outer.start])


def _clause_edge(words: Sequence[Word], place: int) -> int:
    return place - 1 if place else place
