"""Forms of the desk that are filled in."""

from __future__ import annotations

import pytest

from tests.desk.admin_forms import add_url, fields_of
from tests.make import make_actor, make_source


@pytest.fixture
def statement_fields(editor):
    """A statement by a speaker who is new, with a citation, ready to be sent."""
    speaker, source = make_actor("Jodi Seth", actor_kind="person"), make_source()
    return fields_of(editor.get(add_url("statement"))) | {
        "speaker": speaker.pk,
        "attribution": "named",
        "headline": "ByteDance says it has a licence",
        "form": "verbatim",
        "text": "We are licensed.",
        "said": "mid-2023",
        "citations-0-source": source.pk,
        "citations-0-exact": "“We are licensed.”",
        "citations-0-locator": "paragraph 4",
    }
