"""Every kind of page that a reader may meet, and a record on which each of them exists."""

from __future__ import annotations

from typing import Any

from tests.story import load_story

STORY = "/incidents/bytedance-openai/"
# The page that answers when the database is gone cannot be had from a server that has one.
BROKEN = "/broken/"

# What each page answers, where it is not 200.
STATUS = {
    "bad-filter": 400,
    "bad-address": 400,
    "chinese-filter": 400,
    "not-there": 404,
    "withdrawn": 410,
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
    "empty": "/timeline/?actor=microsoft&until=1999&match=certain",
    "as-known": f"{STORY}?known=2023-12-16",
    "as-known-hidden": f"{STORY}?known=2023-12-16&later=hide",
    "incidents": "/incidents/",
    "incident": STORY,
    "claims": f"{STORY}claims/",
    "claims-as-known": f"{STORY}claims/?known=2023-12-16",
    "incident-actors": f"{STORY}actors/",
    "incident-sources": f"{STORY}sources/",
    "incident-changes": f"{STORY}changes/",
    "event": "/events/account-suspended/",
    "merged": "/events/inspected-again/",
    "statement": "/statements/felix-on-suspension/",
    "actors": "/actors/",
    "actor": "/actors/bytedance/",
    "actor-lane": "/actors/bytedance/?lane=about",
    "sources": "/sources/",
    "source": "/sources/machine-heart-bytedance/",
    "search": "/search/",
    "found": "/search/?q=ByteDance",
    "quotations": "/search/?q=account&scope=quotations",
    "not-found": "/search/?q=ByteDance+zebra",
    "history": "/events/second-inspection/history/",
    "version": "/events/second-inspection/history/1/",
    "changes": "/changes/",
    "method": "/method/",
    "dates": "/method/dates/",
    "words": "/method/words/",
    "corrections": "/method/corrections/",
    "embed-event": "/embed/events/second-inspection/",
    "embed-statement": "/embed/statements/felix-on-suspension/?theme=dark",
    "embed-version": "/embed/events/second-inspection/history/1/?theme=light",
    "embed-timeline": "/embed/timeline/?actor=bytedance&size=10",
    "embed-incident": f"/embed{STORY}?known=2023-12-16",
    "embed-claims": f"/embed{STORY}claims/",
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
    "chinese-event": "/zh-hans/events/account-suspended/",
    "chinese-api": "/zh-hans/api/",
    "chinese-dates": "/zh-hans/method/dates/",
    "chinese-filter": "/zh-hans/timeline/?from=12/05/2023",
    "broken": BROKEN,
}


def prepare() -> None:
    """Load the story, and make one correction, one withdrawal and one merge."""
    from kb.desk.models import Event
    from kb.desk.verbs.publishing import publish, withdraw
    from kb.desk.verbs.transfers.merge import merge
    from tests.make import make_event, published

    load_story()
    event = Event.objects.get(slug="second-inspection")
    event.summary += " The wording was corrected."
    event.save()
    publish(event, by=None, change="correction", note="The summary said too little.")
    gone = published(make_event("To be withdrawn", slug="to-be-withdrawn"))
    withdraw(gone, by=None, note="It was entered twice.")
    twin = published(make_event("The same inspection again", slug="inspected-again"))
    merge(twin, into=event, by=None, note="Two entries for one inspection.")


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
