"""Every format of a list holds the entries of the page, in its order, all of them."""

from __future__ import annotations

import os
import random

import pytest

from bench.generate import fill
from kb.dates import FuzzyDate
from kb.formats import FORMATS, Format, formats_for
from kb.record import export
from kb.record.models import Entry
from kb.record.query import TimelineQuery
from tests.formats.reading import IDS, ids, ids_on_pages
from tests.make import make_event, make_statement, published
from tests.story import load_story

pytestmark = pytest.mark.django_db
QUERIES = [
    "",
    "kind=statement&size=7&q=GPT",
    "kind=event&order=newest",
    "from=2023-04&until=2023-12-15&match=certain",
    "by=bytedance&form=verbatim",
    "standing=one_party&standing=contested",
    "known=2023-12-15&later=hide&kind=event",
    "known=2023-12-17&known_after=2023-12-14",
    "kind=event&q=nothing-at-all",
]
RANDOM_ADDRESSES = int(os.environ.get("RANDOM_ADDRESSES", "16"))


def can_show(form: Format, entry: Entry) -> bool:
    """Whether a format has a way to show the date, said once more and in another way."""
    when = FuzzyDate.from_json(entry.revision.document["date"])
    if form.shows == "dated":
        return not when.is_unknown
    if form.shows == "days":
        ends = when.earliest, when.latest
        return None not in ends and (ends[1] - ends[0]).days < 366
    return True


class Listed:
    """The entries on the pages for people, all pages walked once."""

    def __init__(self, reader, path: str, query: str) -> None:
        self.query = query
        self.ids = ids_on_pages(reader, path, query)
        entries = Entry.objects.select_related("revision").filter(public_id__in=self.ids)
        self.entries = {entry.public_id: entry for entry in entries}

    def as_in(self, form: Format) -> list[str]:
        """The ids that the format can show, in the format's order."""
        shown = [public_id for public_id in self.ids if can_show(form, self.entries[public_id])]
        if form.order == "changed" and "order=" not in self.query:
            shown.sort(key=lambda public_id: -self.entries[public_id].revision_id)
        return shown


def test_there_is_a_reader_for_every_format():
    assert set(IDS) == set(FORMATS)


@pytest.mark.slow
def test_every_format_of_the_sample_story_has_the_entries_of_the_page(reader):
    load_story()
    for query in QUERIES:
        listed = Listed(reader, "/timeline", query)
        for form in formats_for("timeline"):
            in_format = ids(reader, form.suffix, "/timeline", query)
            assert in_format == listed.as_in(form), (form.suffix, query)
    lists_of_others_are_filters_of_the_same(reader)


def lists_of_others_are_filters_of_the_same(reader):
    """Of a story, an actor and a source. In the same test, for the story takes long to publish."""
    incident = reader.get("/timeline.json").json()["entries"][0]["incidents"][0]["slug"]
    source = reader.get("/timeline.json").json()["entries"][0]["citations"][0]["source"]["slug"]
    for path, query, same in [
        (f"/incidents/{incident}", "", f"incident={incident}"),
        (f"/incidents/{incident}", "kind=event", f"incident={incident}&kind=event"),
        ("/actors/bytedance", "", "actor=bytedance"),
        (
            "/actors/bytedance",
            "lane=did",
            "actor=bytedance&kind=event&standing=undisputed",
        ),
        (
            "/actors/bytedance",
            "lane=said-to-have-done",
            "actor=bytedance&kind=event&standing=one_party&standing=reported&standing=announced",
        ),
        ("/actors/bytedance", "lane=said", "by=bytedance"),
        (f"/sources/{source}", "", f"source={source}"),
    ]:
        kind = path.split("/")[1].removesuffix("s")
        listed = Listed(reader, "/timeline", same)
        assert listed.ids
        for form in formats_for(kind):
            in_format = ids(reader, form.suffix, path, query)
            assert in_format == listed.as_in(form), (form.suffix, path, query)


def test_drafts_are_in_no_format(reader):
    published(make_event())
    make_event("Secret draft")
    make_statement("Secret words")
    for form in FORMATS.values():
        answer = reader.get(f"/timeline.{form.suffix}")
        content = b"".join(answer) if answer.streaming else answer.content
        assert b"Secret" not in content, form.suffix


@pytest.mark.slow
def test_a_format_costs_the_same_at_3_rows_and_at_60(reader, queries, monkeypatch):
    monkeypatch.setattr(export, "BATCH_SIZES", (100,))  # all in one batch
    fill(60)
    for form in FORMATS.values():
        costs, rows = [], []
        for query in ("kind=statement&standing=undisputed", "topic=made-topic-0", "kind=event", ""):
            with queries() as ran:
                rows.append(len(ids(reader, form.suffix, "/timeline", query + "&size=100")))
            costs.append(len(ran))
        assert rows[0] == 0 < rows[1] < rows[2] < rows[3] or form.shows
        # A filter by a name looks it up: twice to read it, once to count beside it.
        # Where entries share a date, one more asks for the links between them.
        assert costs[3] - 1 <= min(costs[1], costs[2]) <= costs[3] + 3, (form.suffix, costs)
        assert costs[3] <= 20, (form.suffix, costs)


def random_query(draw: random.Random, counts: dict[str, int]) -> str:
    """A query string of some filters, the values of which exist."""
    pairs: list[tuple[str, str]] = []
    for name in ("actor", "by", "for", "to", "publisher"):
        if draw.random() < 0.15:
            pairs += [(name, f"made-actor-{draw.randrange(counts['actor'])}") for _ in range(2)]
    for name in ("incident", "topic", "source"):
        if draw.random() < 0.15:
            pairs.append((name, f"made-{name}-{draw.randrange(counts[name])}"))
    vocabularies = {
        "kind": ("event", "statement"),
        "standing": ("undisputed", "reported", "one_party", "announced"),
        "form": ("verbatim", "paraphrase"),
        "match": ("possible", "certain"),
        "order": ("oldest", "newest"),
    }
    pairs += [(name, draw.choice(of)) for name, of in vocabularies.items() if draw.random() < 0.2]
    if draw.random() < 0.4:
        year = draw.randint(1990, 2024)
        pairs += [
            ("from", str(year)),
            ("until", f"{year + draw.randint(0, 5)}-{draw.choice('369')}".replace("-", "-0")),
        ]
    if draw.random() < 0.15:
        pairs += [("known", f"{draw.randint(2001, 2024)}-05"), ("later", "hide")]
    if draw.random() < 0.15:
        pairs.append(("q", draw.choice(["exact", "number 1", "sentence", "something"])))
    draw.shuffle(pairs)
    pairs.append(("size", "100"))
    return "&".join(f"{name}={value}" for name, value in pairs)


@pytest.mark.slow
def test_random_filters_give_the_same_entries_everywhere(reader):
    """RANDOM_ADDRESSES sets how many."""
    fill(120, hostile=True)
    counts = {"actor": 6, "incident": 2, "topic": 5, "source": 12}
    draw = random.Random(20231215)
    drawn = [random_query(draw, counts) for _ in range(RANDOM_ADDRESSES)]
    # So many that each filter is among them.
    names = {pair.partition("=")[0] for query in drawn for pair in query.split("&")}
    assert len(names) == 19
    for query in drawn:
        total = TimelineQuery.parse(query).entries().count()
        listed = Listed(reader, "/timeline", query)
        assert len(listed.ids) == total
        for suffix in ("json", "csv", "atom", "ics"):
            in_format = ids(reader, suffix, "/timeline", query)
            assert in_format == listed.as_in(FORMATS[suffix]), (suffix, query)
