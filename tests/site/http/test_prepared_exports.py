"""``manage.py prepare_exports`` makes the downloads that readers get next."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from kb.site.http import export_files, line_files
from tests.make import make_event, published

pytestmark = [pytest.mark.wall, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(line_files, "MIN_LINES", 1)
    return tmp_path


def download(reader, address):
    return b"".join(reader.get(address).streaming_content)


@pytest.mark.parametrize("address", ["/timeline.csv", "/timeline.jsonl"])
def test_first_download_after_it_reads_no_entry(reader, monkeypatch, settings, address):
    settings.EXPORT_FILES_MB = 0
    published(make_event("One"))
    expected = download(reader, address)
    call_command("prepare_exports")
    monkeypatch.setattr(
        "kb.record.line_export.rows_for_entries", lambda *arguments: pytest.fail("rendered")
    )
    assert download(reader, address) == expected


def test_download_is_stored_whole(reader, folder, monkeypatch, settings):
    monkeypatch.setattr(export_files, "SMALLEST", 1)
    settings.EXPORT_FILES_MB = 100
    published(make_event("One"))
    call_command("prepare_exports")
    contents = [path.read_bytes() for path in (folder / "exports").glob("*.export")]
    assert len(contents) == 2
    assert download(reader, "/timeline.csv") in contents


def test_it_names_each_file(capsys):
    published(make_event("One"))
    call_command("prepare_exports")
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["timeline.csv", "timeline.jsonl"]


def test_it_fails_if_a_download_does(monkeypatch):
    monkeypatch.setattr(
        "kb.management.commands.prepare_exports.AnonymousReader.get",
        lambda self, address: Refused(),
    )
    with pytest.raises(CommandError, match="503"):
        call_command("prepare_exports")


class Refused:
    """The answer of a server whose database is away."""

    status = 503
    chunks = ()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None
