"""A story of what breaks pages: unbroken words, long quotations, many sources, right to left.

Everything in it may be stored, and somebody will store it.
"""

from __future__ import annotations

from decimal import Decimal

from kb.desk.models import ActorName, Citation, EntryLink, Figure
from kb.desk.verbs.publishing import publish, withdraw
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_stance,
    make_statement,
    published,
)
from tests.story import load_copy

WORD = "Donaudampfschifffahrtsgesellschaft" * 9
UNBROKEN = WORD[:300]  # the longest title of a source and of a claim
SHORTER = WORD[:200]  # the longest of every other
SLUG = "a-" + "very-" * 14 + "long-one"  # 80 characters, the most that a slug may have
ARABIC = "مؤسسة الذكاء الاصطناعي للأبحاث المتقدمة"
HEBREW = "המכון הישראלי למחקר בינה מלאכותית"
EMOJI = "👩🏽‍💻 The “suspended” account 🇨🇳 is back 🎉🎉🎉"
MARKUP = "<script>alert(1)</script> & <b>bold</b> ]]> &amp; --> </title>"
LINES = "\n\n".join(f"Line {n} of what was said, and it goes on a little." for n in range(1, 41))
ADDRESS = "https://example.org/" + "a" * 400 + "?" + "q=" + "b" * 300

STORY = "/incidents/all-of-it/"
KINDS = {
    "home": "/",
    "timeline": "/timeline/",
    "filtered": "/timeline/?actor=unbroken&actor=arabic&source=unbroken",
    "as-known": f"{STORY}?known=2023-06-01",
    "empty": f"/timeline/?q={SHORTER[:180]}",
    "incidents": "/incidents/",
    "incident": STORY,
    "claims": f"{STORY}claims/",
    "claim": "/claims/unbroken-claim/",
    "incident-actors": f"{STORY}actors/",
    "incident-sources": f"{STORY}sources/",
    "incident-changes": f"{STORY}changes/",
    "unbroken-event": "/events/unbroken/",
    "sixty-citations": "/events/sixty/",
    "emoji-event": "/events/emoji/",
    "long-slug": f"/events/{SLUG}/",
    "forty-lines": "/statements/forty-lines/",
    "right-to-left": "/statements/right-to-left/",
    "reported-speech": "/statements/reported/",
    "paraphrase": "/statements/retold/",
    "request": "/requests/asked/",
    "incident-requests": f"{STORY}?kind=request",
    "actors": "/actors/",
    "arabic-actor": "/actors/arabic/",
    "unbroken-actor": "/actors/unbroken/",
    "sources": "/sources/",
    "unbroken-source": "/sources/unbroken/",
    "found": "/search/?q=Donaudampf",
    "not-found": f"/search/?q={SHORTER}",
    "history": "/events/unbroken/history/",
    "version": "/events/unbroken/history/1/",
    "changes": "/changes/",
    "bad-filter": f"/timeline/?from={SHORTER[:180]}&nothing={SHORTER}",
    "not-there": f"/events/{SLUG}-x/",
    "withdrawn": "/events/gone/",
}


def prepare() -> None:
    """Put the whole of it on the record."""
    load_copy("extremes", _fill)


def _fill() -> None:
    story = make_incident(SHORTER, slug="all-of-it", summary=f"{UNBROKEN}\n\n{EMOJI} {ARABIC}")
    arabic = make_actor(ARABIC, slug="arabic", summary=UNBROKEN)
    ActorName.objects.create(actor=arabic, name=HEBREW, language="he", name_kind="original")
    hebrew = make_actor(HEBREW, slug="hebrew", actor_kind="person")
    unbroken = make_actor(SHORTER, slug="unbroken", website=ADDRESS)
    marked = make_actor(MARKUP, slug="marked")
    part = make_actor(f"Part of {SHORTER[:190]}", actor_kind="product", part_of=unbroken)
    source = make_source(
        UNBROKEN,
        slug="unbroken",
        url=ADDRESS,
        archive_url=ADDRESS,
        publisher=unbroken,
        byline=SHORTER,
        note=UNBROKEN,
    )
    relayed = make_source(MARKUP, derives_from=source, derivation="rewrite", publisher=marked)
    actors = ((arabic, "acted"), (unbroken, "regulated"), (hebrew, "affected"), (part, "involved"))

    long = make_event(
        SHORTER, slug="unbroken", source=source, actors=actors, summary=UNBROKEN,
        standing="one_party", place_name=WORD[:120],
    )  # fmt: skip
    Figure.objects.create(
        event=long, label=WORD[:80], unit=WORD[:40], number_low=Decimal(10**15), source=source,
        exact=UNBROKEN, locator=WORD[:80],
    )  # fmt: skip
    sixty = make_event("Sixty sources say so", slug="sixty", source=relayed, summary=LINES)
    for number in range(2, 61):
        cited = make_source(f"Source {number}, {ARABIC}" if number % 7 else UNBROKEN)
        Citation.objects.create(event=sixty, source=cited, exact=f"As printed, the {number}.")
    emoji = make_event(EMOJI, slug="emoji", happened="2021~/2023~", actors=((marked, "acted"),))
    slugged = make_event(MARKUP, slug=SLUG, happened="2023-02-14", summary=f"A {SLUG} of words.")
    lines = make_statement(
        LINES,
        slug="forty-lines",
        headline=f"{hebrew.name}: {SHORTER[:150]}",
        speaker=hebrew,
        role_as_of=WORD[:120],
        on_behalf_of=unbroken,
        channel=WORD[:120],
        source=source,
        about=(long, emoji),
    )
    backwards = make_statement(
        UNBROKEN,
        slug="right-to-left",
        headline=HEBREW,
        speaker=arabic,
        wording="translated",
        original_text=f"{ARABIC}، {ARABIC}",
        original_language="ar",
        in_reply_to=lines,
        about=(long,),
    )
    claim = make_proposition(UNBROKEN, incident=story, events=(long,), slug="unbroken-claim")
    make_stance(claim, "asserts", statement=lines, note=UNBROKEN)
    make_stance(claim, "denies", statement=backwards)

    reported = make_statement(
        UNBROKEN, slug="reported", form="attributed", headline=SHORTER, speaker=hebrew,
        attributed_by=unbroken, role_as_of=WORD[:120], source=source, about=(long,),
    )  # fmt: skip
    retold = make_statement(
        f"{UNBROKEN} {MARKUP}", slug="retold", form="paraphrase", headline=MARKUP,
        speaker_label=WORD[:120], attribution="unnamed", source=relayed, about=(long,),
    )  # fmt: skip
    request = make_request(
        slug="asked", asked=(unbroken, arabic, hebrew), asked_by=marked, text=UNBROKEN,
        source=source,
    )  # fmt: skip
    request.about.add(long, emoji)
    request.claims.add(claim)
    EntryLink.objects.create(
        event=long, to_statement=lines, link_kind="claimed_cause", source=source, exact=UNBROKEN
    )
    EntryLink.objects.create(event=long, to_event=emoji, link_kind="part_of", inferred=True)

    entries = (long, sixty, emoji, slugged, lines, backwards, reported, retold, request)
    for entry in entries:
        entry.incidents.add(story)
    for thing in (arabic, hebrew, unbroken, marked, part, source, relayed, story, *entries, claim):
        published(thing)
    long.summary += f" {MARKUP} {UNBROKEN}"
    long.save()
    publish(long, by=None, change="correction", note=UNBROKEN)
    gone = published(make_event(SHORTER[:190], slug="gone"))
    withdraw(gone, by=None, note=UNBROKEN)
