"""The index on PostgreSQL: GIN over the words of record_entry.search_text, without positions."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Aggregate, BooleanField, F, Func, TextField, Value

from kb.text.normalise import Term

# Each hit costs some 2 microseconds by the index. More than on SQLite would make the probe dear:
# for a word that most entries have it reads entries, at 10 microseconds each.
FEW = 2_000
# The index finds the entries that contain all words; phrases are checked in the text.
KNOWS_PHRASES = False
# As migration 0002 has it: the planner uses an index for the very same expression only.
_WORDS = "record_search_words(search_text)"
PROBE = (
    "SELECT count(*) FROM (SELECT 1 FROM record_entry "  # noqa: S608 (a constant of this module)
    f"WHERE {_WORDS} @@ %s::tsquery LIMIT %s) AS hits"
)
PARTS_QUERY = "SELECT indexname FROM pg_indexes WHERE tablename = 'record_entry'"
PARTS = frozenset({"record_search"})


def expression(terms: Sequence[Term]) -> str:
    """The words of the terms as a tsquery; of a prefix, its last word is one.

    Words are letters and digits (kb.text.normalise), so nothing in quotation marks needs an escape.
    """
    return " & ".join("(" + " | ".join(map(_words_of, term.ways)) + ")" for term in terms)


def _words_of(way: Term) -> str:
    words = [f"'{word}'" for word in dict.fromkeys(way.words[:-1])]
    words.append(f"'{way.words[-1]}'" + (":*" if way.prefix else ""))
    return " & ".join(words)


def among_hits(terms: Sequence[Term]) -> Func:
    """A condition on entries; names its own table, so it holds under any alias of the entry.

    As an array, which PostgreSQL makes once and then looks up by key. As a plain condition it
    would be the planner's choice, which guesses badly for rare words in timeline order.
    """
    return _AmongHits(F("pk"), Value(expression(terms)))


class _AmongHits(Func):
    arg_joiner = f" = ANY(ARRAY(SELECT id FROM record_entry WHERE {_WORDS} @@ "  # noqa: S608 (likewise)
    template = "(%(expressions)s::tsquery)))"
    output_field = BooleanField()


class KeysAsText(Aggregate):
    """The numbers of a group as one text, with commas between them."""

    template = "string_agg(%(expressions)s::text, ',')"
    output_field = TextField()
