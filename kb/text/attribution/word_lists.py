"""Small English words and nouns of office, by what they do in a sentence."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set, so that a long list stays readable."""
    return frozenset(text.split())


DASHES = frozenset(("-", "–", "—", "--", "―"))

SUBJECT_PRONOUNS = frozenset(("he", "she", "they", "i", "we", "you", "it", "who", "others", "some"))
PREPOSITIONS = word_set(
    """of for at from with in on to by near against after before during about over under into
    through as since until among between within without outside inside despite around across
    toward towards per via like upon behind amid following"""
)
# Prepositions that join a description: the head of the union.
JOINING = frozenset(("of", "for", "at", "from", "with", "in", "on", "to", "against", "behind"))
CONJUNCTIONS = word_set(
    """and but or that because when while if so whether although though as since unless than where
    which who whom what how why until yet nor once"""
)
AUXILIARIES = word_set(
    """has have had would will could should may might must can did does do is are was were be been
    being hasn't haven't hadn't wouldn't won't couldn't shouldn't can't didn't doesn't don't
    isn't aren't wasn't weren't cannot"""
)
# Words that show that a clause has begun.
FINITE = AUXILIARIES - frozenset(("be", "been", "being"))
BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "isn't", "wasn't", "get", "got"))
ADVERBS = word_set(
    """also later then once often now still again never always previously earlier recently just not
    even ever soon first repeatedly already once simply only reportedly publicly long further
    instead however indeed perhaps maybe thus therefore moreover furthermore besides
    yet too both all"""
) | {"meanwhile"}
# Adverbs that begin a sentence like a name before a comma.
SENTENCE_ADVERBS = word_set(
    """similarly separately additionally finally specifically notably privately ultimately likewise
    afterward afterwards elsewhere initially eventually"""
)
DETERMINERS = word_set(
    """a an the this these those his her its their our my your some many several most another one
    two three four five six both all few any each every no other"""
)
TIME_WORDS = word_set(
    """monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight
    january february march april june july august september october november december last
    earlier week month year morning night evening afternoon weekend"""
)
TITLES = word_set(
    """mr. mrs. ms. dr. sen. sens. rep. reps. gov. gen. col. lt. sgt. capt. rev. prof. mr mrs ms dr
    sen rep gov gen prof president senator governor congressman congresswoman mayor judge
    justice secretary ambassador general colonel professor pope king queen prince princess
    minister chairman chairwoman speaker vice prime former sheriff chief attorney state
    treasury"""
)
MALE = frozenset(("mr.", "mr", "congressman", "spokesman", "chairman", "businessman", "king"))
FEMALE = frozenset(
    ("mrs.", "mrs", "ms.", "ms", "congresswoman", "spokeswoman", "chairwoman", "businesswoman")
)
# Nouns of office, which stand before or after a name.
ROLES = word_set(
    """spokesman spokeswoman spokesperson spokespeople chairman chairwoman chair president director
    manager executive officer lawyer attorney professor analyst strategist consultant adviser
    advisor aide founder co-founder cofounder owner editor author writer reporter journalist
    columnist correspondent anchor host activist leader representative secretary minister
    senator governor mayor judge sheriff chief head candidate nominee expert economist scientist
    researcher scholar historian operative organizer official member pollster partner partners
    lobbyist investigator prosecutor commissioner ambassador engineer teacher student coach
    lieutenant businessman businesswoman billionaire mogul actor actress singer comedian pastor
    delegate volunteer voter resident counsel critic advocate fellow coordinator treasurer
    deputy ceo cfo cto coo specialist physician doctor nurse veteran person people source
    congressman congresswoman lawmaker legislator democrat republican"""
)
NAME_PARTICLES = word_set("""de da del della di du la le van von der den ter bin al el ibn y dos""")
NAME_SUFFIXES = frozenset(("jr.", "sr.", "jr", "sr", "ii", "iii", "iv"))
# Nouns of persons that are no office.
LISTENERS = word_set(
    """reporters me us him her them you supporters voters host anchor crowd audience"""
)
# A name with one of these words is not a person's.
GROUP_WORDS = word_set(
    """university institute committee party house court department agency association council group
    company corporation inc inc. center centre foundation campaign union times post journal news
    press street bank bureau commission office senate congress administration states college
    school church county city national international league network project fund pac board force
    service corps guard tower hall hotel magazine review today business daily american conference
    convention district ministry organization forum society team republican democratic white
    supreme new north south west east united security alliance labs technologies systems"""
)
