"""The examples of docs/api.md run, and its tables match the code."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from kb.formats import LIST_KINDS
from kb.record.addresses import PLURALS
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.parameters import list_parameters
from tests.story import load_story

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SITE = "https://record.example"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def site(live_server, settings) -> str:
    """A server with the sample story and its address in the settings."""
    settings.SITE_URL = live_server.url
    load_story()
    return live_server.url


def printed(code: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "docs/api.md", "exec"), {})  # noqa: S102
    return output.getvalue()


def test_every_parameter_is_in_the_table():
    def table_row(parameter):
        repeated = "; may be repeated" if parameter.is_repeatable else ""
        return f"| `{parameter.name}` | {parameter.help} | {parameter.takes()}{repeated} |"

    rows = {table_row(parameter) for parameter in list_parameters()}
    assert rows == {line for line in TEXT.splitlines() if re.match(r"\| `\w+` \|", line)}


def test_every_kind_of_address_is_in_the_table():
    for kind in (*LIST_KINDS, *ENTRY_KINDS):
        path = "/timeline" if kind == "timeline" else f"/{PLURALS[kind]}/<slug>"
        assert f"| `{path}.json` |" in TEXT


def test_python_examples_run(site):
    (plain,) = examples("python")
    output = printed(plain.replace(SITE, site))
    assert "2023" in output
    assert len(output.splitlines()) > 3
    (pandas,) = examples("pandas")
    output = printed(pandas.replace(SITE, site))
    assert "event" in output
    assert "statement" in output


def test_curl_examples_run(site, tmp_path):
    (code,) = examples("sh")
    run = subprocess.run(
        ["sh", "-e", "-c", code.replace(SITE, site)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert len(json.loads(run.stdout)["entries"]) == 5
    assert "title" in (tmp_path / "timeline.csv").read_text(encoding="utf-8-sig").splitlines()[0]


@pytest.mark.django_db
def test_example_of_an_error_matches_the_response(reader, settings):
    settings.SITE_URL = SITE
    (shown,) = examples("json")
    shown, answer = json.loads(shown), reader.get("/timeline.json?colour=red").json()
    start = shown["errors"].pop("colour").partition(", kind")[0]
    assert answer["errors"].pop("colour").startswith(start)
    assert shown == answer


@pytest.mark.django_db
def test_api_page_has_the_same_examples(reader, settings):
    settings.SITE_URL = SITE
    page = unescape(reader.get("/api/").content.decode())
    for language in ("python", "js"):
        (code,) = examples(language)
        assert code.rstrip() in page
