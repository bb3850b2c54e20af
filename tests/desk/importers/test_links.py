"""Columns of links name other rows of the file; impossible links are refused, nothing stored."""

from __future__ import annotations

import io
import json

import pytest

from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import EntryLink, Event, Source, Statement
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.models import Entry
from tests.desk.importers.files import EVENT, STATEMENT, loaded, planned, table
from tests.make import published

pytestmark = pytest.mark.django_db


def event(name, date="15 December 2023", **cells):
    return {"id": name, "title": f"Event {name}", "date": date, "sources": "A story",
            "according_to": "A story", **cells}  # fmt: skip


def stored():
    return {(link.owner.title, link.link_kind, link.target.title) for link in
            EntryLink.objects.all()}  # fmt: skip


def test_link_names_a_later_row_and_is_inferred():
    loaded(table(event("a", follows="b; c"), event("b", part_of="c"), event("c")))
    assert stored() == {
        ("Event a", "follows", "Event b"),
        ("Event a", "follows", "Event c"),
        ("Event b", "part_of", "Event c"),
    }
    assert set(EntryLink.objects.values_list("inferred", flat=True)) == {True}


def test_statement_after_a_report_of_the_same_day():
    """Situation 5, through an import."""
    loaded(table(
        {**STATEMENT, "answers": "e1"},
        {**EVENT, "date": "15 December 2023", "as_written": ""},
    ))  # fmt: skip
    report, statement = Event.objects.get(), Statement.objects.get()
    published(statement)
    published(report)
    order = Entry.objects.order_by("sort_key").values_list("public_id", flat=True)
    assert list(order) == [report.public_id, statement.public_id]


def test_moment_on_two_calendar_days():
    """Situation 4, through an import: the link agrees with the instants, not with the days."""
    loaded(table(
        event("beijing", "16 December 2023", time="07:30", zone="+08:00"),
        event("washington", "15 December 2023", time="18:31", zone="-05:00", follows="beijing"),
    ))  # fmt: skip
    for row in Event.objects.order_by("-title"):
        published(row)
    titles = Entry.objects.order_by("sort_key").values_list("revision__title", flat=True)
    assert list(titles) == ["Event beijing", "Event washington"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([event("a", follows="b"), event("b", answers="a")], "form a circle"),
        ([event("a", "14 December 2023", follows="b"), event("b")], "its date is later"),
        ([event("a", follows="x")], "Row 2, follows: no row of this file has the id “x”"),
        ([event("a", follows="a")], "cannot be linked to itself"),
    ],
)
def test_impossible_link_is_refused_and_nothing_is_stored(rows, message):
    with pytest.raises(ActionRefused, match=message):
        loaded(table(*rows))
    assert not Event.objects.exists() and not EntryLink.objects.exists()


def test_links_follow_the_file_and_are_undone_with_it():
    loaded(table(event("a", follows="b"), event("b")))
    second = loaded(table(event("a", corrects="b"), event("b")))
    assert stored() == {("Event a", "corrects", "Event b")}
    undo_import(second)
    assert stored() == {("Event a", "follows", "Event b")}


def test_import_with_links_is_undone():
    undo_import(loaded(table(event("a", follows="b"), event("b", part_of="c"), event("c"))))
    assert not Event.objects.exists() and not EntryLink.objects.exists()


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def entry(name, *links):
    """A line of ``/timeline.jsonl``, whose links are (kind, id, title of the source)."""
    source = {"title": "A story", "link": "https://example.org/a"}
    return {
        "id": name, "kind": "event", "title": f"Event {name}", "date": {"edtf": "2023-12-15"},
        "citations": [{"source": source}],
        "links": [
            {"kind": kind, "entry": {"id": target}, "exact": title and "After that, it closed.",
             "source": {"title": title} if title else None}
            for kind, target, title in links
        ],
    }  # fmt: skip


def test_links_of_json_lines_have_their_sources():
    """A source that the entry cites is not added again; one that nothing cites is added."""
    lines = [
        entry("a", ("follows", "b", "a STORY"), ("corrects", "b", "Another"), ("answers", "b", "")),
        entry("b"),
    ]
    batch = loaded("".join(json.dumps(line) + "\n" for line in lines).encode(), read_jsonl)
    links = {
        link.link_kind: (str(link.source or ""), link.exact, link.inferred)
        for link in EntryLink.objects.all()
    }
    assert links == {
        "follows": ("A story", "After that, it closed.", False),
        "corrects": ("Another", "After that, it closed.", False),
        "answers": ("", "", True),
    }
    assert set(Source.objects.values_list("title", flat=True)) == {"A story", "Another"}
    undo_import(batch)
    assert not Source.objects.exists() and not EntryLink.objects.exists()


@pytest.mark.parametrize(
    ("title", "reason"), [("x" * 301, "links: “x"), ("A\u202e story", "links: ")]
)
def test_unusable_source_of_a_link_is_refused(title, reason):
    lines = [entry("a", ("follows", "b", title)), entry("b")]
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    outcome, _other = planned(content, read_jsonl)
    assert outcome.action == "refused" and reason in " ".join(outcome.reasons)


def bases():
    return {
        (link.link_kind, link.target.title): (str(link.source or ""), link.exact, link.inferred)
        for link in EntryLink.objects.all()
    }


def test_columns_say_which_source_reports_each_link():
    loaded(table(
        event("a", follows="b; c", follows_sources="A story; ", follows_words="Then it closed.; ",
              corrects="b", corrects_sources="Another"),
        event("b"), event("c"),
    ))  # fmt: skip
    assert bases() == {
        ("follows", "Event b"): ("A story", "Then it closed.", False),
        ("follows", "Event c"): ("", "", True),
        ("corrects", "Event b"): ("Another", "", False),
    }


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"follows": "b", "follows_sources": "A; B"}, "Value 2 of “follows_sources”"),
        ({"part_of_sources": "A"}, "has no id in “part_of”"),
        ({"answers": "b", "answers_words": "x"}, "has no source in “answers_sources”"),
    ],
)
def test_basis_without_its_link_is_refused(cells, reason):
    outcome, _other = planned(table(event("a", **cells), event("b")))
    assert outcome.action == "refused" and reason in " ".join(outcome.reasons)


def csv_of(reader, query=""):
    return b"".join(reader.get(f"/timeline.csv{query}").streaming_content)


def test_links_of_an_export_are_imported_with_their_basis(reader):
    loaded(table(
        event("a", follows="b; c", follows_sources="A story; ", follows_words="Then; it closed."),
        event("b"), event("c", part_of="b"),
    ).replace(b"Then; it closed.", rb"Then\; it closed."))  # fmt: skip
    before = bases()
    for row in Event.objects.order_by("-title"):
        published(row)
    content = csv_of(reader)
    loaded(content, origin="elsewhere")
    assert EntryLink.objects.count() == 2 * len(before)
    assert bases() == before
    assert before["follows", "Event b"] == ("A story", "Then; it closed.", False)


def test_export_of_a_part_is_imported_without_links_to_the_rest(reader):
    loaded(table(event("a", follows="b"), event("b", "16 December 2022")))
    EntryLink.objects.all().delete()
    first, last = (Event.objects.get(title=f"Event {name}") for name in "ba")
    published(first)
    EntryLink.objects.create(event=last, to_event=first, link_kind="follows", inferred=True)
    published(last)
    content = csv_of(reader, "?from=2023-01-01")
    assert first.public_id.encode() in content
    loaded(content, origin="elsewhere")
    assert Event.objects.filter(title="Event a").count() == 2
    assert EntryLink.objects.count() == 1
