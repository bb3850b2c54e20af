"""Every kind of page that a reader may meet, and a record on which each of them exists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.story import load_copy, load_story

STORY = "/incidents/bytedance-openai/"
# The id of a frozen list is made from keys of rows; this record gives it one that is known.
FROZEN = "/views/frzn2345/"
# The page that answers when the database is gone cannot be had from a server that has one.
BROKEN = "/broken/"

# One kind for each way that a page can begin: what stands first moves all that follows.
HEADS = ["home", "timeline", "incident", "claims", "event", "statement", "actor", "source",
         "found", "history", "not-there"]  # fmt: skip
# What each page answers, where it is not 200.
STATUS = {
    "bad-filter": 400,
    "bad-address": 400,
    "chinese-filter": 400,
    "not-there": 404,
    "withdrawn": 410,
    "withdrawn-version": 410,
    "embed-refused": 400,
    "embed-missing": 404,
    "embed-withdrawn": 410,
    "broken": 500,
}
KINDS = {
    "home": "/",
    "timeline": "/timeline/",
    "filtered": "/timeline/?actor=bytedance&from=2023-04&until=2023-12",
    "page-2": "/timeline/?size=5",
    "numbers": "/timeline/numbers/",
    "empty": "/timeline/?actor=microsoft&until=1999&match=certain",
    "as-known": f"{STORY}?known=2023-12-16",
    "as-known-hidden": f"{STORY}?known=2023-12-16&later=hide",
    "two-days": f"{STORY}?known=2023-12-17&known_after=2023-12-14",
    "incidents": "/incidents/",
    "incident": STORY,
    "claims": f"{STORY}claims/",
    "claims-as-known": f"{STORY}claims/?known=2023-12-16",
    "claim": "/claims/output-used-to-train/",
    "claim-as-known": "/claims/output-used-to-train/?known=2023-12-16",
    "dates-claim": "/claims/when-recalled/",
    "claim-history": "/claims/when-recalled/history/",
    "incident-actors": f"{STORY}actors/",
    "incident-speakers": f"{STORY}speakers/",
    "incident-sources": f"{STORY}sources/",
    "incident-changes": f"{STORY}changes/",
    "event": "/events/account-suspended/",
    "merged": "/events/inspected-again/",
    "whole-event": "/events/gauges-recalled/",
    "statement": "/statements/felix-on-suspension/",
    "exact-words": "/statements/recalled-in-exact-words/",
    "paraphrase": "/statements/foreign-media-on-violation/",
    "document": "/statements/terms-of-14-november/",
    "translated": "/statements/reports-on-project-seed/",
    "reported-speech": "/statements/denial-as-reported/",
    "request": "/requests/machine-heart-asked-bytedance/",
    "no-reply": "/requests/gazette-asked/",
    "requests": f"{STORY}?kind=request",
    "request-history": "/requests/gazette-asked/history/",
    "request-version": "/requests/gazette-asked/history/1/",
    "actors": "/actors/",
    "actor": "/actors/bytedance/",
    "actor-lane": "/actors/bytedance/?lane=about",
    "compare-form": "/compare/",
    "compare": "/compare/?a=openai&b=bytedance",
    "compare-three": "/compare/?a=openai&b=bytedance&c=microsoft",
    "sources": "/sources/",
    "source": "/sources/machine-heart-bytedance/",
    "quotes": "/quotes/",
    "quotes-found": "/quotes/?q=account&for=openai&words=back_translated",
    "search": "/search/",
    "found": "/search/?q=ByteDance",
    "quotations": "/search/?q=account&scope=quotations",
    "not-found": "/search/?q=ByteDance+zebra",
    "history": "/events/second-inspection/history/",
    "version": "/events/second-inspection/history/1/",
    "current-version": "/statements/felix-on-suspension/history/1/",
    "actor-version": "/actors/bytedance/history/1/",
    "withdrawn-version": "/events/to-be-withdrawn/history/1/",
    "frozen": FROZEN,
    "frozen-full": f"{FROZEN}?view=full",
    "frozen-print": f"{FROZEN}print/",
    "chinese-frozen": f"/zh-hans{FROZEN}",
    "changes": "/changes/",
    "method": "/method/",
    "dates": "/method/dates/",
    "words": "/method/words/",
    "corrections": "/method/corrections/",
    "reports": "/reports/",
    "report": "/report/",
    "about": "/about/",
    "accessibility": "/accessibility/",
    "embed-event": "/embed/events/second-inspection/",
    "embed-statement": "/embed/statements/felix-on-suspension/?theme=dark",
    "embed-version": "/embed/events/second-inspection/history/1/?theme=light",
    "embed-timeline": "/embed/timeline/?actor=bytedance&size=10",
    "embed-frozen": f"/embed{FROZEN}",
    "embed-incident": f"/embed{STORY}?known=2023-12-16",
    "embed-claims": f"/embed{STORY}claims/",
    "embed-claim": "/embed/claims/when-recalled/",
    "embed-refused": "/embed/timeline/?from=12/05/2023",
    "embed-missing": "/embed/events/account-suspend/",
    "embed-withdrawn": "/embed/events/to-be-withdrawn/",
    "chinese-embed": f"/zh-hans/embed{STORY}claims/",
    "api": "/api/",
    "bad-filter": "/timeline/?from=12/05/2023",
    "bad-address": "/search/?nothing=1",
    "not-there": "/events/account-suspend/",
    "withdrawn": "/events/to-be-withdrawn/",
    "chinese-home": "/zh-hans/",
    "chinese-incident": f"/zh-hans{STORY}",
    "chinese-claims": f"/zh-hans{STORY}claims/",
    "chinese-claim": "/zh-hans/claims/when-recalled/",
    "chinese-event": "/zh-hans/events/account-suspended/",
    "chinese-request": "/zh-hans/requests/gazette-asked/",
    "chinese-reported-speech": "/zh-hans/statements/denial-as-reported/",
    "chinese-api": "/zh-hans/api/",
    "chinese-about": "/zh-hans/about/",
    "chinese-reports": "/zh-hans/reports/",
    "chinese-report": "/zh-hans/report/",
    "chinese-dates": "/zh-hans/method/dates/",
    "chinese-filter": "/zh-hans/timeline/?from=12/05/2023",
    "broken": BROKEN,
}


def prepare() -> None:
    """Load the story, and make one correction, one withdrawal and one merge."""
    load_copy("every kind of page", _fill)


def _fill() -> None:
    from kb.desk.models import Event
    from kb.desk.verbs.publishing import publish, withdraw
    from kb.desk.verbs.transfers.merge import merge
    from kb.record.frozen.freezing import freeze
    from kb.record.models import FrozenView
    from kb.record.query import TimelineQuery
    from tests.make import make_event, published

    load_story()
    gone = published(make_event("To be withdrawn", slug="to-be-withdrawn"))
    twin = published(make_event("The same inspection again", slug="inspected-again"))
    view = freeze(TimelineQuery.parse("kind=event"), "a reader")
    FrozenView.objects.filter(pk=view.pk).update(public_id=FROZEN.split("/")[2])
    event = Event.objects.get(slug="second-inspection")
    event.summary += " The wording was corrected."
    event.save()
    publish(event, by=None, change="correction", note="The summary said too little.")
    withdraw(gone, by=None, note="It was entered twice.")
    merge(twin, into=event, by=None, note="Two entries for one inspection.")
    _add_every_part()


def _add_every_part() -> None:
    """What the story has not: a place, a figure, exact words, reported speech, and no reply."""
    from kb.desk.models import EntryLink, Figure
    from tests.make import (
        make_actor,
        make_event,
        make_proposition,
        make_request,
        make_source,
        make_stance,
        make_statement,
        published,
    )

    outlet = make_actor("Gotham Gazette", slug="gotham-gazette", actor_kind="publication")
    party = make_actor("Baz Parts", slug="baz-parts")
    source = make_source("Gauges recalled", publisher=outlet, published="2023-03-05")
    event = make_event(
        "Baz Parts recalls gauges", slug="gauges-recalled", source=source, happened="2023-03-04",
        actors=((party, "acted"),), standing="undisputed",
        place_name="Gotham", latitude=Decimal("40.7"), longitude=Decimal(-74),
    )  # fmt: skip
    Figure.objects.create(
        event=event, label="gauges", number_low=Decimal(40), number_bound="at_least", source=source,
        exact="at least 40 gauges",
    )  # fmt: skip
    exact = make_statement(
        "We recalled every gauge.", slug="recalled-in-exact-words", speaker=party, source=source,
        attribution="account", about=(event,), said="2023-03-04",
    )  # fmt: skip
    reported = make_statement(
        "Baz Parts denied that it knew.", slug="denial-as-reported", form="attributed",
        headline="Baz Parts denied that it knew", speaker=party, attributed_by=outlet,
        source=source, about=(event,), said="2023-03-05", attribution="account",
    )  # fmt: skip
    request = make_request(
        slug="gazette-asked", asked=(party,), asked_by=outlet, source=source,
        asked_on="2023-03-04", no_reply_by="2023-03-05",
    )  # fmt: skip
    request.about.add(event)
    EntryLink.objects.create(statement=exact, to_event=event, link_kind="answers", source=source)
    EntryLink.objects.create(event=event, to_request=request, link_kind="follows", inferred=True)
    claim = make_proposition(
        "When were the gauges recalled?", question="when", slug="when-recalled", events=(event,)
    )
    make_stance(claim, "asserts", statement=exact, dated="2023-03-04")
    make_stance(claim, "reports", statement=reported, dated="2022-11~/2023-01~")
    request.claims.add(claim)
    for row in (event, exact, reported, request, claim):
        published(row)


def broken_page() -> str:
    """What Django answers when a view throws: it renders this template with no context."""
    from django.template import loader

    return loader.get_template("500.html").render()


def body_of(reader: Any, kind: str, status: int) -> str:
    """The HTML of one kind of page as Django's test client gets it, redirects followed."""
    if kind == "broken":
        return broken_page()
    response = reader.get(KINDS[kind], follow=True)
    assert response.status_code == status, kind
    return response.content.decode()
