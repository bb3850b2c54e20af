"""What one knowledge base exports, another takes: as JSON Lines with all of it, as CSV in part."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kb.dates import FuzzyDate
from kb.desk.documents import MODELS
from kb.desk.importers.dry_run import ADD, SAME, plan_import
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.models import (
    Actor,
    AuditEntry,
    EntryLink,
    Event,
    Proposition,
    Request,
    Source,
    Stance,
    Statement,
)
from kb.desk.models.log import Action
from kb.desk.row_snapshots import snapshots_by_id
from kb.desk.verbs.publishing import publish_all
from kb.formats.csv import split_values
from kb.record.vocabulary import LinkKind
from tests.desk.importers.files import loaded
from tests.desk.test_backup import empty
from tests.make import (
    make_actor,
    make_event,
    make_request,
    make_source,
    make_statement,
    published,
)
from tests.story import load_demo, load_story

pytestmark = pytest.mark.django_db
# What is given anew, and what rests on what these entries alone do not hold.
NOT_HELD = {"id", "url", "slug", "contested", "stances", "about", "in_reply_to", "claims", "number",
            "cited", "moments", "version", "published_at", "first_published_at", "changed_at",
            "order_not_stated_from"}  # fmt: skip


@pytest.fixture
def story(db):
    """The article's story, and an entry of each sort that it lacks."""
    load_story()
    source = make_source("One; two; three", publisher=make_actor("The Paper", slug="paper"))
    published(
        make_statement("No idea.", speaker=None, speaker_label="a person who knows", source=source,
                       attribution="unnamed", form="paraphrase",
                       said=FuzzyDate("2023-12-15", phrase="on Friday", zone="Asia/Shanghai"))
    )  # fmt: skip
    published(
        make_request(asked=(make_actor("Baz Parts"),), source=source, no_reply_by="2023-12-18",
                     asked_on=FuzzyDate("2023-12-15", phrase="on Friday", zone="Asia/Shanghai"))
    )  # fmt: skip
    published(
        make_event("=1+1; not a formula", source=source, summary="**So** [it](https://a.org) was.")
    )
    answer = published(
        make_statement("We did.", original_text="做了。", original_language="zh-Hans",
                       wording="translated", source=source)
    )  # fmt: skip
    published(
        make_request(outcome="answered", answer=answer, source=source,
                     asked_by=make_actor("Gotham Gazette", actor_kind="publication"))
    )  # fmt: skip


def moved(content, kind):
    """Into an empty knowledge base, and on the record."""
    empty()
    outcomes = list(plan_import(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS), origin="other"))
    assert [str(outcome) for outcome in outcomes if outcome.action != ADD] == []
    load_rows(outcomes, origin="other", name="export", sha256="")
    again = plan_import(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS), origin="other")
    assert {outcome.action for outcome in again} == {SAME}
    for edition in AuditEntry.objects.filter(done=Action.IMPORTED):
        record = MODELS[edition.kind].objects.get(public_id=edition.public_id)
        assert edition.state == snapshots_by_id([record])[edition.public_id]
    publish_all([*Event.objects.all(), *Statement.objects.all(), *Request.objects.all()], by=None)


def entries(reader):
    entries, address = [], "/timeline.json?size=100"
    while address:
        page = reader.get(address).json()
        entries += page["entries"]
        address = page["next"]
    return entries


def held(value):
    """A value without what is given anew, in an order of its own."""
    if isinstance(value, dict):
        return {name: held(part) for name, part in value.items() if name not in NOT_HELD}
    if isinstance(value, list):
        return sorted(
            (held(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True)
        )
    return value


def by_title(rows):
    return sorted(rows, key=lambda row: (row["title"], json.dumps(row, sort_keys=True)))


@pytest.mark.slow
def test_json_lines_round_trip_loses_nothing(story, reader):
    before = entries(reader)
    kinds = dict(Actor.objects.values_list("name", "actor_kind"))
    moved("".join(json.dumps(entry) + "\n" for entry in before).encode(), "jsonl")
    assert by_title(held(entries(reader))) == by_title(held(before))
    assert dict(Actor.objects.values_list("name", "actor_kind")).items() <= kinds.items()
    assert Source.objects.filter(publisher__name="The Paper").count() == 1


@pytest.mark.slow
def test_first_and_last_metadata_lines_are_skipped(story, reader):
    lines = [{"query": "", "count": 2}, *entries(reader)[:2], {"rows": 2}]
    content = "\n".join(map(json.dumps, lines)).encode()
    assert sum(1 for _ in read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS)) == 2


@pytest.mark.slow
def test_csv_round_trip_is_identical(story, reader):
    def exported():
        content = b"".join(reader.get("/timeline.csv").streaming_content)
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        return content, list(csv.DictReader(text))

    content, before = exported()
    moved(content, "csv")
    _, after = exported()
    # A table tells of a source its title and its address, so not when and by whom it was published.
    not_held = {"id", "url", "contested", "known_since", "about", "version", "changed_at",
                "headline", "according_to", "sources_read", "origins", "order_not_stated_from",
                *LinkKind.values}  # fmt: skip
    for rows in (before, after):
        for row in rows:
            # Links name entries, and accounts statements, which have other ids there.
            row["links"] = [len(split_values(row[kind])) for kind in LinkKind.values]
            for name in not_held:
                row.pop(name, None)
            row["account_records"] = len(row["account_records"].split("; "))
            # Those who were spoken to, and the causes of an entry, have no order of their own.
            for name in ("to", "actors", "incidents", "topics"):
                row[name] = sorted(row[name].split("; "))
    assert by_title(after) == by_title(before)


def positions():
    """The positions of statements: claim with its options, statement, position, words, answer."""
    return sorted(
        (
            stance.proposition.text,
            "|".join(stance.proposition.option_list),
            stance.statement.headline,
            stance.position,
            stance.exact,
            stance.option,
            str(stance.number_low),
            stance.dated.edtf,
        )
        for stance in Stance.objects.exclude(statement=None)
    )


def subjects_of_claims():
    return {
        claim.text: sorted(event.title for event in claim.events.all())
        for claim in Proposition.objects.all()
    }


@pytest.mark.slow
def test_json_lines_keep_positions_and_links(reader):
    load_demo()
    before, links, subjects = positions(), EntryLink.objects.count(), subjects_of_claims()
    content = "".join(json.dumps(entry) + "\n" for entry in entries(reader)).encode()
    empty()
    loaded(content, lambda lines: read_rows(io.BytesIO(lines), "jsonl", ADMIN_LIMITS))
    assert positions() == before
    assert EntryLink.objects.count() == links
    # A claim on which only reports take positions is in no entry of the list.
    stated = {stance[0] for stance in before}
    assert subjects_of_claims() == {text: subjects[text] for text in stated}
