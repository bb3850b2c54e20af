"""What a reference names: the speaker, the carrier and the version, never this site as author."""

from __future__ import annotations

import json
from typing import Any

import bibtexparser
import pytest
import rispy
from django.conf import settings

from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db


def authors_in_files(reader: Any, path: str) -> dict[str, list[str]]:
    """The authors of the only reference of a page, as parsers of other projects read them."""
    bib = reader.get(f"{path}.bib").content.decode()
    (entry,) = bibtexparser.parse_string(
        bib, append_middleware=[bibtexparser.middlewares.SeparateCoAuthors()]
    ).entries
    field = entry.fields_dict.get("author")
    (item,) = rispy.loads(reader.get(f"{path}.ris").content.decode())
    (csl,) = json.loads(reader.get(f"{path}.csl.json").content)
    return {
        "bib": [name.strip("{}") for name in field.value] if field else [],
        "ris": item.get("authors", []),
        "csl": [name["literal"] for name in csl.get("author", [])],
    }


def test_speaker_is_the_author_of_a_statement(reader):
    outlet = make_actor("Machine Heart", actor_kind="publication")
    statement = published(
        make_statement(
            "We suspended it.",
            speaker=make_actor("Niko Felix", actor_kind="person"),
            source=make_source("Report", publisher=outlet, byline="Rosa Example"),
        )
    )
    for names in authors_in_files(reader, f"/statements/{statement.slug}").values():
        assert names == ["Niko Felix"]
        assert settings.SITE_NAME not in names


def test_byline_of_the_carrier_is_the_author_of_an_event(reader):
    outlet = make_actor("The Paper", actor_kind="publication")
    source = make_source("Report", publisher=outlet, byline="Rosa Example, Ann Bell and Bo Li")
    event = published(make_event(source=source))
    for names in authors_in_files(reader, f"/events/{event.slug}").values():
        assert names == ["Rosa Example", "Ann Bell", "Bo Li"]
    for names in authors_in_files(reader, f"/sources/{source.slug}").values():
        assert names == ["Rosa Example", "Ann Bell", "Bo Li"]
