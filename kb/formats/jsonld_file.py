"""JSON-LD as a file: the list as a Dataset, then each entry, its page and its cited passages.

Entries are schema.org's Event, CreativeWork, Quotation, Claim and AskAction, as in the heads of
pages; a cited passage is a Web Annotation that selects the exact words in the source
(TextQuoteSelector).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kb.formats.jsonld import (
    Node,
    edtf_date,
    event_node,
    request_node,
    statement_node,
    without_empty,
)
from kb.formats.view import FormatContext, FormatRow, SiteIdentity, entry_rows
from kb.record.answers import Citation, EntryRow
from kb.record.vocabulary import RecordKind

# Schema.org's terms by name; those of the Web Annotation vocabulary with its prefix.
_NODES: dict[str, Callable[[EntryRow, SiteIdentity], Node]] = {
    RecordKind.EVENT: event_node,
    RecordKind.STATEMENT: statement_node,
    RecordKind.REQUEST: request_node,
}
CONTEXT = ["https://schema.org", {"oa": "http://www.w3.org/ns/oa#"}]


def write_jsonld(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """One document, its nodes one to a line."""
    yield f'{{"@context":{_json(CONTEXT)},"@graph":['.encode()
    joint = "\n"
    nodes = [] if view.is_entry else [dataset_node(view)]
    if nodes:
        yield _bytes(joint + _json(nodes[0]))
        joint = ",\n"
    for row in entry_rows(rows):
        yield _bytes(joint + ",\n".join(_json(node) for node in entry_nodes(row, view)))
        joint = ",\n"
    yield b"\n]}\n"


def dataset_node(view: FormatContext) -> Node:
    """The list: what it holds and in which state of the record."""
    return without_empty(
        type_="Dataset",
        id_=view.page,
        name=view.words,
        description=view.about,
        url=view.page,
        version=str(view.epoch),
        size=view.count_words,
        dateModified=view.changed_at.isoformat() if view.changed_at else "",
        license=view.licence and (view.licence.url or view.licence.name),
        isPartOf=view.site.ref,
        isAccessibleForFree=True,
    )


def entry_nodes(row: EntryRow, view: FormatContext) -> Iterator[Node]:
    """The thing, the page about it, and an annotation for each passage that is cited for it."""
    site = view.site
    thing = _NODES[row["kind"]](row, site)
    thing["identifier"] = row["id"]
    yield thing
    yield without_empty(
        type_="WebPage",
        id_=site.at(row["url"]),
        mainEntity={"@id": thing["@id"]},
        dateModified=row["changed_at"],
        version=str(row["version"]),
        temporalCoverage=edtf_date(row["date"]),
        isPartOf=site.ref,
    )
    for number, citation in enumerate(row["citations"], 1):
        if citation["exact"]:
            yield annotation_node(citation, thing["@id"], f"{thing['@id']}-citation-{number}", view)


def annotation_node(citation: Citation, body: str, address: str, view: FormatContext) -> Node:
    """The passage of a source that is cited for the thing at ``body``."""
    source = citation["source"]
    return {
        "@type": "oa:Annotation",
        "@id": address,
        "oa:hasBody": {"@id": body},
        "oa:motivatedBy": {"@id": "oa:linking"},
        "oa:hasTarget": {
            "@type": "oa:SpecificResource",
            "oa:hasSource": {"@id": source["link"] or view.site.at(source["url"])},
            "oa:hasSelector": {"@type": "oa:TextQuoteSelector", "oa:exact": citation["exact"]},
        },
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
