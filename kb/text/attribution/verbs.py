"""The verbs that bring somebody's words or views, in all their forms."""

from __future__ import annotations

from typing import Literal, NamedTuple

from kb.text.attribution.word_lists import word_set

Form = Literal["past", "third", "base", "ing"]
Group = Literal["speech", "tell", "thought", "aim", "stance", "finding"]


class VerbForm(NamedTuple):
    """A form of a verb: the verb, its group and which forms are spelled so."""

    base: str
    group: Group
    forms: frozenset[Form]


# Verbs that stand beside a quotation in either order: “…,” said Bell.
_SPEECH = word_set(
    """acknowledge add admit agree allege announce answer argue ask assert begin blog boast
    caution chant charge claim clarify comment complain concede conclude confirm contend
    continue counter cry deadpan declaim declare demand deny describe disclose e-mail echo
    elaborate email emphasise emphasize exclaim explain go gush holler imply insist interject
    intone joke lament laugh maintain message mouth murmur muse mutter note object observe
    opine plead pledge point post predict proclaim proffer promise propose protest quip quote
    read recall recommend recount reiterate relate remark repeat reply report respond retort
    reveal say scoff scream shout sigh snap speculate state stress stutter suggest summarise
    summarize testify text theorize thunder tweet vow warn whisper wonder write yell"""
)
# Verbs whose first object is the listener.
_TELL = word_set(
    """advise ask assure inform instruct notify persuade reassure remind tell urge warn"""
)
_THOUGHT = word_set(
    """anticipate assume believe bet consider deem doubt dream expect fear feel figure guess hope
    imagine know presume realise realize reckon recognise recognize regret suspect think
    understand wish worry"""
)
_AIM = word_set(
    """agree aim decline hope intend offer plan pledge promise propose refuse seek threaten vow
    want"""
)
_STANCE = word_set(
    """accept accuse acknowledge advocate applaud assail attack back bash blame blast boast brand
    call cast challenge champion characterise characterize cite compare condemn credit
    criticise criticize decry defend demand denounce deny depict deride describe disavow
    discuss dismiss dispute dub endorse express fault favor favour hail knock label lambaste
    liken mention mock nickname oppose paint portray posture praise prefer promote pronounce
    question rap rate rebuke voice see remember recognize lash brush name order highlight ignore
    expose admire love deride congratulate resist renew signal outline laud chide rebuff rebut
    refute learn allude demonstrate refer reference reject retweet ridicule scold slam speak support
    talk term tout urge welcome"""
)
_FINDING = word_set(
    """argue conclude confirm demonstrate detail estimate find indicate note project reflect
    report reveal show suggest"""
)
_GROUPS: tuple[tuple[Group, frozenset[str]], ...] = (
    ("speech", _SPEECH),
    ("tell", _TELL),
    ("thought", _THOUGHT),
    ("aim", _AIM),
    ("stance", _STANCE),
    ("finding", _FINDING),
)
_IRREGULAR_PAST = {
    "see": "saw",
    "say": "said",
    "tell": "told",
    "write": "wrote",
    "go": "went",
    "read": "read",
    "think": "thought",
    "know": "knew",
    "feel": "felt",
    "understand": "understood",
    "seek": "sought",
    "find": "found",
    "begin": "began",
    "bet": "bet",
    "dream": "dreamed",
    "quip": "quipped",
    "snap": "snapped",
    "deadpan": "deadpanned",
    "regret": "regretted",
    "blog": "blogged",
    "plan": "planned",
    "dub": "dubbed",
    "slam": "slammed",
    "rap": "rapped",
    "rebut": "rebutted",
    "refer": "referred",
    "admit": "admitted",
    "label": "labeled",
    "speak": "spoke",
    "cast": "cast",
    "retweet": "retweeted",
}
_PARTICIPLES = {
    "seen": "see",
    "written": "write",
    "known": "know",
    "begun": "begin",
    "gone": "go",
    "labelled": "label",
}
_DOUBLED = frozenset(
    ("rebut", "quip", "snap", "deadpan", "regret", "blog", "plan", "dub", "slam", "rap")
)
_VOWELS = "aeiou"


def _past(verb: str) -> str:
    if verb in _IRREGULAR_PAST:
        return _IRREGULAR_PAST[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + "ed"


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "go")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + "s"


def _ing(verb: str) -> str:
    if verb in _DOUBLED or verb in ("admit", "begin", "bet"):
        return verb + verb[-1] + "ing"
    if verb.endswith("e") and not verb.endswith(("ee", "ye")):
        return verb[:-1] + "ing"
    return verb + "ing"


def _forms() -> dict[str, tuple[VerbForm, ...]]:
    """Every spelling with the verbs it can be. The first group of a verb is the one it has here."""
    collected: dict[str, dict[tuple[str, Group], set[Form]]] = {}
    for group, verbs in _GROUPS:
        for verb in sorted(verbs):
            spellings: list[tuple[str, Form]] = [
                (verb, "base"),
                (_past(verb), "past"),
                (_third(verb), "third"),
                (_ing(verb), "ing"),
            ]
            spellings += [(word, "past") for word, base in _PARTICIPLES.items() if base == verb]
            for word, form in spellings:
                collected.setdefault(word, {}).setdefault((verb, group), set()).add(form)
    return {
        word: tuple(
            VerbForm(base, group, frozenset(forms)) for (base, group), forms in verbs.items()
        )
        for word, verbs in collected.items()
    }


VERB_FORMS = _forms()
# Forms that are nouns more often than verbs.
NOUNS_TOO = word_set(
    """point points state states project projects report reports post posts email emails e-mail
    e-mails text texts message messages note notes comment comments remark remarks answer
    answers question questions charge charges demand demands object objects protest protests
    joke jokes yell yells cry cries quote quotes attack attacks support supports challenge
    challenges back backs favor favors mention mentions reference references credit credits
    champion champions claim claims call calls plan plans offer offers promise promises pledge
    pledges vow vows hope hopes fear fears doubt doubts worry worries guess bet wish dream blog
    blogs tweet tweets whisper sigh laugh recount estimate estimates reply details detail"""
)


_GROUPS_OF: dict[str, frozenset[Group]] = {
    word: frozenset(verb.group for verb in verbs) for word, verbs in VERB_FORMS.items()
}
_FORMS_OF: dict[str, frozenset[Form]] = {
    word: frozenset(form for verb in verbs for form in verb.forms)
    for word, verbs in VERB_FORMS.items()
}
_NO_GROUPS: frozenset[Group] = frozenset()
_NO_FORMS: frozenset[Form] = frozenset()


def verb_groups(word: str) -> frozenset[Group]:
    """Return the groups of the verbs that a word in lower case can be a form of."""
    return _GROUPS_OF.get(word, _NO_GROUPS)


def verb_forms(word: str) -> frozenset[Form]:
    """Return the forms that a word in lower case can be."""
    return _FORMS_OF.get(word, _NO_FORMS)


def verb_base(word: str) -> str:
    """Return the verb that a word in lower case is a form of. Raises KeyError for other words."""
    return VERB_FORMS[word][0].base
