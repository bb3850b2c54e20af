"""The table for Datasette has the entries of the record, with the values of their facets."""

from __future__ import annotations

import json
import sqlite3

import pytest

from bench import datasette


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "record.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE record_entry (id, public_id, kind, earliest, latest, sort_key, standing,
            revision_id);
        CREATE TABLE record_revision (id, public_id, title, document, superseded_at);
        CREATE TABLE record_facet (entry_id, name, value);
        INSERT INTO record_revision VALUES (1, 'a1', 'Acme', '{}', NULL),
            (2, 'a1', 'Old name', '{}', '2024-01-01'), (3, 't1', 'Trade', '{}', NULL),
            (4, 'e1', 'Opened', '{"summary": "It opened."}', NULL),
            (5, 'e2', 'Said', '{"text": "We did."}', NULL);
        INSERT INTO record_entry VALUES
            (1, 'e1', 'event', '2024-01-01', '2024-01-02', 'k1', 'reported', 4),
            (2, 'e2', 'statement', NULL, NULL, 'k2', '', 5);
        INSERT INTO record_facet VALUES (1, 'actor', 'a1'), (1, 'topic', 't1'),
            (1, 'source', 's1'), (2, 'form', 'verbatim'), (2, 'actor', 'a1');
        """
    )
    connection.commit()
    connection.close()
    return path


def test_rows_have_names_and_not_ids(record, tmp_path, monkeypatch):
    monkeypatch.setattr(datasette, "_BATCH_SIZE", 1)
    datasette.write_rows(record, tmp_path / "rows.db")
    rows = sqlite3.connect(tmp_path / "rows.db")
    rows.row_factory = sqlite3.Row
    event, statement = rows.execute("SELECT * FROM entries ORDER BY sort_key").fetchall()
    assert (event["id"], event["title"], event["topic"]) == ("e1", "Opened", "Trade")
    assert json.loads(event["actors"]) == ["Acme"]
    assert event["text"] == "It opened."
    assert (statement["form"], statement["topic"], statement["text"]) == (
        "verbatim", None, "We did.",
    )  # fmt: skip
    assert json.loads(statement["publishers"]) == []


def test_page_asks_for_every_facet():
    for name in datasette.PLAIN_FACETS:
        assert f"_facet={name}" in datasette.PAGE
    for name in datasette.LIST_FACETS:
        assert f"_facet_array={name}" in datasette.PAGE
        assert name in datasette.COLUMNS
