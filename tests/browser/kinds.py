"""Every kind of page that a reader may meet, and a record on which each of them exists."""

from __future__ import annotations

from django.core.management import call_command

STORY = "/incidents/bytedance-openai/"

# What each page answers, where it is not 200.
STATUS = {"bad-filter": 400, "not-there": 404, "withdrawn": 410}
KINDS = {
    "home": "/",
    "timeline": "/timeline/",
    "filtered": "/timeline/?actor=bytedance&from=2023-04&until=2023-12",
    "empty": "/timeline/?actor=microsoft&until=1999",
    "as-known": f"{STORY}?known=2023-12-16",
    "incidents": "/incidents/",
    "incident": STORY,
    "claims": f"{STORY}claims/",
    "incident-actors": f"{STORY}actors/",
    "incident-sources": f"{STORY}sources/",
    "incident-changes": f"{STORY}changes/",
    "event": "/events/account-suspended/",
    "statement": "/statements/felix-on-suspension/",
    "actors": "/actors/",
    "actor": "/actors/bytedance/",
    "sources": "/sources/",
    "source": "/sources/machine-heart-bytedance/",
    "search": "/search/",
    "found": "/search/?q=ByteDance",
    "not-found": "/search/?q=ByteDance+zebra",
    "history": "/events/second-inspection/history/",
    "version": "/events/second-inspection/history/1/",
    "changes": "/changes/",
    "dates": "/method/dates/",
    "bad-filter": "/timeline/?from=12/05/2023",
    "not-there": "/events/account-suspend/",
    "withdrawn": "/events/to-be-withdrawn/",
}


def prepare() -> None:
    """Load the story, and make one correction and one withdrawal."""
    from kb.desk.models import Event
    from kb.desk.verbs.publishing import publish, withdraw
    from tests.make import make_event, published

    call_command("loaddata", "bytedance-openai", verbosity=0)
    event = Event.objects.get(slug="second-inspection")
    event.summary += " The wording was corrected."
    event.save()
    publish(event, by=None, change="correction", note="The summary said too little.")
    gone = published(make_event("To be withdrawn", slug="to-be-withdrawn"))
    withdraw(gone, by=None, note="It was entered twice.")
