"""Files to import, made for a test, and what planning and loading them gives."""

from __future__ import annotations

import csv
import io
import json

from kb.desk.importers.dry_run import plan_import
from kb.desk.importers.load import load_rows
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS

EVENT = {
    "id": "e1", "kind": "event", "title": "It happened", "date": "mid-2023",
    "as_written": "in the middle of this year", "standing": "reported", "summary": "So it was.",
    "actors": "ByteDance (acted); OpenAI (affected)", "sources": "A story",
    "source_urls": "https://example.org/a?utm_source=x", "incidents": "A case", "topics": "Terms",
    "account_records": "A story",
}  # fmt: skip
STATEMENT = {
    "id": "s1", "kind": "statement", "title": "Ann Bee on it", "date": "15 December 2023",
    "text": "We did it.", "form": "verbatim", "speaker": "Ann Bee", "role": "spokesperson",
    "on_behalf_of": "ByteDance", "to": "The Paper", "sources": "A story",
    "source_urls": "https://example.org/a", "cited_words": "We did it.", "incidents": "A case",
}  # fmt: skip


def table(*lines, delimiter=","):
    names = list(dict.fromkeys(name for line in lines for name in line))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def read_csv(content, columns=None):
    return list(read_rows(io.BytesIO(content), "csv", ADMIN_LIMITS, ReadOptions(columns or {})))


def read_timelinejs(content):
    return list(read_rows(io.BytesIO(content), "timelinejs", ADMIN_LIMITS))


def planned(content, read=read_csv, origin="here"):
    return list(plan_import(read(content), origin=origin))


def loaded(content, read=read_csv, origin="here"):
    return load_rows(planned(content, read, origin), origin=origin, name="a file", sha256="0" * 64)


def actions(content, read=read_csv, origin="here"):
    return [outcome.action for outcome in planned(content, read, origin)]


def timeline(*slides, **whole):
    return json.dumps({"events": list(slides), **whole}).encode()


def slide(year="2023", headline="It happened", text="", **more):
    return {"start_date": {"year": year}, "text": {"headline": headline, "text": text}, **more}
