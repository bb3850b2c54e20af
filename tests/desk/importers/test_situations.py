"""Situations of how news travels, imported from a file and published, as readers see them.

Situations 6, 10, 11, 14 and 16. The others are in tests/desk: 1 to 3, 12 and 13 in
test_carriers.py, 7 to 9 in test_account_situations.py, 15 and 17 in test_relative_dates.py; 4 and
5 are in test_links.py beside this file.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from kb.desk.importers.dry_run import SAME
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.models import Event, Proposition, Request, Statement
from kb.desk.verbs.publishing import publish
from tests.desk.importers.files import actions, loaded, read_csv, table

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def lines(entries):
    return "\n".join(json.dumps(entry) for entry in entries).encode()


def publish_all_of(content, read):
    """Load a file, find it unchanged, and publish what it added, claims after their positions."""
    loaded(content, read)
    assert set(actions(content, read)) == {SAME}
    for model in (Event, Statement, Proposition, Request):
        for thing in model.objects.order_by("pk"):
            publish(thing, by=None)


def rows_of_csv(reader):
    text = b"".join(reader.get("/timeline.csv?raw=1")).decode()
    return {row["headline"]: row for row in csv.DictReader(io.StringIO(text))}


def text_of(reader, address):
    text = b"".join(reader.get(address)).decode()
    return " ".join(text.replace("\r\n ", "").replace("\\,", ",").split())


def cells_of(reader):
    (claim,) = reader.get("/incidents/the-recall/claims/").context["matrix"].claims
    return claim, {cell["column"]["name"]: cell for cell in claim["cells"]}


# --- 6: two outlets give two values of one detail ------------------------------------------------

CLOSED = "When did it close?"
REPORTS = {"The Gazette": ("15 December 2023", "on 15 December"),
           "The Herald": ("20 December 2023", "on 20 December")}  # fmt: skip


def two_dates_as_table():
    event = {
        "id": "e1", "kind": "event", "title": "The plant closes", "date": "December 2023",
        "standing": "undisputed", "sources": "Planet; Bugle",
        "cited_words": "It closed on 15 December.; It closed on 20 December.",
        "position_claims": f"{CLOSED}; {CLOSED}", "claim_questions": "when; when",
        "positions": "reports; reports", "position_sources": "Planet; Bugle",
        "position_answers": "15 December 2023; 20 December 2023",
        "position_words": "on 15 December; on 20 December", "incidents": "The recall",
    }  # fmt: skip
    return table(event), read_csv


def two_dates_as_lines():
    claim = {"text": CLOSED, "question": "when"}
    return lines([{
        "kind": "event", "id": "e1", "title": "The plant closes", "date": {"edtf": "2023-12"},
        "standing": "undisputed", "incidents": [{"title": "The recall"}],
        "citations": [
            {"source": {"title": name, "publisher": {"name": outlet, "kind": "publication"}},
             "exact": f"It closed {words}."}
            for name, (outlet, (_date, words)) in zip(("Planet", "Bugle"), REPORTS.items(),
                                                      strict=True)
        ],
        "stances": [
            {"proposition": claim, "position": "reports", "date": date, "exact": words,
             "source": name}
            for name, (date, words) in zip(("Planet", "Bugle"), REPORTS.values(), strict=True)
        ],
    }]), read_jsonl  # fmt: skip


@pytest.mark.parametrize("build", [two_dates_as_table, two_dates_as_lines])
def test_two_outlets_give_two_dates(reader, build):
    publish_all_of(*build())
    page = reader.get("/incidents/the-recall/claims/").text
    claim, cells = cells_of(reader)
    assert claim["contested"]
    assert "Date contested" in page and "differ: when" in page
    assert "on 15 December" in page and "on 20 December" in page
    if build is two_dates_as_lines:
        assert set(cells) == set(REPORTS)
    assert "Date contested" in reader.get("/events/the-plant-closes/").text
    (contested,) = reader.get("/events/the-plant-closes.json").json()["contested"]
    assert (contested["text"], contested["question"]) == (CLOSED, "when")
    assert contested["accounts"] == 2
    assert rows_of_csv(reader)["The plant closes"]["contested"] == CLOSED
    assert "contested" in text_of(reader, "/timeline.md").lower()


# --- 10: no reply, reported after the party had replied elsewhere --------------------------------

KNEW = "Did Baz Parts know of it?"
ASKED = "Gotham Gazette asked Baz Parts for comment: no reply by 18 December 2023"
DENIED = "Baz Parts denies it"


def silence_as_table():
    shared = {"incidents": "The recall", "claim_questions": "whether"}
    event = {"id": "e1", "kind": "event", "title": "Baz Parts recalls brakes",
             "date": "14 December 2023", "standing": "undisputed", "sources": "Recall"}  # fmt: skip
    denial = {
        "id": "s1", "kind": "statement", "title": DENIED, "date": "16 December 2023",
        "text": "We did not know.", "form": "verbatim", "speaker": "Baz Parts",
        "sources": "Planet", "cited_words": "We did not know.", "position_claims": KNEW,
        "positions": "denies", "position_words": "We did not know.",
    }  # fmt: skip
    report = {
        "id": "s2", "kind": "statement", "title": "A worker says so", "date": "15 December 2023",
        "text": "They knew.", "form": "verbatim", "speaker_label": "a worker",
        "sources": "Planet", "cited_words": "They knew.", "position_claims": KNEW,
        "positions": "alleges", "position_words": "They knew.",
    }  # fmt: skip
    request = {
        "id": "r1", "kind": "request", "date": "17 December 2023", "asked_by": "Gotham Gazette",
        "asked": "Baz Parts", "outcome": "no_reply", "no_reply_by": "18 December 2023",
        "sources": "Gazette story", "about_events": "e1", "about_claims": KNEW,
    }  # fmt: skip
    return table(*(row | shared for row in (denial, report)), event | {"incidents": "The recall"},
                 request | shared), read_csv  # fmt: skip


def silence_as_lines():
    incidents = [{"title": "The recall"}]
    claim = {"text": KNEW, "question": "whether"}

    def statement(name, title, day, text, position, voice):
        return {
            "kind": "statement", "id": name, "title": title, "text": text, "form": "verbatim",
            "date": {"edtf": f"2023-12-{day}"}, "voice": voice, "incidents": incidents,
            "citations": [{"source": {"title": "Planet"}, "exact": text}],
            "stances": [{"proposition": claim, "position": position, "exact": text}],
        }  # fmt: skip

    party = {"name": "Baz Parts", "kind": "organisation"}
    return lines([
        {"kind": "event", "id": "e1", "title": "Baz Parts recalls brakes",
         "date": {"edtf": "2023-12-14"}, "standing": "undisputed", "incidents": incidents,
         "citations": [{"source": {"title": "Recall"}}]},
        statement("s1", DENIED, 16, "We did not know.", "denies",
                  {"speaker": party, "attribution": "named"}),
        statement("s2", "A worker says so", 15, "They knew.", "alleges",
                  {"label": "a worker", "attribution": "unnamed"}),
        {"kind": "request", "id": "r1", "date": {"edtf": "2023-12-17"}, "asked": [party],
         "asked_by": {"name": "Gotham Gazette", "kind": "publication"}, "outcome": "no_reply",
         "no_reply_by": {"edtf": "2023-12-18"}, "about": [{"id": "e1"}], "claims": [KNEW],
         "incidents": incidents, "citations": [{"source": {"title": "Gazette story"}}]},
    ]), read_jsonl  # fmt: skip


@pytest.mark.parametrize("build", [silence_as_table, silence_as_lines])
def test_silence_reported_after_a_reply_is_no_position(reader, build):
    publish_all_of(*build())
    claim, cells = cells_of(reader)
    party = cells["Baz Parts"]
    assert [position["position"] for position in party["positions"]] == ["denies"]
    (silence,) = party["silences"]
    assert (silence["outcome"], silence["date"]["edtf"]) == ("no_reply", "2023-12-17")
    page = " ".join(reader.get("/incidents/the-recall/claims/").text.split())
    assert page.index("We did not know.") < page.index("Asked for comment</p>")
    assert "by 18 December 2023" in page
    actor = " ".join(reader.get("/actors/baz-parts/").text.split())
    assert "We did not know." in actor
    assert "Asked for comment: 1, answered 0" in actor and ASKED in actor
    entry = reader.get("/timeline.json?kind=request").json()["entries"][0]
    assert (entry["headline"], entry["outcome"]) == (ASKED, "no_reply")
    assert [event["title"] for event in entry["about"]] == ["Baz Parts recalls brakes"]
    assert [named["text"] for named in entry["claims"]] == [KNEW]
    said = reader.get("/timeline.json?by=baz-parts").json()["entries"]
    assert [other["headline"] for other in said] == [DENIED]
    row = rows_of_csv(reader)[ASKED]
    assert (row["claims"], row["about"]) == (KNEW, "Baz Parts recalls brakes")
    assert (row["outcome"], row["no_reply_by"], row["speaker"]) == ("no_reply", "2023-12-18", "")
    for suffix in ("md", "ics", "atom"):
        assert ASKED in text_of(reader, f"/timeline.{suffix}")
    nodes = json.loads(b"".join(reader.get("/timeline.jsonld?kind=request")))["@graph"]
    assert {"AskAction"} <= {node["@type"] for node in nodes if isinstance(node["@type"], str)}


# --- 11: A relays B and C ------------------------------------------------------------------------


def relays_as_table():
    return table({
        "id": "e1", "kind": "event", "title": "The plant closes", "date": "2023-12-15",
        "standing": "undisputed", "sources": "A report; B report; C report",
        "via": "; A report; A report", "incidents": "The recall",
    }), read_csv  # fmt: skip


def relays_as_lines():
    relay = {"title": "A report"}
    return lines([{
        "kind": "event", "id": "e1", "title": "The plant closes", "date": {"edtf": "2023-12-15"},
        "standing": "undisputed", "incidents": [{"title": "The recall"}],
        "citations": [
            {"source": relay},
            {"source": {"title": "B report"}, "via": relay},
            {"source": {"title": "C report"}, "via": relay},
        ],
    }]), read_jsonl  # fmt: skip


@pytest.mark.parametrize("build", [relays_as_table, relays_as_lines])
def test_relayed_sources_were_not_read(reader, build):
    publish_all_of(*build())
    row = reader.get("/events/the-plant-closes.json").json()
    assert row["origins"] == {"read": 1, "origins": 1, "relayed": 2}
    page = " ".join(reader.get("/events/the-plant-closes/").text.split())
    assert "as cited in" in page
    (origin,) = reader.get("/events/the-plant-closes/").context["origins"]
    assert [node["words"] for node in origin["below"]] == ["cited there, not read by us"] * 2
    cells = rows_of_csv(reader)["The plant closes"]
    assert (cells["sources_read"], cells["origins"]) == ("1", "1")
    assert sorted(cells["via"].split("; ")) == ["", "A report", "A report"]
    assert "as cited in" in text_of(reader, "/events/the-plant-closes.md")


# --- 14: accounts of one party that differ over time ---------------------------------------------

COUNT = "How many accounts were closed?"
NUMBERS = (
    ("s1", "Acme: about 2 million", "2023-12-16", "About 2 million accounts were closed."),
    ("s2", "Acme: 40", "2023-12-20", "Only 40 accounts were closed."),
)  # fmt: skip


def numbers_as_table():
    answers = ("about 2 million", "40 accounts")
    return table(*(
        {"id": name, "kind": "statement", "title": title, "date": date, "text": text,
         "form": "verbatim", "speaker": "Acme", "sources": "Planet", "cited_words": text,
         "position_claims": COUNT, "claim_questions": "how_many", "claim_units": "accounts",
         "positions": "asserts", "position_answers": answer, "incidents": "The recall"}
        for (name, title, date, text), answer in zip(NUMBERS, answers, strict=True)
    )), read_csv  # fmt: skip


def numbers_as_lines():
    claim = {"text": COUNT, "question": "how_many", "unit": "accounts"}
    answers = ({"bound": "about", "low": 2_000_000}, "40")
    return lines([
        {"id": name, "kind": "statement", "title": title, "date": {"edtf": date}, "text": text,
         "form": "verbatim", "voice": {"speaker": {"name": "Acme", "kind": "organisation"}},
         "citations": [{"source": {"title": "Planet"}, "exact": text}],
         "stances": [{"proposition": claim, "position": "asserts", "number": answer,
                      "exact": text}],
         "incidents": [{"title": "The recall"}]}
        for (name, title, date, text), answer in zip(NUMBERS, answers, strict=True)
    ]), read_jsonl  # fmt: skip


@pytest.mark.parametrize("build", [numbers_as_table, numbers_as_lines])
def test_party_changes_its_number(reader, build):
    publish_all_of(*build())
    claim, cells = cells_of(reader)
    assert claim["contested"]
    later, earlier = cells["Acme"]["positions"]
    assert (later["words"], earlier["words"]) == ("40 accounts", "about 2,000,000 accounts")
    assert later["changed_from"]["words"] == earlier["words"]
    assert earlier["changed_from"] is None
    page = reader.get("/incidents/the-recall/claims/").text
    assert "Number contested" in page and "Changed." in page
    assert all(text in page for _name, _title, _date, text in NUMBERS)
    entries = reader.get("/timeline.json").json()["entries"]
    values = [entry["stances"][0]["number"]["words"] for entry in entries]
    assert values == ["about 2,000,000 accounts", "40 accounts"]
    assert {row["text"] for row in rows_of_csv(reader).values()} == {row[3] for row in NUMBERS}
    assert all(row[3] in text_of(reader, "/timeline.md") for row in NUMBERS)


# --- 16: six sources, one origin -----------------------------------------------------------------

PARENTS = {
    "Planet": {}, "Wire": {"Planet": "wire_copy"}, "Gazette": {"Planet": "rewrite"},
    "City": {"Planet": "translation", "Gazette": "quotes"}, "Bugle": {"Wire": "wire_copy"},
    "Shopper": {"City": "translation"},
}  # fmt: skip


def six_sources_as_table():
    return table({
        "id": "e1", "kind": "event", "title": "The plant closes", "date": "2023-12-15",
        "standing": "undisputed", "sources": "; ".join(PARENTS), "incidents": "The recall",
        "derived_from": "; ".join(" | ".join(parents) for parents in PARENTS.values()),
        "derivations": "; ".join(" | ".join(kinds.values()) for kinds in PARENTS.values()),
    }), read_csv  # fmt: skip


def six_sources_as_lines():
    return lines([{
        "kind": "event", "id": "e1", "title": "The plant closes", "date": {"edtf": "2023-12-15"},
        "standing": "undisputed", "incidents": [{"title": "The recall"}],
        "citations": [
            {"source": {"title": name, "parents": [
                {"title": parent, "kind": kind} for parent, kind in parents.items()
            ]}}
            for name, parents in PARENTS.items()
        ],
    }]), read_jsonl  # fmt: skip


@pytest.mark.parametrize("build", [six_sources_as_table, six_sources_as_lines])
def test_six_sources_have_one_origin(reader, build):
    publish_all_of(*build())
    row = reader.get("/events/the-plant-closes.json").json()
    assert row["origins"] == {"read": 6, "origins": 1, "relayed": 0}
    page = reader.get("/timeline/").text
    assert "6 sources," in page and "1 origin" in page
    (origin,) = reader.get("/events/the-plant-closes/").context["origins"]
    assert origin["is_origin"] and len(origin["below"]) == 3
    cells = rows_of_csv(reader)["The plant closes"]
    assert (cells["sources_read"], cells["origins"]) == ("6", "1")
    (line, *_rest) = b"".join(reader.get("/timeline.jsonl")).decode().splitlines()
    assert json.loads(line)["origins"] == row["origins"]
    assert all(f"[{name}]" in text_of(reader, "/timeline.md") for name in PARENTS)
    assert len(reader.get("/timeline.json?origins=1").json()["entries"]) == 1
    assert reader.get("/timeline.json?origins=2").json()["entries"] == []
