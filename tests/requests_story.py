"""A party that replied to one outlet, and of which another reports later that it had not."""

from __future__ import annotations

from typing import NamedTuple

from kb.desk.models import Proposition, Request, Statement
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

HEADLINE = "Gotham Gazette asked Baz Parts for comment: no reply by 18 December 2023"


class SilenceStory(NamedTuple):
    request: Request
    statement: Statement
    claim: Proposition


def silence_story() -> SilenceStory:
    """Baz Parts denied on 16 December; the Gotham Gazette had no reply by 18 December."""
    incident = make_incident("The recall", slug="recall")
    party = make_actor("Baz Parts", slug="baz-parts")
    outlet = make_actor("Gotham Gazette", slug="gotham-gazette", actor_kind="publication")
    event = make_event("Baz Parts recalls brakes", actors=((party, "acted"),), slug="brakes")
    event.incidents.add(incident)
    claim = make_proposition("Baz Parts knew of it", incident=incident, events=(event,))
    statement = make_statement(
        "We did not know.", speaker=party, attribution="account", said="2023-12-16",
        headline="Baz Parts denies it", slug="denial", about=(event,),
    )  # fmt: skip
    statement.incidents.add(incident)
    make_stance(claim, "denies", statement=statement)
    request = make_request(
        asked=(party,), asked_by=outlet, asked_on="2023-12-17", no_reply_by="2023-12-18",
        slug="gazette-asked", source=make_source(publisher=outlet, published="2023-12-18"),
    )  # fmt: skip
    request.about.add(event)
    request.claims.add(claim)
    request.incidents.add(incident)
    for row in (event, statement, claim, request):
        published(row)
    return SilenceStory(request, statement, claim)
