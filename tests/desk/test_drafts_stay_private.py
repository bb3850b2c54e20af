"""Nothing of a draft reaches readers: two records, one with drafts behind it, look the same."""

from __future__ import annotations

import html
import os
import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from kb.desk.models import (
    AccountOf,
    Actor,
    ActorName,
    Affiliation,
    Citation,
    EntryLink,
    Event,
    Figure,
    Incident,
    Participation,
    Proposition,
    Request,
    Source,
    Stance,
    Statement,
    Topic,
)
from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.source_texts import mark_passage, store_text
from kb.desk.verbs.transfers.merge import merge
from kb.formats import formats_for
from kb.record.addresses import PLURALS
from tests import addresses, make
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_relation,
    make_request,
    make_source,
    make_stance,
    make_statement,
)
from tests.record.proof.proving import fix_salts

pytestmark = pytest.mark.django_db

RESPONSES = int(os.environ.get("CRAWLED_RESPONSES", "300"))
ROUNDS = 22  # of one draft of each of the eight kinds
MARK = "zqdraft"  # in every text and slug of a draft
ROW_MODELS = (Actor, Source, Incident, Topic, Event, Statement, Request, Proposition)
_LINK = re.compile(r'(?:href|src|action|content)="([^"]+)"')
_ABSOLUTE = re.compile(r"https?://[^\s\"'<>\\]+")
FILTERS = ("actor=acme", "actor=niko", "incident=story", "topic=rules", "source=first", "q=it",
           "kind=event", "kind=statement", "kind=request", "from=2023", "known=2024-01-01",
           "standing=contested", "form=verbatim", "origins=1", "attributed_to=acme")  # fmt: skip
_HEADERS = ("Content-Type", "Content-Disposition", "Link", "Location", "ETag")


class Answer(NamedTuple):
    status: int
    headers: tuple[str, ...]
    body: str


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """Let every revision be published at the same moment in both records."""
    moment = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    # A form that is opened has a token of its own.
    monkeypatch.setattr("kb.desk.reports.views.new_form_token", lambda: "token")
    fix_salts(monkeypatch)


# --- The published rows, the same in both records ---------------------------------------------


class Story:
    """Rows of every kind that name each other, to be published one by one."""

    def __init__(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(make, "_numbers", count(1))
        numbers = count(1)

        def named(slug: str, **fields: Any) -> dict[str, Any]:
            return {"slug": slug, "public_id": f"public{next(numbers):02}", **fields}

        self.topic = Topic.objects.create(**named("rules"), name="Rules")
        self.incident = make_incident("The story", **named("story"))
        self.firm = make_actor("Acme", **named("acme"))
        self.person = make_actor("Niko", **named("niko"), actor_kind="person")
        self.paper = make_actor("The Daily", **named("daily"), actor_kind="publication")
        Affiliation.objects.create(person=self.person, organisation=self.firm, title="head")
        self.source = make_source("First report", **named("first"), publisher=self.paper)
        self.second = make_source("Second report", **named("second"), publisher=self.paper)
        self.removed = make_source("Removed report", **named("removed"), publisher=self.paper)
        self.event = self._event("It begins", **named("begins"))
        self.late = self._event("It ends", **named("ends"), happened="2023-06")
        self.dropped = self._event("It goes on", **named("goes-on"), happened="2023-05")
        self.asserts = self._statement("It is so.", **named("asserts"), about=(self.event,))
        self.denies = self._statement(
            "It is not so.", **named("denies"), about=(self.late, self.dropped)
        )
        self.claim = make_proposition(
            "Is it so?", **named("claim"), events=(self.event,), incident=self.incident
        )
        make_stance(self.claim, "asserts", statement=self.asserts)
        make_stance(self.claim, "denies", statement=self.denies)
        self.statements = (self.asserts, self.denies)
        self.reported = make_statement(
            "It was so.", **named("reported"), form="attributed", attributed_by=self.paper,
            speaker=self.firm, source=self.second,
        )  # fmt: skip
        self.unnamed = make_statement(
            "Some say so.", **named("unnamed"), attribution="unnamed", speaker_label="a clerk",
            source=self.second,
        )  # fmt: skip
        asks = {"source": self.source, "asked": (self.firm,), "outcome": "answered"}
        self.answered = make_request(**named("answered"), asked_by=self.paper, **asks)
        self.answered.answer = self.asserts
        self.answered.save()
        self.replied = make_request(**named("replied"), **asks)
        self.requests = (self.answered, self.replied)
        for entry in (self.reported, self.unnamed, *self.requests):
            self._group(entry)

    def _event(self, title: str, **fields: Any) -> Event:
        event = make_event(title, source=self.source, actors=((self.firm, "acted"),), **fields)
        self._group(event)
        return event

    def _statement(self, text: str, **fields: Any) -> Statement:
        voice = {"speaker": self.person, "on_behalf_of": self.firm, "source": self.second}
        statement = make_statement(text, **voice, **fields)
        self._group(statement)
        return statement

    def _group(self, entry: Event | Statement | Request) -> None:
        entry.incidents.add(self.incident)
        entry.topics.add(self.topic)

    def publish_removed(self) -> None:
        """Publish a source, and withdraw it."""
        publish(self.removed, by=None)
        withdraw(self.removed, by=None, note="Printed in error.")

    def publish(self) -> None:
        """Publish a row of every kind; "It ends" stays a draft for now."""
        for row in (self.topic, self.incident, self.firm, self.source, self.event,
                    *self.statements, self.claim, self.reported, self.unnamed,
                    *self.requests):  # fmt: skip
            publish(row, by=None)

    def publish_again(self) -> None:
        """Publish, merge and withdraw what others name: their documents are built again."""
        publish(self.late, by=None)
        self.topic.refresh_from_db()
        self.topic.name = "Rules of use"
        self.topic.save()
        publish(self.topic, by=None)
        for row in (self.second, self.source, self.dropped):
            row.refresh_from_db()
        merge(self.second, into=self.source, by=None, note="The same report.")
        publish(self.dropped, by=None)
        withdraw(self.dropped, by=None, note="It did not happen.")

    def rows(self) -> list[Any]:
        return [row for row in vars(self).values() if isinstance(row, ROW_MODELS)]


# --- Drafts in every field -------------------------------------------------------------------


class Drafts(NamedTuple):
    """One draft of each kind; each names the others, and published rows."""

    actor: Actor
    source: Source
    incident: Incident
    topic: Topic
    event: Event
    statement: Statement
    request: Request
    claim: Proposition


def link(owner: Any, kind: str, target: Any, source: Source | None = None) -> None:
    ends = {owner.kind: owner, f"to_{target.kind}": target}
    words = MARK if source else ""
    EntryLink.objects.create(
        **ends, link_kind=kind, source=source, exact=words, inferred=source is None
    )


def make_figure(event: Event, source: Source) -> None:
    Figure.objects.create(event=event, label=f"{MARK} people", number_low=40, source=source)


def make_drafts(story: Story, number: int) -> Drafts:
    def named(kind: str) -> dict[str, Any]:
        state = ("draft", "in_review")[number % 2]
        return {"slug": f"{MARK}-{kind}-{number}", "state": state}

    text = f"{MARK} {number}"
    is_apart = number % 3 == 0  # this round names no published row where it need not
    actor = make_actor(f"{text} actor", **named("actor"), actor_kind="person")
    source = make_source(f"{text} source", **named("source"), publisher=actor)
    incident = make_incident(f"{text} incident", **named("incident"))
    topic = Topic.objects.create(name=f"{text} topic", **named("topic"))
    event = make_event(f"{text} event", **named("event"), source=source,
                       actors=((actor, "acted"), (story.firm, "affected")))  # fmt: skip
    is_reported = number % 4 == 1
    statement = make_statement(
        f"{text} words",
        form="attributed" if is_reported else "verbatim",
        attributed_by=actor if is_reported else None,
        same_speaker=story.unnamed,
        **named("statement"),
        headline=text,
        source=source,
        speaker=actor if is_apart else story.person,
        on_behalf_of=actor,
        in_reply_to=story.asserts,
        about=(event, story.event),
    )
    claim = make_proposition(
        f"{text} claim", **named("claim"), events=(event, story.event),
        incident=incident if is_apart else story.incident,
    )  # fmt: skip
    request = make_request(
        **named("request"),
        source=source,
        asked=(actor, story.firm),
        asked_by=actor if is_apart else story.paper,
        outcome="answered",
        answer=statement if is_apart else story.asserts,
        text=text,
    )
    request.about.set([event, story.event])
    request.claims.set([claim, story.claim])
    ActorName.objects.create(actor=actor, name=f"{text} alias")
    Affiliation.objects.create(person=actor, organisation=story.firm, title=text)
    if not is_apart:
        Actor.objects.filter(pk=actor.pk).update(part_of=story.firm)
        make_relation(source, story.source, "rewrite")
        Citation.objects.create(event=event, source=story.source, exact=text)
        Citation.objects.create(statement=statement, source=story.second, exact=text)
        Citation.objects.create(
            statement=statement, source=source, via=story.source, addressee=story.firm, exact=text
        )
    for account in (statement, story.asserts):
        AccountOf.objects.create(event=event, statement=account)
    make_figure(event, story.source)
    for entry in (event, statement, request):
        link(entry, "part_of", story.event)
        link(entry, "follows", story.event, story.source)
    for entry in (event, statement, request):
        entry.incidents.set([incident, story.incident])
        entry.topics.set([topic, story.topic])
    statement.addressees.set([actor, story.firm])
    statement.joint_speakers.set([actor, story.firm])
    statement.joint_principals.set([actor, story.person])
    for voice in ({"statement": statement}, {"source": source}, {"source": story.second}):
        make_stance(claim, "reports", note=text, **voice)
    return Drafts(actor, source, incident, topic, event, statement, request, claim)


def put_drafts_behind(story: Story, drafts: Drafts, number: int) -> None:
    """Name drafts in the fields of rows that will be published without them."""
    for statement in story.statements:
        statement.about.add(drafts.event)
        make_stance(drafts.claim, "asserts", statement=statement, note=MARK)
    story.claim.events.add(drafts.event)
    make_stance(story.claim, "asserts", statement=drafts.statement, note=MARK)
    AccountOf.objects.create(event=story.event, statement=drafts.statement)
    for entry in (story.event, story.asserts, *story.requests):
        for target in (drafts.event, drafts.statement, drafts.request):
            link(entry, "part_of", target)
            # The source of a link that is left out stays a draft too.
            link(entry, "contradicts", target, drafts.source)
    for request in story.requests:
        request.about.add(drafts.event)
        request.claims.add(drafts.claim)
    if number == 0:
        for source in (story.source, story.removed):
            text, _ = store_text(source, f"The article: {MARK}.", by=None)
            for citation in source.citations.all():
                mark_passage(text, 0, 11, citation_kind(citation), citation=citation)
        Statement.objects.filter(pk=story.denies.pk).update(in_reply_to=drafts.statement)
        Statement.objects.filter(pk=story.unnamed.pk).update(same_speaker=drafts.statement)
        Request.objects.filter(pk=story.replied.pk).update(answer=drafts.statement)
        for row in (story.denies, story.unnamed, story.replied):
            row.refresh_from_db()
        make_stance(story.claim, "reports", source=story.removed, note=MARK)


def citation_kind(citation: Citation) -> str:
    return next(kind for kind in ("event", "statement", "request") if getattr(citation, kind))


def edit_published_rows(story: Story, drafts: Drafts, number: int) -> None:
    """Edit published rows without publishing them: their new fields name drafts."""
    for entry in (story.event, *story.statements, *story.requests):
        entry.incidents.add(drafts.incident)
        entry.topics.add(drafts.topic)
        Citation.objects.create(**{entry.kind: entry}, source=drafts.source, exact=MARK)
        Citation.objects.create(
            **{entry.kind: entry}, source=story.source, via=drafts.source, addressee=drafts.actor
        )
        link(entry, "claimed_cause", story.late, drafts.source)
    make_figure(story.event, drafts.source)
    AccountOf.objects.create(event=story.event, source=drafts.source)
    for request in story.requests:
        request.asked.add(drafts.actor)
    Participation.objects.create(event=story.event, actor=drafts.actor, role="involved")
    for statement in story.statements:
        statement.addressees.add(drafts.actor)
        statement.joint_speakers.add(drafts.actor)
        statement.joint_principals.add(drafts.actor)
    Affiliation.objects.create(person=story.person, organisation=drafts.actor, title=MARK)
    make_stance(story.claim, "reports", source=drafts.source, note=MARK)
    if number % 3 == 0:  # the others derive from the source themselves
        make_relation(story.source, drafts.source, "rewrite")
    if number == 0:
        Source.objects.filter(pk=story.source.pk).update(
            publisher=drafts.actor, title=f"{MARK} title"
        )
        Statement.objects.filter(pk=story.reported.pk).update(attributed_by=drafts.actor)
        Request.objects.filter(pk=story.answered.pk).update(
            asked_by=drafts.actor, answer=drafts.statement
        )
        Stance.objects.filter(proposition=story.claim).update(actor=drafts.actor)
        Actor.objects.filter(pk=story.firm.pk).update(part_of=drafts.actor, name=f"{MARK} name")
        Statement.objects.filter(pk=story.asserts.pk).update(
            speaker=drafts.actor, on_behalf_of=drafts.actor, text=f"{MARK} words"
        )
        Proposition.objects.filter(pk=story.claim.pk).update(incident=drafts.incident)


# --- Reading everything ----------------------------------------------------------------------


def crawl(client: Client, paths: list[str]) -> dict[str, Answer]:
    """The answers of the site to these paths and those they link to, each view in turn."""
    queues: dict[str, deque[str]] = {}
    answers: dict[str, Answer] = {}
    queued: set[str] = set()

    def enqueue(targets: Iterator[str] | list[str]) -> None:
        for target in targets:
            name = view_name(target)
            if name and target not in queued:
                queued.add(target)
                queues.setdefault(name, deque()).append(target)

    enqueue(paths)
    further = filtered_lists()
    while len(answers) < RESPONSES:
        busy = [queue for queue in queues.values() if queue]
        if not busy:
            enqueue([next(further)])
        for queue in busy:
            path = queue.popleft()
            answers[path] = answer(client, path)
            enqueue(links_in(answers[path]))
    return answers


def filtered_lists() -> Iterator[str]:
    """Lists with several filters at once, in every format, for when no link is left to follow."""
    suffixes = [f".{form.suffix}" for form in formats_for("timeline")]
    for number in range(2, len(FILTERS)):
        for filters in combinations(FILTERS, number):
            for path in ("/timeline/", "/search/", *(f"/timeline{suffix}" for suffix in suffixes)):
                yield f"{path}?{'&'.join(filters)}"


def answer(client: Client, path: str) -> Answer:
    response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = tuple(response.get(name, "") for name in _HEADERS)
    # Pictures are compared too, though they are no text.
    return Answer(response.status_code, headers, body.decode("utf-8", "backslashreplace"))


def links_in(response: Answer) -> Iterator[str]:
    """The addresses of this site in any format, in order."""
    texts = [*_LINK.findall(response.body), *_ABSOLUTE.findall(response.body)]
    for text in (*texts, response.headers[_HEADERS.index("Location")]):
        parts = urlsplit(html.unescape(text))
        if parts.path.startswith("/") and parts.netloc in ("", "testserver"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def view_name(path: str) -> str:
    """The name of the view, with "?" for a filtered page; "" for what is no page of readers."""
    parts = urlsplit(path)
    bare = re.sub(r"^/(zh-hans)(?=/)", "", parts.path)
    if bare.startswith(("/static/", f"/{settings.ADMIN_PATH}")):
        return ""
    try:
        name = resolve(bare).url_name or bare
    except Resolver404:
        return "missing"
    return name + ("?" if parts.query else "") + (" zh" if bare != parts.path else "")


def every_address(rows: list[Any]) -> list[str]:
    """Every address of the site, with the slugs of the rows of its kind where it has one."""
    paths = []
    for address in addresses.public():
        parts = dict(address.converters)
        if address.name is None:
            continue
        if "slug" in parts:
            room = address.route.removeprefix("embed/").partition("/")[0]
            paths += [address.path(slug=row.slug) for row in rows if PLURALS.get(row.kind) == room]
        else:
            paths.append(address.path())
    return [*paths, f"{reverse('oembed')}?url=http://testserver/events/begins/"]


def build(monkeypatch: Any, *, with_drafts: bool) -> tuple[Story, list[Any]]:
    """Publish the story. Return it, with the drafts behind it."""
    story = Story(monkeypatch)
    rounds = [make_drafts(story, number) for number in range(ROUNDS)] if with_drafts else []
    for number, drafts in enumerate(rounds):
        put_drafts_behind(story, drafts, number)
    story.publish_removed()
    if rounds:
        # The publisher of a withdrawn source, which holds a position that no reader sees.
        Source.objects.filter(pk=story.removed.pk).update(publisher=rounds[0].actor)
    story.publish()
    for number, drafts in enumerate(rounds):
        edit_published_rows(story, drafts, number)
    story.publish_again()
    return story, [row for drafts in rounds for row in drafts]


@pytest.mark.slow
def test_record_with_drafts_behind_it_reads_like_one_without(reader, monkeypatch, record_property):
    records = []
    for with_drafts in (True, False):
        caches["default"].clear()
        with transaction.atomic():
            story, drafts = build(monkeypatch, with_drafts=with_drafts)
            secrets = [MARK, *(row.public_id for row in drafts)]
            records.append((crawl(reader, every_address(story.rows())), secrets))
            transaction.set_rollback(True)
    (answers, secrets), (answers_of_twin, _) = records
    assert len(secrets) > 150
    leaks = {
        path: text
        for path, response in answers.items()
        for text in secrets
        if text in path or text in response.body or text in str(response.headers)
    }
    different = [path for path in answers if answers[path] != answers_of_twin.get(path)]
    record_property("responses compared", len(answers))
    record_property("words and ids of drafts searched for", len(secrets))
    record_property("leaks", len(leaks))
    record_property("different responses", len(different))
    assert not leaks
    assert list(answers) == list(answers_of_twin)
    assert not different, answers[different[0]]


@pytest.mark.slow
def test_draft_is_answered_like_what_does_not_exist(reader, monkeypatch, record_property):
    story = Story(monkeypatch)
    drafts = make_drafts(story, 1)
    story.publish_removed()
    story.publish()
    missing = MARK.replace("draft", "wrong")
    paths = [address for address in every_address(list(drafts)) if MARK in address]
    paths += [f"/timeline.json?{kind}={getattr(drafts, kind).slug}" for kind in drafts._fields[:4]]
    paths += [f"/timeline.json?q={MARK}", f"/search/?q={MARK}"]
    record_property("addresses of drafts", len(paths))
    assert len(paths) > 50
    for path in paths:
        response = answer(reader, path)
        other = answer(reader, path.replace(MARK, missing))
        assert response.status == other.status
        assert response.body.replace(MARK, missing) == other.body, path
