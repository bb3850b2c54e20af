"""Where a sentence says that somebody said or thinks something: who, and which words.

A cue is a verb with a subject, “according to”, a colon after a name or a dash before it. Its
content is what the sentence has before or after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.text.attribution.content import (
    ENDS,
    WITH_PARTICLE,
    around_cue,
    content_before,
    content_end,
    content_start,
    follows_quotation,
    has_run,
    is_finite,
    next_quotation,
    without_marks,
)
from kb.text.attribution.cue import Cue
from kb.text.attribution.impersonal import (
    claim_cue,
    impression_cue,
    is_claim,
    is_impression,
    is_question,
    question_cue,
)
from kb.text.attribution.mentions import Phrase, is_clause_start, phrase_after, phrase_before
from kb.text.attribution.nesting import outermost_cues
from kb.text.attribution.sentences import Sentence, Word
from kb.text.attribution.subjects import subject_of
from kb.text.attribution.verbs import NOUNS_TOO, VERB_FORMS, Group, verb_forms, verb_groups
from kb.text.attribution.word_lists import (
    ADVERBS,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DASHES,
    DETERMINERS,
    PREPOSITIONS,
    SUBJECT_PRONOUNS,
    TIME_WORDS,
    word_set,
)

MAX_COLON_WORDS = 12  # before a colon, or of a phrase between commas
MAX_TAG_WORDS = 12
MAX_TRANSCRIPT_WORDS = 4  # before a colon that no quotation follows
MIN_TRANSCRIPT_LINE = 6  # words and marks after it
_NOT_SPEAKERS = word_set(
    """note update correction photo photos video related more read watch listen location place
    date time source sources credit credits editor here now today contact phone email via
    tip tags topics subject re summary conclusion bottom line question fact verdict
    exclusive breaking so contributing week"""
)
HEADLINE_SHARE = 0.75  # of the long words that have a capital
# Before a form of “say” that is not what somebody says: to say, is said, without saying.
_NO_SUBJECT = AUXILIARIES | PREPOSITIONS | word_set(", and or not so the a an his her their its no")
_NEVER_NOUNS = word_set("say argue believe think agree know")
_QUANTITIES = word_set("some many several most another one two three four five six few")
_THAT_WORDS = frozenset(("that", "whether", "if", "how", "why", "what"))


def sentence_cues(sentence: Sentence, *, is_first: bool = False) -> list[Cue]:
    """Return the cues of a sentence, in order. ``is_first`` is whether it begins a paragraph."""
    words = sentence.words
    cues: list[Cue] = []
    is_headline = _is_headline(words)
    subject: Phrase | None = None  # of the clause before, for “…, adding that”
    for place, word in enumerate(words):
        if word.kind != "word":
            continue
        cue = None
        if word.lower == "according":
            cue = _according_cue(words, place)
        elif is_impression(words, place):
            cue = impression_cue(words, place)
        elif is_question(words, place):
            cue = question_cue(words, place)
        elif word.lower in VERB_FORMS and (is_headline or _is_small(words, place)):
            cue = _verb_cue(words, place, subject)
        if cue is None and is_claim(words, place):
            cue = claim_cue(words, place)
        if cue is not None:
            cues.append(cue)
            subject = cue.speaker or subject
        elif subject is None and word.lower in AUXILIARIES:
            subject = phrase_before(words, place)
    transcript = _transcript_cue(words) if is_first else None
    if transcript is not None:
        return [transcript]
    if not cues:
        edge = _colon_cue(words) or _dash_cue(words)
        cues = [edge] if edge else []
    return outermost_cues(words, cues)


def is_tag(words: Sequence[Word], *, is_strict: bool) -> bool:
    """Whether a sentence begins with who spoke, after a quotation: “Why?” Bell asked.

    After a quotation that ends with a full stop, ``is_strict``, nothing may follow.
    """
    if words[0].text in DASHES:
        phrase = phrase_after(words, 1)
        return phrase is not None and words[1].is_capital
    for place, word in enumerate(words[:MAX_TAG_WORDS]):
        if word.kind != "word" or "speech" not in verb_groups(word.lower):
            continue
        if place == 0:
            phrase = phrase_after(words, 1)
            return phrase is not None and not word.is_capital
        if not verb_forms(word.lower) & {"past", "third"}:
            continue
        phrase = phrase_before(words, place)
        following = words[place + 1] if place + 1 < len(words) else None
        if is_strict:
            is_end = following is None or place + 2 == len(words)
            return phrase is not None and phrase.start == 0 and phrase.is_sure and is_end
        is_lead = any(other.kind == "run" for other in words[place + 1 : place + 3])
        is_end = following is None or following.text in ENDS
        is_end = is_end or (following is not None and following.text == "," and not is_lead)
        is_end = is_end or (following is not None and following.lower in TIME_WORDS | PREPOSITIONS)
        return phrase is not None and phrase.start == 0 and phrase.is_sure and is_end
    return False


def _is_headline(words: Sequence[Word]) -> bool:
    """Whether most long words have a capital."""
    capitals = [word.is_capital for word in words if word.kind == "word" and len(word.text) > 3]
    return len(capitals) > 2 and sum(capitals) >= HEADLINE_SHARE * len(capitals)


def _is_small(words: Sequence[Word], place: int) -> bool:
    return not words[place].is_capital or place == 0


def _verb_cue(words: Sequence[Word], place: int, subject: Phrase | None) -> Cue | None:
    word = words[place]
    forms = verb_forms(word.lower)
    if _is_noun(words, place):
        return None
    base, group = _main_group(words, place)
    before = words[place - 1] if place else None
    if forms == {"past"} and _is_passive(words, place):
        return None
    if forms == {"past"} and place + 1 < len(words) and words[place + 1].lower == "by":
        return None
    if before is not None and _has_article(before, base):
        return None
    after_run = before is not None and follows_quotation(words, place)
    if "speech" in verb_groups(word.lower) and (after_run or _follows_comma(words, place)):
        cue = _inverted_cue(words, place, base, after_run=after_run)
        if cue is not None:
            return cue
    speaker = subject_of(words, place, subject)
    if speaker is None and base == "say" and before is not None and before.lower not in _NO_SUBJECT:
        speaker = Phrase(place - 1, place, is_sure=False)
    if speaker is None:
        return None
    return _cue_with_content(words, place, base, group, speaker)


def _has_article(before: Word, base: str) -> bool:
    """Whether the word before makes a noun of a verb: the say; but some say, one in two say."""
    if before.lower not in DETERMINERS - {"all", "both"}:
        return False
    return base not in _NEVER_NOUNS or before.lower not in _QUANTITIES


def _is_passive(words: Sequence[Word], place: int) -> bool:
    """Whether a form of “be” is before a participle: is often considered."""
    place -= 1
    while place > 0 and words[place].lower in ADVERBS | {"often", "widely"}:
        place -= 1
    return place >= 0 and words[place].lower in BE


def _is_noun(words: Sequence[Word], place: int) -> bool:
    """Whether a word that can be a noun is one, because of what follows: his remarks about."""
    if not verb_forms(words[place].lower) <= {"third", "base"}:
        return False
    if place + 1 >= len(words):
        return False
    following = words[place + 1].lower
    if VERB_FORMS[words[place].lower][0].base in ("say", "go", "refer", "tell", "speak"):
        return False
    if following in ("for", "on") and words[place].lower in ("call", "calls"):
        return False
    if place and words[place - 1].lower in ("he", "she", "they"):
        return False
    if words[place].lower in NOUNS_TOO and not _begins_content(words, place + 1):
        return True
    if following == "to" and "aim" in verb_groups(words[place].lower):
        return False
    if following == "out" and words[place].lower in WITH_PARTICLE:
        return False
    return following in PREPOSITIONS | BE or following in ("has", "have", "had", "will")


def _begins_content(words: Sequence[Word], place: int) -> bool:
    """Whether words can be what somebody says: a clause, an object or a quotation."""
    word = words[place]
    if word.text in (",", ":"):
        return place + 1 < len(words) and words[place + 1].kind == "run"
    return (
        word.kind == "run"
        or word.is_capital
        or word.lower in DETERMINERS | SUBJECT_PRONOUNS | _THAT_WORDS
    )


def _main_group(words: Sequence[Word], place: int) -> tuple[str, Group]:
    """The verb and its group, from what follows: agree to is an aim, agree that is speech."""
    options = VERB_FORMS[words[place].lower]
    following = words[place + 1].lower if place + 1 < len(words) else ""
    for option in options:
        if option.group == "aim" and following == "to":
            return option.base, option.group
    others = [option for option in options if option.group != "aim"] or list(options)
    return others[0].base, others[0].group


def _follows_comma(words: Sequence[Word], place: int) -> bool:
    return place > 1 and words[place - 1].text == ","


def _inverted_cue(words: Sequence[Word], place: int, base: str, *, after_run: bool) -> Cue | None:
    forms = verb_forms(words[place].lower)
    if not forms & {"past", "third", "base"}:
        return None
    speaker = phrase_after(words, place + 1)
    if speaker is None:
        return None
    is_tag = base == "say" and _ends_sentence(words, speaker)
    if not after_run and not is_tag and phrase_before(words, place) is not None:
        return None
    end = speaker.note[1] if speaker.note else speaker.end
    return Cue(
        "inverted",
        place,
        "speech",
        base,
        speaker,
        content_before(words, place),
        next_quotation(words, end),
    )


def _ends_sentence(words: Sequence[Word], speaker: Phrase) -> bool:
    """Whether a mention with its note ends a sentence: …, said Ann Bell, a pilot."""
    if not words[speaker.start].is_capital and words[speaker.start].lower not in DETERMINERS:
        return False
    return speaker.last >= len(words) or words[speaker.last].text in (".", "!", "?")


def _cue_with_content(
    words: Sequence[Word], place: int, base: str, group: Group, speaker: Phrase
) -> Cue | None:
    start = content_start(words, place, group, speaker.start)
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    if start is not None:
        after = (start, content_end(words, start))
    edge = speaker.start
    is_quoted = edge > 0 and follows_quotation(words, edge)
    if edge > 0 and (is_quoted or group in ("speech", "tell", "finding", "thought")):
        neighbour = words[edge - 1]
        is_behind = neighbour.text == "," or neighbour.kind == "run" or neighbour.text in DASHES
        if is_behind and after and not is_quoted and _is_told_before(words, edge, after):
            start = after = None
        if is_behind and (is_quoted or start is None):
            before = content_before(words, edge)
            if is_quoted and after and not has_run(words, after) and _is_detour(words, place):
                after = None
    if before is not None and after is None and not is_quoted:
        before = around_cue(words, place, before)
    if before is None and after is None:
        return None
    return Cue("verb", place, group, base, speaker, before, after)


def _is_told_before(words: Sequence[Word], edge: int, after: tuple[int, int]) -> bool:
    """Whether the clause before a comma is what is said: It is late, Bell told a panel Monday.

    What follows the verb then has no verb of its own.
    """
    if has_run(words, after) or words[after[0]].lower in _THAT_WORDS:
        return False
    if words[0].lower in PREPOSITIONS | CONJUNCTIONS | {"on", "in", "at"}:
        return False
    has_verb = any(is_finite(word) for word in words[: edge - 1])
    return has_verb and not any(is_finite(word) for word in words[slice(*after)])


def _is_detour(words: Sequence[Word], place: int) -> bool:
    """Whether what follows a verb after a quotation says only when, where and to whom."""
    following = words[place + 1].lower if place + 1 < len(words) else ""
    return following not in _THAT_WORDS


def _according_cue(words: Sequence[Word], place: int) -> Cue | None:
    if place + 2 >= len(words) or words[place + 1].lower != "to":
        return None
    speaker = phrase_after(words, place + 2)
    if speaker is None:
        return None
    before = after = None
    if is_clause_start(words, place) and (place == 0 or place < 3 and words[0].lower in ADVERBS):
        comma = next(
            (spot for spot in range(speaker.end, len(words)) if words[spot].text == ","), None
        )
        if comma is not None and comma + 1 < len(words):
            after = (comma + 1, content_end(words, comma + 1))
    else:
        before = content_before(words, place)
        comma = next(
            (spot for spot in range(speaker.end, len(words)) if words[spot].text == ","), None
        )
        is_short = comma is not None and comma - speaker.end < MAX_COLON_WORDS
        if before is not None and comma is not None and is_short:
            before = around_cue(words, comma - 1, before)
    if before is None and after is None:
        return None
    return Cue("according", place, "speech", "according to", speaker, before, after)


def _colon_cue(words: Sequence[Word]) -> Cue | None:
    """Read NAME: “…”, the form of transcripts and headlines."""
    for place, word in enumerate(words[:MAX_COLON_WORDS]):
        if word.text == ":" and 0 < place < len(words) - 1:
            if words[place + 1].kind != "run":
                return None
            speaker = phrase_after(words, 0)
            if speaker is None or speaker.end != place:
                return None
            return Cue("colon", place, "speech", ":", speaker, None, (place + 1, len(words)))
    return None


def _transcript_cue(words: Sequence[Word]) -> Cue | None:
    """Read “BELL: We are late”, a line of an interview, and “Bell: Ship is late”, a headline."""
    for place, word in enumerate(words[: MAX_TRANSCRIPT_WORDS + 1]):
        if word.text == ":" and 0 < place < len(words) - 2 and words[place + 1].kind != "run":
            is_name = len(words[0].text) > 1 and all(other.is_capital for other in words[:place])
            is_speaker = is_name and words[place - 1].lower not in _NOT_SPEAKERS
            is_speaker = is_speaker and not _is_list(words[place + 1 :])
            if not is_speaker or not words[place + 1].start > word.end:
                return None
            speaker = Phrase(0, place)
            end = without_marks(words, place + 1, len(words))
            return Cue("colon", place, "speech", ":", speaker, None, (place + 1, end))
        if not word.is_capital:
            return None
    return None


def _is_list(words: Sequence[Word]) -> bool:
    """Whether words after a colon are few, a list of names or an address, not somebody's words."""
    if words[0].lower in ("http", "https", "www") or "://" in words[0].text:
        return True
    commas = sum(word.text in (",", ";") for word in words)
    return len(words) < MIN_TRANSCRIPT_LINE or commas * 5 > len(words)


def _dash_cue(words: Sequence[Word]) -> Cue | None:
    """Read “…” – NAME, the form of press releases."""
    for place in range(1, len(words) - 1):
        if words[place].text in DASHES and words[place - 1].kind == "run":
            speaker = phrase_after(words, place + 1)
            if speaker is None or not words[place + 1].is_capital:
                continue
            rest = speaker.end
            if rest >= len(words) - 1 or words[rest].text in (",", "("):
                return Cue("dash", place, "speech", "–", speaker, (0, place), None)
    return None
